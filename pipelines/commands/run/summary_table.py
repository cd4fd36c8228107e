"""The summary of a run as a table in a terminal."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

from rich.table import Table

from pipelines.lake.lake import Lake
from pipelines.landing.file_stability import HeldFile
from pipelines.output.terminal import Terminal
from pipelines.records.amounts import BaseCurrencySum, IncomingAmounts, plain_amount
from pipelines.records.damage import Damage, missing_landed, missing_words
from pipelines.runs.summary import Forecast, Summary

_MOST_HELD = 10


def print_summary(console: Terminal, summary: Summary, root: Path) -> None:
    """Print what a controller asks first, and where to look next."""
    table = Table(
        title=f"Countinghouse as of {summary.as_of}", show_header=False, title_justify="left"
    )
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, value in rows_of(summary):
        if name:
            table.add_row(name, value)
        else:
            table.add_section()
    console.print(table)
    _print_refused(console, summary.refused)
    console.print(f"Tables:  {root.resolve()}   (any Delta reader opens them)")
    console.print("Look at: countinghouse app (pages), countinghouse ui (lineage and checks),")
    console.print("         countinghouse status (files, quarantine, controls)")


def print_held(console: Terminal, held_back: Sequence[HeldFile]) -> None:
    """Say which files are here and are not taken yet, and why."""
    for item in held_back[:_MOST_HELD]:
        console.print(f"Not taken: {item.file}: {item.reason}", soft_wrap=True)
    if len(held_back) > _MOST_HELD:
        console.print(f"... and {len(held_back) - _MOST_HELD:,} more: countinghouse status")


MOST_REFUSED = 20
"""Refused files that the end of a run names; `countinghouse status` has them all."""


def _print_refused(console: Terminal, refused: Sequence[tuple[str, str]]) -> None:
    if refused:
        console.print(
            f"Refused, so that nothing of them is in any figure ({len(refused):,} files):"
        )
    for file, reason in refused[:MOST_REFUSED]:
        first, *more = reason.splitlines() or [""]
        console.print(f"  {file}: {first}{' …' if more else ''}", soft_wrap=True)
    if len(refused) > MOST_REFUSED:
        console.print(f"  and {len(refused) - MOST_REFUSED:,} more: countinghouse status --json")


def print_damage(console: Terminal, damages: Sequence[Damage]) -> None:
    """Name tables that are damaged, and what to do."""
    for damage in damages:
        console.problem("Damaged:", str(damage))


def print_missing_files(console: Terminal, lake: Lake) -> None:
    """Name files that were taken in and are gone from landing."""
    missing = missing_landed(lake)
    if missing:
        console.problem("Gone from landing:", missing_words(missing))


def rows_of(summary: Summary) -> list[tuple[str, str]]:
    """The lines of the table, name and value; an empty name is a rule between sections."""
    days = summary.missing_days
    lines = [
        ("files", _listed(summary.files)),
        ("rows loaded", f"{summary.rows_loaded:,}"),
        ("rows quarantined", f"{summary.rows_quarantined:,}"),
        *amounts_of(summary.amounts),
        ("", ""),
        ("controls", _listed(summary.controls)),
        *((f"  {law}", f"{count:,} failed") for law, count in summary.failed_laws),
        *([("  business days without a run", f"{days:,} failed")] if days else []),
        ("", ""),
        *((f"matched by value: {recon}", f"{share:.2%}") for recon, share in summary.match_rates),
        (
            "open breaks",
            f"{summary.open_breaks:,}, worth {_sum_of(summary.open_breaks_value)}",
        ),
    ]
    if summary.oldest_break is not None:
        age = f"{summary.oldest_break} ({summary.oldest_age} business days)"
        lines.append(("  the oldest", age))
    lines.append(("", ""))
    cash = summary.cash
    lines.append(("cash today", "not known" if cash is None else _sum_of(cash)))
    if cash is not None and cash.missing:
        lines += [(f"  in {code}", plain_amount(amount)) for code, amount in cash.parts]
    lines += [(f"  in {a.weeks} weeks (90 %)", _ahead(a, summary)) for a in summary.forecasts]
    if summary.forecasts:
        lines.append(("  forecast by", summary.forecasts[0].model))
    lines += [
        ("", ""),
        ("customers in the collections queue", f"{summary.collections:,}"),
        ("payments to look at first", f"{summary.alerts:,}"),
    ]
    return lines


def amounts_of(amounts: Sequence[IncomingAmounts]) -> list[tuple[str, str]]:
    """Control totals of what came in, a line for each currency; nothing is added across them."""
    lines = []
    for item in amounts:
        amount_text = plain_amount(item.loaded + item.quarantined)
        if item.quarantined:
            amount_text += f" ({plain_amount(item.quarantined)} in quarantine)"
        if item.loaded or item.quarantined:
            lines.append((f"amount in, {item.currency or 'no currency stated'}", amount_text))
    unknown = sum(item.unknown for item in amounts)
    if unknown:
        lines.append(("  not readable", f"{unknown:,} {_rows(unknown)} of unknown amount"))
    return lines


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def _sum_of(value: BaseCurrencySum) -> str:
    if value.total is None:
        return value.reason
    return f"{value.base_currency} {converted(value.total)}"


def _ahead(ahead: Forecast, summary: Summary) -> str:
    if ahead.low is None or ahead.middle is None or ahead.high is None:
        return f"not known: no rate for {ahead.missing_rates}"
    code = summary.open_breaks_value.base_currency
    low, middle, high = map(converted, (ahead.low, ahead.middle, ahead.high))
    return f"{code} {middle}  [{low} … {high}]"


def converted(amount: Decimal) -> str:
    """A sum that exchange rates have gone into, to the cent, half to even."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items()) or "none"
