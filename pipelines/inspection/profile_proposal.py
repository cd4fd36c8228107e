"""A profile for a table that no reader knows: proposed, tried on the table, saved in the lake."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import yaml

from pipelines.feeds.formats import formats_with
from pipelines.feeds.ledgers.tabular.profile import parse_ledger_profile
from pipelines.feeds.ledgers.tabular.propose import ledger_proposal
from pipelines.feeds.reading import Source
from pipelines.feeds.saved_profiles import Kind, SavedProfiles
from pipelines.feeds.settlements.tabular.profile import parse_settlement_profile
from pipelines.feeds.settlements.tabular.propose import proposal_of
from pipelines.feeds.statements.tabular.layout import HEADING_WITHIN
from pipelines.feeds.statements.tabular.profile import parse_statement_profile
from pipelines.feeds.statements.tabular.propose import proposal
from pipelines.feeds.statements.tabular.sheet import rows_of
from pipelines.inspection.file_report import FileReport, reports
from pipelines.lake.lake import Lake

What = Literal["bank", "ledger", "settlement"]
"""What a table holds: movements on accounts, postings of the books, or a provider's settlements."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


class NoProposalError(ValueError):
    """No profile can be saved; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile that reads its file: the YAML, where it is to lie, and what the file says by it."""

    name: str
    kind: Kind
    text: str
    report: FileReport


def propose(
    file: Path,
    what: What | None = None,
    *,
    name: str = "",
    account: str = "",
    currency: str = "",
) -> Proposal:
    """Propose a profile for a table and read the whole file by it.

    Args:
        file: a table as CSV or, of a bank, a workbook.
        what: what it holds; without it, what its headings show.
        name: what to call the profile; else it is called after the file.
        account: the bank account, where the table does not name it.
        currency: the currency, where the table does not name it.

    Raises:
        NoProposalError: the table shows neither, or lacks what only a person knows.
        RefusedError: the proposed profile does not read the file.
    """
    kind, written = _proposed(file, what)
    text = _completed(written, name=name, account=account, currency=currency)
    profile = yaml.safe_load(text)
    called = str(profile.get("name") or profile.get("provider"))
    if not _NAME.fullmatch(called):
        raise NoProposalError(f"{called!r} is no name for a profile. Give one: --name bank_x")
    (report,) = reports(file, formats_with(_alone(kind, text)))
    return Proposal(called, kind, text, report)


def _proposed(file: Path, what: What | None) -> tuple[Kind, str]:
    """The kind of the table and the profile in YAML, in the order of how much each kind demands."""
    source = Source(file, file.name)
    rows = [row for _, row in islice(rows_of(source), HEADING_WITHIN + 15)]
    wanted: dict[What, tuple[Kind, Callable[[], str | None]]] = {
        "ledger": ("ledgers", lambda: ledger_proposal(rows, file.name)),
        "settlement": ("settlements", lambda: proposal_of(source.head(), file.name)),
        "bank": ("statements", lambda: proposal(rows, file.name)),
    }
    for each, (kind, ask) in wanted.items():
        if what in (None, each) and (written := ask()):
            return kind, written
    raise NoProposalError(_nothing_seen(file.name, what))


def _alone(kind: Kind, text: str) -> SavedProfiles:
    if kind == "ledgers":
        return SavedProfiles(ledgers=(parse_ledger_profile(text),))
    if kind == "settlements":
        return SavedProfiles(settlements=(parse_settlement_profile(text),))
    return SavedProfiles(statements=(parse_statement_profile(text),))


def save(lake: Lake, proposed: Proposal) -> Path:
    """Write a profile beside the lake.

    Raises:
        NoProposalError: another profile has this name.
    """
    path = lake.profiles / proposed.kind / f"{proposed.name}.yaml"
    if path.exists() and path.read_text("utf-8") != proposed.text:
        raise NoProposalError(f"{path} is there already and says something else. Give a --name")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(proposed.text, "utf-8")
    return path


def _nothing_seen(name: str, what: What | None) -> str:
    wanted = {
        "bank": "a day and an amount for each movement",
        "ledger": "an account, a journal, a day and debit and credit for each posting",
        "settlement": "a day, an amount and what was paid out for each sale",
    }
    shown = wanted[what] if what else "; or ".join(wanted.values())
    return (
        f"{name} has no heading for {shown}. Send it with one, in the first {HEADING_WITHIN} rows"
    )


def _completed(written: str, *, name: str, account: str, currency: str) -> str:
    """The proposal with what the table does not say and only a person knows.

    Raises:
        NoProposalError: the person has not said it.
    """
    comments = [line for line in written.splitlines() if line.startswith("#")]
    profile = yaml.safe_load(written)
    constants = profile.get("constants", {})
    if name:
        profile["provider" if "provider" in profile else "name"] = name
    if "account" in profile:
        if not account:
            raise NoProposalError("The table names no account. Say whose it is: --account IBAN")
        profile["account"] = account
    for place in (profile, constants):
        if "currency" in place:
            if not currency:
                raise NoProposalError("The table names no currency. Say which: --currency EUR")
            place["currency"] = currency.upper()
    return "\n".join([*comments, yaml.safe_dump(profile, sort_keys=False, allow_unicode=True)])
