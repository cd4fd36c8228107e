"""Column profiles: how one bank's table of movements is laid out, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.feeds.table_profiles import TableProfile, heading_names, profiles_in

PROFILES = Path(__file__).parent / "profiles"
"""The profiles that ship; a new bank is one more file here."""

COLUMNS = (
    *("account_id", "account_currency", "servicer", "booking_date", "value_date"),
    *("amount", "fee", "debit", "credit", "direction", "currency", "balance", "status"),
    *("entry_reference", "payer_name", "payee_name"),
    *("bank_reference", "end_to_end_id", "mandate_id", "counterparty_name"),
    *("counterparty_account", "counterparty_agent", "bank_transaction_code", "remittance"),
    "additional_information",
)
"""What a profile may say where to find."""


@dataclass(frozen=True, slots=True)
class StatementProfile(TableProfile):
    """Where a table keeps what: for each of `COLUMNS` the headings it may have.

    Headings of `remittance` are all joined; of the others the first that the table has counts.
    `currency` and `account` stand in where the table has no column for them. A row counts as booked
    where its `status` is one of `booked_words`, otherwise as pending. Where payer and payee have
    columns of their own, the sign of the amount tells which of them is the other side.
    Where `sign_by_direction` is set, the word of the direction alone tells in from out, whatever
    sign the amount has.
    A `fee` stands beside an amount that does not contain it: what moved is the amount less the fee.
    """

    currency: str | None = None
    account: str | None = None
    debit_words: tuple[str, ...] = ()
    booked_words: tuple[str, ...] = ()
    sign_by_direction: bool = False


def _words(node: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(word).casefold() for word in node.get(key, ()))


def parse_statement_profile(text: str) -> StatementProfile:
    """Read a profile.

    Raises:
        ValueError: it names a column that no statement has.
    """
    node = yaml.safe_load(text)
    unknown = set(node["columns"]) - set(COLUMNS)
    if unknown:
        raise ValueError(f"profile {node['name']}: no such column: {', '.join(sorted(unknown))}")
    return StatementProfile(
        name=node["name"],
        columns={name: heading_names(value) for name, value in node["columns"].items()},
        required=tuple(node["required"]),
        dates=tuple(node["dates"]),
        decimal_mark=node.get("decimal_mark", "."),
        currency=node.get("currency"),
        account=node.get("account"),
        debit_words=_words(node, "debit_words"),
        booked_words=_words(node, "booked_words"),
        sign_by_direction=bool(node.get("sign_by_direction", False)),
    )


@cache
def shipped_profiles() -> tuple[StatementProfile, ...]:
    """Every profile that ships, the most demanding first."""
    shipped = profiles_in(PROFILES, parse_statement_profile).values()
    return tuple(sorted(shipped, key=lambda profile: -len(profile.required)))
