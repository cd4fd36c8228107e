"""The summary of a run as a table in a terminal."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

from rich.table import Table

from pipelines.lake.settled import Held
from pipelines.summary import Summary
from pipelines.terminal import Terminal

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


def print_held(console: Terminal, waits: Sequence[Held]) -> None:
    """Say which files are here and are not taken yet, and why."""
    for one in waits[:_MOST_HELD]:
        console.print(f"Not taken: {one.file}: {one.reason}", soft_wrap=True)
    if len(waits) > _MOST_HELD:
        console.print(f"... and {len(waits) - _MOST_HELD:,} more: countinghouse status")


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


def rows_of(summary: Summary) -> list[tuple[str, str]]:
    """The lines of the table, name and value; an empty name is a rule between sections."""
    days = summary.missing_days
    lines = [
        ("files", _listed(summary.files)),
        ("rows loaded", f"{summary.rows_loaded:,}"),
        ("rows quarantined", f"{summary.rows_quarantined:,}"),
        ("amount in", money(summary.amount_in)),
        ("  loaded", money(summary.amount_loaded)),
        ("  quarantined", money(summary.amount_quarantined)),
        ("", ""),
        ("controls", _listed(summary.controls)),
        *((f"  {law}", f"{count:,} failed") for law, count in summary.failed_laws),
        *([("  business days without a run", f"{days:,} failed")] if days else []),
        ("", ""),
        *((f"matched by value: {recon}", f"{share:.2%}") for recon, share in summary.match_rates),
        (
            "open breaks",
            f"{summary.open_breaks:,} worth EUR {converted(summary.open_breaks_value)}",
        ),
    ]
    if summary.oldest_break is not None:
        age = f"{summary.oldest_break} ({summary.oldest_age} business days)"
        lines.append(("  the oldest", age))
    lines.append(("", ""))
    cash = "not known" if summary.cash is None else f"EUR {converted(summary.cash)}"
    lines.append(("cash today", cash))
    for ahead in summary.forecasts:
        low, middle, high = map(converted, (ahead.low, ahead.middle, ahead.high))
        said = f"EUR {middle}  [{low} … {high}]"
        lines.append((f"  in {ahead.weeks} weeks (90 %)", said))
    if summary.forecasts:
        lines.append(("  forecast by", summary.forecasts[0].model))
    lines += [
        ("", ""),
        ("customers in the collections queue", f"{summary.collections:,}"),
        ("payments to look at first", f"{summary.alerts:,}"),
    ]
    return lines


def money(amount: Decimal) -> str:
    """An amount to the cent, with thousands marks; a third decimal only where there is one."""
    exact = amount.quantize(Decimal("0.01"))
    return f"{exact:,}" if exact == amount else f"{amount:,}"


def converted(amount: Decimal) -> str:
    """A sum that exchange rates have gone into, to the cent, half to even."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items()) or "none"
