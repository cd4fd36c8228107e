"""A profile for a table that no reader knows: proposed, tried on the table, saved in the lake."""

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import yaml

from pipelines.feeds.formats import formats_with
from pipelines.feeds.ledger_guess import ledger_proposal
from pipelines.feeds.ledger_profile import parse_ledger_profile
from pipelines.feeds.read_report import ReadReport, reports
from pipelines.feeds.reading import Source
from pipelines.feeds.saved_profiles import Kind, SavedProfiles
from pipelines.feeds.statement_guess import proposal
from pipelines.feeds.statement_layout import HEADING_WITHIN
from pipelines.feeds.statement_profile import parse_profile
from pipelines.feeds.statement_table import rows_of
from pipelines.lake.lake import Lake

What = Literal["bank", "ledger"]
"""What a table holds: movements on bank accounts, or postings of the books."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


class NoProposalError(ValueError):
    """No profile can be saved; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile that reads its file: the YAML, where it is to lie, and what the file says by it."""

    name: str
    kind: Kind
    text: str
    report: ReadReport


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
        what: what it holds; without it, postings where it names accounts and journals, else a bank.
        name: what to call the profile; else it is called after the file.
        account: the bank account, where the table does not name it.
        currency: the currency, where the table does not name it.

    Raises:
        NoProposalError: the table shows neither, or lacks what only a person knows.
        RefusedError: the proposed profile does not read the file.
    """
    rows = [row for _, row in islice(rows_of(Source(file, file.name)), HEADING_WITHIN + 15)]
    ledger = None if what == "bank" else ledger_proposal(rows, file.name)
    written = ledger or (None if what == "ledger" else proposal(rows, file.name))
    if written is None:
        raise NoProposalError(_nothing_seen(file.name, what))
    text = _completed(written, name=name, account=account, currency=currency)
    profile = yaml.safe_load(text)
    if not _NAME.fullmatch(profile["name"]):
        raise NoProposalError(
            f"{profile['name']!r} is no name for a profile. Give one: --name bank_x"
        )
    if ledger:
        saved = SavedProfiles(ledgers=(parse_ledger_profile(text),))
    else:
        saved = SavedProfiles(statements=(parse_profile(text),))
    (report,) = reports(file, formats_with(saved))
    return Proposal(profile["name"], "ledgers" if ledger else "statements", text, report)


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
    }
    shown = wanted[what] if what else f"{wanted['bank']}, or {wanted['ledger']}"
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
        profile["name"] = name
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
