"""A column profile proposed for a table that none fits, from its headings and first rows."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

import yaml

from pipelines.feeds.parsing.dates import are_dates, date_formats
from pipelines.feeds.parsing.numbers import OtherMarkError, bare_number
from pipelines.feeds.statements.model import PLAIN_AMOUNT
from pipelines.feeds.statements.tabular.direction import with_direction
from pipelines.feeds.statements.tabular.evidence import (
    is_account,
    is_another_register,
    speaks_for_a_statement,
)
from pipelines.feeds.statements.tabular.fees import steps_proven
from pipelines.feeds.statements.tabular.layout import TableLayout
from pipelines.feeds.statements.tabular.profile import parse_statement_profile
from pipelines.feeds.statements.tabular.vocabulary import BOOKED, means

_NUMBER = re.compile(r"[+-]?[\d.,]*\d(?:[.,]\d+)?-?$")
_CODE = re.compile(r"[A-Za-z]{3}$")
_ONLY_NAME = re.compile(r"name|naam|nom|nome|nombre|namn|navn|nimi|név|jméno", re.IGNORECASE)
_ORDER = [
    *("counterparty_account", "value_date", "balance", "currency", "debit", "credit", "amount"),
    *("account_id", "booking_date", "payer_name", "payee_name", "counterparty_name"),
    *("remittance", "entry_reference"),
]
_BOOKING = re.compile(r"complet|post|book|buchung|księg|kirjaus|contab|könyvel", re.IGNORECASE)
_SEVERAL = 4
"""Headings of remittance that a proposal lists at most, after the one that fits best."""


def guess(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, str], list[str]] | None:
    """Find heading, columns and date formats.

    Returns:
        The heading's position, headings by column, and the date formats that read every sample;
        nothing where there is no column of dates or none of amounts, or where the table is no bank
        statement.
    """
    for at, heading in enumerate(rows[:25]):
        samples = heading_samples(rows, at)
        if len(heading) < 3 or not samples or sum(bool(name.strip()) for name in heading) < 3:
            continue
        columns = _columns(heading, samples)
        dates = _dates_of(heading, columns, samples)
        moved = "amount" in columns or {"debit", "credit"} <= set(columns)
        if dates and moved and not is_another_register(rows, at):
            is_statement = speaks_for_a_statement(columns, heading, samples)
            return (at, columns, dates) if is_statement else None
    return None


def _columns(heading: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    columns: dict[str, str] = {}
    taken: set[int] = set()
    for column in _ORDER:
        fitting = [
            index
            for index, name in enumerate(heading)
            if index not in taken
            and means(column, name)
            and _holds(column, [row[index] for row in samples])
            and not (column == "counterparty_name" and _is_holder(name, samples, index))
        ]
        if column == "booking_date":
            fitting.sort(key=lambda index: not _BOOKING.search(heading[index]))
        if fitting:
            columns[column] = heading[fitting[0]].strip()
            taken.add(fitting[0])
    if "booking_date" not in columns and "value_date" in columns:
        columns["booking_date"] = columns.pop("value_date")
    if {"payer_name", "payee_name"} <= set(columns):
        columns.pop("counterparty_name", None)
    elif other := columns.pop("payer_name", columns.pop("payee_name", "")):
        columns.setdefault("counterparty_name", other)
    if {"debit", "credit"} <= set(columns):
        columns.pop("amount", None)
    else:
        columns = {
            name: heading_name
            for name, heading_name in columns.items()
            if name not in ("debit", "credit")
        }
    return columns


def _is_holder(name: str, samples: Sequence[Sequence[str]], index: int) -> bool:
    """Whether a column that is only called a name says the same in each of several rows."""
    names = {row[index].strip() for row in samples}
    return bool(_ONLY_NAME.fullmatch(name.strip())) and len(samples) > 1 and len(names) == 1


def _holds(column: str, values: Sequence[str]) -> bool:
    given = [value.strip() for value in values if value.strip()]
    if column in ("debit", "credit"):
        return all(_NUMBER.match(bare_number(value)) for value in given)
    if column in ("amount", "balance"):
        return bool(given) and all(_NUMBER.match(bare_number(value)) for value in given)
    if column in ("booking_date", "value_date"):
        return are_dates(given)
    if column == "currency":
        return bool(given) and all(_CODE.match(value) for value in given)
    if column == "account_id":
        return is_account(given)
    return column != "counterparty_name" or not all(_NUMBER.match(value) for value in given)


def _dates_of(
    heading: Sequence[str], columns: dict[str, str], samples: Sequence[Sequence[str]]
) -> list[str]:
    if "booking_date" not in columns:
        return []
    index = [name.strip() for name in heading].index(columns["booking_date"])
    return date_formats([row[index].strip() for row in samples if row[index].strip()])


def heading_samples(rows: Sequence[Sequence[str]], at: int) -> Sequence[Sequence[str]]:
    """Rows under a heading, as wide as it is: no heading once more, no remark under the table."""
    width = len(rows[at])
    below = [
        [*row, *[""] * (width - len(row))] for row in rows[at + 1 :] if list(row) != [*rows[at]]
    ]
    given = [(sum(bool(cell) for cell in row), row) for row in below if not any(row[width:])]
    fullest = max((cells for cells, _ in given), default=0)
    return [row[:width] for cells, row in given if cells and 2 * cells >= fullest][:12]


def _booked(
    heading: Sequence[str], columns: dict[str, str], samples: Sequence[Sequence[str]]
) -> tuple[str, list[str]] | None:
    """The column that tells booked movements from pending ones, and its words for booked."""
    for index, name in enumerate(heading):
        if means("status", name) and name not in columns.values():
            words = {row[index].strip() for row in samples}
            booked = sorted(word for word in words if word.casefold() in BOOKED)
            if booked:
                return name, booked
    return None


def _texts(heading: Sequence[str], columns: Mapping[str, str]) -> str | list[str] | None:
    """The columns of remittance, the one that fits best in front."""
    texts = [name for name in heading if means("remittance", name)]
    free = [name for name in texts if name not in columns.values()]
    if free:
        return [columns["remittance"], *free[:_SEVERAL]]
    return texts[0] if texts else None


def _fee_beside(
    profile: Mapping[str, Any], heading: Sequence[str], samples: Sequence[Sequence[str]]
) -> dict[str, str]:
    """The column of fees beside the amounts, if any, where the balances prove it."""
    listed = profile["columns"]
    named = [name for name in heading if means("fee", name) and name not in listed.values()]
    if "balance" not in listed or not named:
        return {}
    beside = {**profile, "columns": {**listed, "fee": named[0]}}
    proven = [_proven(way, heading, samples) for way in (profile, beside)]
    return {"fee": named[0]} if proven[1] > proven[0] else {}


def _proven(
    profile: Mapping[str, Any], heading: Sequence[str], samples: Sequence[Sequence[str]]
) -> int:
    """How many balances of the samples follow from the one before, as the profile reads them."""
    read = parse_statement_profile(yaml.safe_dump({**profile, "required": []}))
    layout = TableLayout(read, heading, read.positions(heading))
    try:
        texts = [
            (layout.movement(row), layout.number(layout.text(row, "balance")))
            for row in samples
            if layout.is_booked(row)
        ]
    except OtherMarkError:
        return 0
    pairs = [pair for pair in texts if all(PLAIN_AMOUNT.fullmatch(text) for text in pair)]
    moved, after = [Decimal(text) for text, _ in pairs], [Decimal(text) for _, text in pairs]
    return max(steps_proven(moved, after))


def proposal(rows: Sequence[Sequence[str]], name: str) -> str | None:
    """A profile in YAML to look through and save; nothing where the table shows no movements."""
    guessed = guess(rows)
    if guessed is None:
        return None
    at, columns, dates = guessed
    heading, samples = [cell.strip() for cell in rows[at]], heading_samples(rows, at)
    marked = heading.index(columns.get("amount") or columns["debit"])
    values = " ".join(bare_number(row[marked]) for row in samples)
    listed: dict[str, object] = {**columns}
    status = _booked(heading, columns, samples)
    if status:
        listed["status"] = status[0]
    if texts := _texts(heading, columns):
        listed["remittance"] = texts
    profile: dict[str, object] = {
        "name": re.sub(r"\W+", "_", name.rpartition(".")[0] or name).strip("_").lower(),
        "decimal_mark": "," if re.search(r",\d{1,2}(?!\d)", values) else ".",
        "dates": dates[:1],
    }
    if "account_id" not in columns:
        profile["account"] = "THE ACCOUNT'S IBAN OR NUMBER"
    if "currency" not in columns:
        profile["currency"] = "THE CURRENCY'S CODE"
    profile["columns"] = listed
    if status:
        profile["booked_words"] = status[1]
    profile = with_direction(
        profile, heading, samples, lambda candidate: _proven(candidate, heading, samples)
    )
    listed = {**cast("dict[str, object]", profile["columns"])}
    profile["columns"] = listed
    listed.update(_fee_beside(profile, heading, samples))
    needed = ("account_id", "booking_date", "amount", "debit", "credit", "direction", "fee")
    profile["required"] = [key for key in listed if key in needed]
    written = yaml.safe_dump(profile, sort_keys=False, allow_unicode=True)
    if len(dates) > 1:
        written = f"# The dates may also be {', '.join(dates[1:])}: keep the right one.\n{written}"
    return written
