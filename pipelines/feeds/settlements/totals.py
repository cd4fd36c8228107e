"""What a settlement report states of its payouts, held against its lines."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.feeds.parsing.delimited import LINE
from pipelines.feeds.reading import Finding, StatedTotal
from pipelines.feeds.settlements.amounts import round_to_currency
from pipelines.feeds.settlements.rows import exact
from pipelines.feeds.settlements.tabular.profile import OF_TYPE, SettlementProfile, heading_key

_KEY = ("payout_id", "currency")
_TYPE = "type_word"


def totals_of_payouts(
    profile: SettlementProfile, lines: pl.DataFrame, totals: pl.DataFrame, *, is_whole: bool
) -> tuple[tuple[StatedTotal, ...], tuple[Finding, ...]]:
    """The totals of payouts that a report states, and a finding for each payout that is off.

    A line that was rejected counts with its amount: the provider paid it. Where an amount cannot
    be read, or a line is no record, its payout is not held.

    Args:
        profile: how the report is laid out.
        lines: every line with `exact_net` and `first_type`, those that were rejected as well.
        totals: what the report states of its payouts, numbers plain, with the line of each.
        is_whole: whether each line of the report is a record.
    """
    counted = _counted(profile, lines)
    held: list[StatedTotal] = []
    findings: list[Finding] = []
    for stated_row in totals.iter_rows(named=True):
        total = _of_payout(stated_row, counted, is_whole=is_whole)
        if total is None:
            continue
        held += (total, *_of_types(stated_row, counted))
        if not total.holds:
            words = f"the report states a payout of {stated_row['amount']} {total.currency}"
            place = f"payout {stated_row['payout_id']}"
            findings.append(
                Finding("payout_total", f"{words}, its lines make {total.counted:f}", place)
            )
    return tuple(held), tuple(findings)


_Counted = Mapping[tuple[str, str], Mapping[str, Decimal | None]]
"""Sums of the lines of each payout, by the word of their type and in all (''); None: not known."""


def _counted(profile: SettlementProfile, lines: pl.DataFrame) -> _Counted:
    words = [heading_key(raw or "") for raw in lines["first_type"]]
    summed = (
        lines.rename({"net_currency": "currency"})
        .with_columns(pl.Series(_TYPE, words, dtype=pl.String))
        .filter(pl.col("payout_id").is_not_null() & (pl.col("line_type") != "payout"))
        .group_by(*_KEY, _TYPE)
        .agg(pl.when(pl.col("exact_net").is_null().any()).then(None).otherwise(_SUM).alias("sum"))
    )
    counted: dict[tuple[str, str], dict[str, Decimal | None]] = {}
    for payout, currency, word, amount in summed.iter_rows():
        counted.setdefault((payout, currency or ""), {})[word] = amount
    for of_types in counted.values():
        known = [amount for amount in of_types.values() if amount is not None]
        of_types[_ALL] = sum(known, Decimal(0)) if len(known) == len(of_types) else None
    return _rounded(counted) if profile.unrounded else counted


_ALL = "all lines"
_SUM = pl.col("exact_net").sum()


def _rounded(counted: _Counted) -> _Counted:
    """A report of more decimals than its currency has states its payouts in whole cents."""
    return {
        (payout, currency): {
            word: None
            if amount is None
            else round_to_currency(pl.Series([amount]), pl.Series([currency]))[0]
            for word, amount in of_types.items()
        }
        for (payout, currency), of_types in counted.items()
    }


def _of_payout(
    stated_row: Mapping[str, Any], counted: _Counted, *, is_whole: bool
) -> StatedTotal | None:
    amount = counted.get(_key_of(stated_row), {_ALL: Decimal(0)})[_ALL]
    if amount is None:
        return None
    place = f"line {stated_row[LINE]}, payout {stated_row['payout_id']}"
    stated = exact(pl.Series([stated_row["amount"]], dtype=pl.String))[0]
    total = StatedTotal("amount of a payout", stated, amount, place, _key_of(stated_row)[1])
    return total if total.holds or is_whole else None


def _of_types(stated_row: Mapping[str, Any], counted: _Counted) -> Iterator[StatedTotal]:
    """Sums of one type; held where each type among the lines has a sum of its own.

    Taxes without one are part of a fee, and corrections of what they correct.
    """
    of_types = counted.get(_key_of(stated_row), {})
    stated = {
        name.removeprefix(OF_TYPE): exact(pl.Series([text], dtype=pl.String))[0]
        for name, text in stated_row.items()
        if name.startswith(OF_TYPE) and text is not None
    }
    if not of_types.keys() - {_ALL} <= stated.keys():
        return
    for word, amount in stated.items():
        summed = of_types.get(word, Decimal(0))
        if summed is not None:
            other_sign = amount is not None and (amount < 0) != (summed < 0)
            place = f"line {stated_row[LINE]}, payout {stated_row['payout_id']}"
            name = f"sum of the lines of type {word}"
            yield StatedTotal(
                name, amount, -summed if other_sign else summed, place, _key_of(stated_row)[1]
            )


NET_OF_LINES = (LINE, "payout_id", "net_currency", "line_type", "net_amount")
_PAID = pl.col("line_type") == "payout"


def payouts_of_batches(lines: pl.DataFrame) -> tuple[StatedTotal, ...]:
    """Payouts that stand among the lines of a batch: each pays what the other lines come to."""
    batches = (
        lines.drop_nulls("payout_id")
        .group_by("payout_id", "net_currency", maintain_order=True)
        .agg(
            pl.col(LINE).filter(_PAID).first(),
            paid=-pl.col("net_amount").filter(_PAID).sum(),
            others=pl.col("net_amount").filter(~_PAID).sum(),
        )
        .drop_nulls(LINE)
    )
    return tuple(
        StatedTotal("amount of a payout", paid, others, f"line {line}, payout {payout}", currency)
        for payout, currency, line, paid, others in batches.iter_rows()
    )


def _key_of(stated_row: Mapping[str, Any]) -> tuple[str, str]:
    return str(stated_row["payout_id"]), (stated_row["currency"] or "").upper()
