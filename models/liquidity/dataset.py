"""The cash book: daily flows of all accounts and categories in one matrix, and their start."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.liquidity.business_days import Days, closed_days, days_between
from models.liquidity.inputs import HORIZON, LiquidityInputs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LONGEST_HISTORY = 730
_LONGEST_SILENCE = 7
_UNASSIGNED = "unassigned"
_KEYS = ("entity_id", "account_id", "currency", "category")


class Line(NamedTuple):
    """One series of the book."""

    entity_id: str
    account_id: str
    currency: str
    category: str

    @property
    def account(self) -> tuple[str, str]:
        """The account that the line belongs to: it may hold several currencies."""
        return self.account_id, self.currency


@dataclass(frozen=True, slots=True)
class CashBook:
    """History in account currency, and everything that a forecast adds to it.

    Attributes:
        as_of: the day on which we stand.
        lines: the series, in order of entity, account and category.
        days: calendar of history and of the days ahead.
        flows: days of history x lines.
        rates: base currency per unit of each line's currency; 0 where none is known.
        closing: last closing balance of each account in thousandths of its currency.
        closing_base: the same in the base currency.
        seen: index of the last day whose movements are complete, for each line.
        known: days ahead (from the day after `as_of`) x lines, in thousandths.
        base_currency: currency of the levels above accounts.
    """

    as_of: date
    lines: tuple[Line, ...]
    days: Days
    flows: Floats
    rates: Floats
    closing: dict[tuple[str, str], int]
    closing_base: dict[tuple[str, str], int]
    seen: Ints
    known: Ints
    base_currency: str

    @property
    def today(self) -> int:
        """Index of `as_of` in `days`."""
        return (self.as_of - self.days.first).days

    def without_rate(self, entity_id: str | None = None) -> tuple[str, ...]:
        """Currencies in which money stands or moves and of which no rate is known.

        Of one entity, or of the whole group.
        """
        return tuple(
            sorted(
                {
                    line.currency
                    for index, line in enumerate(self.lines)
                    if self.rates[index] == 0
                    and entity_id in (None, line.entity_id)
                    and (
                        self.closing.get(line.account)
                        or self.flows[:, index].any()
                        or self.known[:, index].any()
                    )
                }
            )
        )


def cash_book(inputs: LiquidityInputs, *, as_of: date) -> CashBook | None:
    """Lay out the history known at the end of `as_of`; None where there is no account at all.

    History ends on the last day on which every account that is still heard of was stated: a day
    whose statements are missing is not a day without flows.
    """
    flows = inputs.flows.filter(pl.col("date") <= as_of)
    position = inputs.position.filter(pl.col("date") <= as_of)
    flows = flows.with_columns(pl.col("entity_id").fill_null(_UNASSIGNED))
    position = position.with_columns(pl.col("entity_id").fill_null(_UNASSIGNED))
    lines = _lines(flows, position, inputs.known)
    if not lines:
        return None
    heard = _heard_until(flows, position)
    active = [day for day in heard.values() if day >= as_of - timedelta(days=_LONGEST_SILENCE)]
    last = min(active) if active else max(heard.values(), default=as_of)
    first = min([*flows["date"].to_list(), *position["date"].to_list(), last])
    first = max(first, last - timedelta(days=_LONGEST_HISTORY - 1))
    days = days_between(first, as_of + timedelta(days=HORIZON), closed_days(inputs.holidays))
    seen = [max(heard.get(line.account, last), last) for line in lines]
    closing, closing_base = _closings(position)
    return CashBook(
        as_of=as_of,
        lines=lines,
        days=days,
        flows=_matrix(flows, lines, first, (last - first).days + 1),
        rates=_rates(inputs, lines, flows, position),
        base_currency=inputs.base_currency,
        closing=closing,
        closing_base=closing_base,
        seen=np.array([(day - first).days for day in seen], dtype=np.int64),
        known=_known(inputs.known, lines, as_of),
    )


def _lines(flows: pl.DataFrame, position: pl.DataFrame, known: pl.DataFrame) -> tuple[Line, ...]:
    moved = flows.select(_KEYS).unique()
    named = known.with_columns(pl.col("entity_id").fill_null(_UNASSIGNED)).select(_KEYS).unique()
    quiet = position.select(*_KEYS[:3], pl.lit("other").alias("category")).unique()
    quiet = quiet.join(moved, on=["account_id", "currency"], how="anti")
    owners = {row[1]: row[0] for row in pl.concat([moved, quiet]).select(_KEYS).rows()}
    rows = pl.concat([moved, quiet, named]).drop_nulls().unique().rows()
    # An account belongs to one entity, whatever a scheduled flow says.
    return tuple(sorted({Line(owners.get(row[1], row[0]), *row[1:]) for row in rows}))


def _heard_until(flows: pl.DataFrame, position: pl.DataFrame) -> dict[tuple[str, str], date]:
    moved = (pl.col("inflow") != 0) | (pl.col("outflow") != 0)
    days = pl.concat(
        [
            position.filter(pl.col("is_stated") | moved).select("account_id", "currency", "date"),
            flows.select("account_id", "currency", "date"),
        ]
    )
    latest = days.group_by("account_id", "currency").agg(pl.max("date"))
    return {(row[0], row[1]): row[2] for row in latest.rows()}


def _matrix(flows: pl.DataFrame, lines: tuple[Line, ...], first: date, days: int) -> Floats:
    matrix = np.zeros((days, len(lines)))
    place = {line[1:]: index for index, line in enumerate(lines)}
    for day, *key, amount in flows.select("date", *_KEYS[1:], "amount").rows():
        index = (day - first).days
        if 0 <= index < days:
            matrix[index, place[tuple(key)]] += float(amount)
    return matrix


def _closings(
    position: pl.DataFrame,
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    latest = position.sort("date").group_by("account_id", "currency").last()
    own, base = {}, {}
    for account, currency, amount, in_base in latest.select(
        "account_id", "currency", "closing_balance", "closing_balance_base"
    ).rows():
        own[account, currency] = int((amount or 0) * 1000)
        base[account, currency] = int((in_base or 0) * 1000)
    return own, base


def _rates(
    inputs: LiquidityInputs, lines: tuple[Line, ...], flows: pl.DataFrame, position: pl.DataFrame
) -> Floats:
    seen = pl.concat(
        [
            flows.select("date", "currency", "amount", base="amount_base"),
            position.select(
                "date", "currency", amount="closing_balance", base="closing_balance_base"
            ),
        ]
    ).filter((pl.col("amount") != 0) & pl.col("base").is_not_null())
    latest = seen.sort("date", pl.col("amount").abs()).group_by("currency").last()
    rates = {
        row[0]: float(row[2] / row[1]) for row in latest.select("currency", "amount", "base").rows()
    }
    rates[inputs.base_currency] = 1.0
    return np.array([rates.get(line.currency, 0.0) for line in lines])


def _known(known: pl.DataFrame, lines: tuple[Line, ...], as_of: date) -> Ints:
    """Scheduled amounts by the day they are due; orders under way count for the next day.

    What is overdue otherwise has no day: nobody knows when it will be paid.
    """
    amounts = np.zeros((HORIZON, len(lines)), dtype=np.int64)
    place = {line[1:]: index for index, line in enumerate(lines)}
    columns = ("due_date", "source", "is_stuck", *_KEYS[1:], "amount")
    for due, source, stuck, *key, amount in known.select(columns).drop_nulls().rows():
        ahead = (due - as_of).days - 1
        if ahead < 0 and source == "payment_order" and not stuck:
            ahead = 0
        if 0 <= ahead < HORIZON:
            amounts[ahead, place[tuple(key)]] += int(amount * 1000)
    return amounts
