"""The daily cash flows of all accounts and categories as one matrix, with their opening point."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.liquidity.inputs import HORIZON, LiquidityInputs
from quality.business_calendar import BusinessCalendar, CalendarDays, closed_days

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LONGEST_HISTORY = 730
"""Days of history read: two years hold each month twice; with a half-life of 90 days, what is older
would weigh less than half a percent."""

_LONGEST_SILENCE = 7
"""Days after which an account without statements counts as closed. Statements are daily, so that a
week of none is no long weekend; without a bound one closed account would end all history."""

_UNASSIGNED = "unassigned"
"""The entity of an account that no register assigns to one."""

_KEYS = ("entity_id", "account_id", "currency", "category")


class Series(NamedTuple):
    """One series of daily flows: a category of an account in one currency."""

    entity_id: str
    account_id: str
    currency: str
    category: str

    @property
    def account(self) -> tuple[str, str]:
        """The account that the series belongs to: it may hold several currencies."""
        return self.account_id, self.currency


@dataclass(frozen=True, slots=True)
class CashFlowMatrix:
    """History in account currency, and everything that a forecast adds to it.

    Attributes:
        as_of: the day of the run; nothing later is known.
        all_series: the series, in order of entity, account and category.
        days: calendar of history and of the days ahead.
        flows: days of history x series.
        rates: base currency per unit of each series' currency; 0 where none is known.
        closing: last closing balance of each account in thousandths of its currency.
        closing_base: the same in the base currency.
        known_until: index of the last day whose movements are complete, for each series.
        known_flows: days ahead (from the day after `as_of`) x series, in thousandths.
        base_currency: currency of the levels above accounts.
    """

    as_of: date
    all_series: tuple[Series, ...]
    days: CalendarDays
    flows: Floats
    rates: Floats
    closing: dict[tuple[str, str], int]
    closing_base: dict[tuple[str, str], int]
    known_until: Ints
    known_flows: Ints
    base_currency: str

    @property
    def today(self) -> int:
        """Index of `as_of` in `days`."""
        return (self.as_of - self.days.first).days

    def without_rate(self, entity_id: str | None = None) -> tuple[str, ...]:
        """Currencies without a rate in which an entity, or the group, holds or moves money."""
        return tuple(
            sorted(
                {
                    series.currency
                    for index, series in enumerate(self.all_series)
                    if self.rates[index] == 0
                    and entity_id in (None, series.entity_id)
                    and (
                        self.closing.get(series.account)
                        or self.flows[:, index].any()
                        or self.known_flows[:, index].any()
                    )
                }
            )
        )


def cash_flow_matrix(inputs: LiquidityInputs, *, as_of: date) -> CashFlowMatrix | None:
    """The matrix of the flows known at the end of `as_of`; None where there is no account at all.

    History ends on the last day for which every active account has a statement: a day whose
    statements are missing is not a day without flows.
    """
    flows = inputs.flows.filter(pl.col("date") <= as_of)
    position = inputs.position.filter(pl.col("date") <= as_of)
    flows = flows.with_columns(pl.col("entity_id").fill_null(_UNASSIGNED))
    position = position.with_columns(pl.col("entity_id").fill_null(_UNASSIGNED))
    all_series = _all_series(flows, position, inputs.known_flows)
    if not all_series:
        return None
    statement_days = _last_statement_days(flows, position)
    silent = as_of - timedelta(days=_LONGEST_SILENCE)
    active = [day for day in statement_days.values() if day >= silent]
    last = min(active) if active else max(statement_days.values(), default=as_of)
    first = min([*flows["date"].to_list(), *position["date"].to_list(), last])
    first = max(first, last - timedelta(days=_LONGEST_HISTORY - 1))
    days = BusinessCalendar.without(closed_days(inputs.holidays)).calendar_days(
        first, as_of + timedelta(days=HORIZON)
    )
    known_until = [max(statement_days.get(each.account, last), last) for each in all_series]
    closing, closing_base = _closings(position)
    return CashFlowMatrix(
        as_of=as_of,
        all_series=all_series,
        days=days,
        flows=_daily_flows(flows, all_series, first, (last - first).days + 1),
        rates=_rates(inputs, all_series, flows, position),
        base_currency=inputs.base_currency,
        closing=closing,
        closing_base=closing_base,
        known_until=np.array([(day - first).days for day in known_until], dtype=np.int64),
        known_flows=_known_flows(inputs.known_flows, all_series, as_of),
    )


def _all_series(
    flows: pl.DataFrame, position: pl.DataFrame, known_flows: pl.DataFrame
) -> tuple[Series, ...]:
    moved = flows.select(_KEYS).unique()
    scheduled = known_flows.with_columns(pl.col("entity_id").fill_null(_UNASSIGNED))
    named = scheduled.select(_KEYS).unique()
    quiet = position.select(*_KEYS[:3], pl.lit("other").alias("category")).unique()
    quiet = quiet.join(moved, on=["account_id", "currency"], how="anti")
    owners = {row[1]: row[0] for row in pl.concat([moved, quiet]).select(_KEYS).rows()}
    rows = pl.concat([moved, quiet, named]).drop_nulls().unique().rows()
    # An account belongs to one entity, whatever a scheduled flow says.
    return tuple(sorted({Series(owners.get(row[1], row[0]), *row[1:]) for row in rows}))


def _last_statement_days(
    flows: pl.DataFrame, position: pl.DataFrame
) -> dict[tuple[str, str], date]:
    """The last day of each account (id and currency) with a statement or a movement."""
    moved = (pl.col("inflow") != 0) | (pl.col("outflow") != 0)
    days = pl.concat(
        [
            position.filter(pl.col("is_stated") | moved).select("account_id", "currency", "date"),
            flows.select("account_id", "currency", "date"),
        ]
    )
    latest = days.group_by("account_id", "currency").agg(pl.max("date"))
    return {(row[0], row[1]): row[2] for row in latest.rows()}


def _daily_flows(
    flows: pl.DataFrame, all_series: tuple[Series, ...], first: date, days: int
) -> Floats:
    daily = np.zeros((days, len(all_series)))
    column = {series[1:]: index for index, series in enumerate(all_series)}
    for day, *key, amount in flows.select("date", *_KEYS[1:], "amount").rows():
        index = (day - first).days
        if 0 <= index < days:
            daily[index, column[tuple(key)]] += float(amount)
    return daily


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
    inputs: LiquidityInputs,
    all_series: tuple[Series, ...],
    flows: pl.DataFrame,
    position: pl.DataFrame,
) -> Floats:
    converted = pl.concat(
        [
            flows.select("date", "currency", "amount", base="amount_base"),
            position.select(
                "date", "currency", amount="closing_balance", base="closing_balance_base"
            ),
        ]
    ).filter((pl.col("amount") != 0) & pl.col("base").is_not_null())
    latest = converted.sort("date", pl.col("amount").abs()).group_by("currency").last()
    rates = {
        row[0]: float(row[2] / row[1]) for row in latest.select("currency", "amount", "base").rows()
    }
    rates[inputs.base_currency] = 1.0
    return np.array([rates.get(series.currency, 0.0) for series in all_series])


def _known_flows(known_flows: pl.DataFrame, all_series: tuple[Series, ...], as_of: date) -> Ints:
    """Scheduled amounts by the day they are due; orders under way count for the next day.

    What is overdue otherwise has no day: nobody knows when it will be paid.
    """
    amounts = np.zeros((HORIZON, len(all_series)), dtype=np.int64)
    column = {series[1:]: index for index, series in enumerate(all_series)}
    columns = ("due_date", "source", "is_stuck", *_KEYS[1:], "amount")
    for due, source, stuck, *key, amount in known_flows.select(columns).drop_nulls().rows():
        ahead = (due - as_of).days - 1
        if ahead < 0 and source == "payment_order" and not stuck:
            ahead = 0
        if 0 <= ahead < HORIZON:
            amounts[ahead, column[tuple(key)]] += int(amount * 1000)
    return amounts
