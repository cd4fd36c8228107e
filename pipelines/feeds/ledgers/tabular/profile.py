"""Ledger profiles: how one bookkeeping system lays out its list of postings, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipelines.feeds.table_profiles import TableProfile, heading_names
from quality.contract import contract

TABLE = "ledger_postings"
SIGNED = "amount"
"""One signed column in place of debit and credit: a debit is positive."""

DIRECTION = "direction"
"""The column that tells debits from credits where the amount has no sign."""

_CONSTANTS = ("book", "currency", "entity_id", "document_type")


@dataclass(frozen=True, slots=True)
class LedgerProfile(TableProfile):
    """Where a table of postings keeps what.

    `columns` gives for columns of `ledger_postings`, and for `amount` and `direction`, the headings
    they may have; several headings of `description` are joined, of the others the first that the
    table has counts. `constants` stand in for what no column says: the book (`general` unless
    stated), the currency, the entity, the type of document.
    """

    constants: Mapping[str, str] = field(default_factory=dict)
    debit_words: tuple[str, ...] = ()


def parse_ledger_profile(text: str) -> LedgerProfile:
    """Read a ledger profile.

    Raises:
        ValueError: it names a column or constant that a ledger does not have, or lacks a part.
    """
    node: Mapping[str, Any] = yaml.safe_load(text)
    lacking = [part for part in ("name", "columns", "dates") if part not in node]
    if lacking:
        raise ValueError(f"a ledger profile needs {', '.join(lacking)}")
    known = {*contract(TABLE).schema, SIGNED, DIRECTION}
    unknown = sorted({*node["columns"]} - known | {*node.get("constants", {})} - {*_CONSTANTS})
    if unknown:
        raise ValueError(f"profile {node['name']}: no such column: {', '.join(unknown)}")
    columns = {name: heading_names(value) for name, value in node["columns"].items()}
    return LedgerProfile(
        name=str(node["name"]),
        columns=columns,
        required=tuple(node.get("required", columns)),
        dates=tuple(node["dates"]),
        decimal_mark=node.get("decimal_mark", "."),
        constants={name: str(value) for name, value in node.get("constants", {}).items()},
        debit_words=tuple(str(word).casefold() for word in node.get("debit_words", ())),
    )
