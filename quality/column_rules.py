"""What must hold of the values of a column, as SQL: as the contract says, or by their kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from quality.currencies import PLACES_KEPT, counted, currencies, with_places
from quality.time_zones import time_zone_names

CURRENCIES, TIME_ZONES = "ISO 4217", "IANA time zones"
"""Lists of codes: the currencies that may come in, and the names of time zones."""

LARGEST_AMOUNT = 10**12
"""No single amount reaches a trillion: what a thousand of them add up to still fits the lake."""

_BOUNDS = {
    "DECIMAL(18,3)": (str(1 - LARGEST_AMOUNT), str(LARGEST_AMOUNT - 1)),
    "DECIMAL(18,8)": (str(1 - 10**9), str(10**9 - 1)),
    "BIGINT": (str(1 - 10**12), str(10**12 - 1)),
    "DATE": ("1800-01-01", "9999-12-31"),
    "TIMESTAMP WITH TIME ZONE": ("1900-01-01 00:00:00+00", "9999-12-31 00:00:00+00"),
}
"""Between which values a column of bronze lies unless its contract says otherwise."""

Severity = Literal["error", "warning"]
"""What a broken rule means: `warning` is reported and stops nothing downstream."""

RuleKind = Literal[
    "presence", "text", "accepted", "pattern", "currency", "time zone", "range", "places", "sql",
    "key", "name", "columns", "types",
]  # fmt: skip
"""Where a rule comes from; each kind has an expectation of its own (`suite_rules`)."""


@dataclass(frozen=True, slots=True)
class ContractColumn:
    """One column: its name, type (as Polars and as SQL), and what must hold of each value."""

    name: str
    dtype: pl.DataType
    sql_type: str
    required: bool
    description: str
    classification: str
    valid_values: tuple[str, ...]
    pattern: str | None
    code_list: str | None = None
    minimum: str | None = None
    maximum: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about rows: `violation` is a SQL predicate that is true for a row that breaks it.

    `kind` says where it comes from: `presence`, `text`, `accepted`, `pattern`, `currency`,
    `time zone` and `range` from a column, `places` from an amount and its currency, `sql` from the
    contract's own words, `key` and `name` from its grain. `said` is SQL that puts a broken row into
    words, where the description and the values are not enough. `severity` is `error`, or `warning`
    for a rule that is reported and stops nothing downstream.
    """

    name: str
    description: str
    violation: str
    column: str | None = None
    kind: RuleKind = "sql"
    severity: Severity = "error"
    said: str | None = None


def literal(text: str) -> str:
    """`text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def column_rules(column: ContractColumn, layer: str) -> Iterator[Rule]:
    """The rules of one column; bronze holds nothing that cannot be computed with."""
    name = f'"{column.name}"'
    if column.required and column.sql_type == "VARCHAR" and layer == "bronze":
        absent = f"nullif(trim({name}), '') is null"
        yield _of(column, "is_present", "text", "must be given", absent)
    elif column.required:
        yield _of(column, "is_present", "presence", "must be given", f"{name} is null")
    if column.valid_values:
        accepted = _listed(column.valid_values)
        words = f"must be one of {', '.join(column.valid_values)}"
        yield _of(column, "is_accepted", "accepted", words, f"{name} not in ({accepted})")
    if column.pattern:
        matched = f"regexp_matches({name}, {literal(column.pattern)})"
        words = f"must look like {column.pattern}"
        yield _of(column, "is_well_formed", "pattern", words, f"not {matched}")
    if column.code_list == TIME_ZONES:
        words = "must be a name of the IANA time zone database, such as Europe/Berlin"
        known = _listed(time_zone_names())
        yield _of(column, "is_a_time_zone", "time zone", words, f"{name} not in ({known})")
    elif column.code_list:
        words = "must be a currency of ISO 4217 or one that the setting OWN_CURRENCIES names"
        known = _listed(sorted(currencies()))
        yield _of(column, "is_a_currency", "currency", words, f"{name} not in ({known})")
    low, high = _BOUNDS.get(column.sql_type, (None, None)) if layer == "bronze" else (None, None)
    low, high = column.minimum or low, column.maximum or high
    if low is not None and high is not None:
        words = f"must lie between {low} and {high}"
        bounds = (f"cast({literal(bound)} as {column.sql_type})" for bound in (low, high))
        outside = f"{name} not between {' and '.join(bounds)}"
        yield _of(column, "is_in_range", "range", words, outside)


def name_rules(columns: Sequence[ContractColumn], key: Sequence[str]) -> Iterator[Rule]:
    """A name in a key has no blanks around it: silver would take it for the name without them."""
    for column in columns:
        if column.name in key and column.sql_type == "VARCHAR":
            name = f'"{column.name}"'
            words = "must not begin or end with a blank"
            yield _of(column, "has_no_blanks_around", "name", words, f"{name} <> trim({name})")


def places_rules(columns: Sequence[ContractColumn], currency: str | None) -> Iterator[Rule]:
    """No amount has more decimals than its currency.

    The currency of `gross_amount` is `gross_currency` where there is such a column, and else the
    one that the contract names.
    """
    names = {column.name for column in columns}
    for column in columns:
        if column.sql_type == "DECIMAL(18,3)":
            own = f"{column.name.rpartition('_')[0]}_currency"
            code = own if own in names else currency or "currency"
            if code in names:
                yield _places_rule(column.name, code)


def _places_rule(amount: str, code: str) -> Rule:
    name, currency = f'"{amount}"', f'"{code}"'
    whole, most = _listed(sorted(with_places(0))), _listed(sorted(_unbounded()))
    one = _listed(sorted(with_places(1))) or "''"
    violation = (
        f"case when {currency} in ({most}) then false"
        f" when {currency} in ({whole}) then round({name}, 0) <> {name}"
        f" when {currency} in ({one}) then round({name}, 1) <> {name}"
        f" else round({name}, 2) <> {name} end"
    )
    has = f"case when {currency} in ({whole}) then '{counted(0)}'"
    has += f" when {currency} in ({one}) then '{counted(1)}' else '{counted(2)}' end"
    return Rule(
        f"{amount}_has_the_decimals_of_its_currency",
        f"{amount} must have no more decimals than its currency.",
        violation,
        kind="places",
        said=f"'{amount}: ' || {name} || ' ' || {currency} || ', and ' || {currency}"
        f" || ' has ' || {has}",
    )


def _unbounded() -> set[str]:
    """Currencies with as many decimals as the lake keeps, or more."""
    return {code for code, decimals in currencies().items() if decimals >= PLACES_KEPT}


def _of(column: ContractColumn, end: str, kind: RuleKind, words: str, violation: str) -> Rule:
    description = f"{column.name} {words}."
    return Rule(f"{column.name}_{end}", description, violation, column.name, kind)


def _listed(values: Sequence[str]) -> str:
    return ", ".join(literal(value) for value in values)
