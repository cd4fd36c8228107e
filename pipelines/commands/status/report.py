"""The state of a lake in a terminal of eighty columns: what came in, what did not, what fails."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl
from rich.padding import Padding
from rich.table import Table

from pipelines.commands.run.summary_table import amounts_of
from pipelines.output.terminal import Terminal
from pipelines.records.amounts import IncomingAmounts
from pipelines.records.amounts import plain_amount as money
from pipelines.records.status import Status

MOST = 20
"""Files, reasons or controls that are named; `status --json` has them all."""


def print_came_in(console: Terminal, state: Status, amounts: Sequence[IncomingAmounts]) -> None:
    """Files and rows by feed, and amounts by currency; nothing is added across currencies."""
    counted = (
        state.files.group_by("feed")
        .agg(pl.len(), pl.col("rows_in", "rows_loaded", "rows_quarantined").sum())
        .sort("feed")
    )
    table = Table(title="What came in", title_justify="left", box=None)
    for name in ("feed", "files", "rows", "loaded", "in quarantine"):
        table.add_column(name, justify="left" if name == "feed" else "right")
    for feed, *numbers in counted.iter_rows():
        table.add_row(feed, *(f"{number:,}" for number in numbers))
    console.print(table)
    for name, value in amounts_of(amounts):
        console.print(f"{name}: {value}")


def print_troubled(console: Terminal, state: Status) -> None:
    """Files that were refused, and rows that wait in quarantine, each with the reason."""
    troubled = state.files.filter((pl.col("state") == "refused") | (pl.col("rows_quarantined") > 0))
    if troubled.is_empty():
        console.print("\nFiles refused, or with rows in quarantine: none")
        return
    console.print(f"\nFiles refused, or with rows in quarantine: {troubled.height:,}")
    for file in troubled.head(MOST).iter_rows(named=True):
        console.print(file["file"], soft_wrap=True)
        for line in _reasons(file, state.quarantine.filter(pl.col("file") == file["file"])):
            console.print(_indented(line))
    _print_rest(console, troubled.height)


def _reasons(file: Mapping[str, Any], turned: pl.DataFrame) -> list[str]:
    if file["state"] == "refused":
        return [f"refused: {file['reason'].partition(chr(10))[0]}"]
    lines = [
        f"{rows:,} {'row' if rows == 1 else 'rows'}"
        + (f" (the first: row {first:,})" if first is not None else "")
        + f": {reason}"
        for _, reason, rows, first in turned.head(3).iter_rows()
    ]
    more = turned.height - 3
    return lines + ([f"and {more:,} other reasons"] if more > 0 else [])


def _indented(line: str) -> Padding:
    return Padding(line, (0, 0, 0, 2))


def print_controls(console: Terminal, state: Status) -> None:
    """Controls of the last day that did not pass, and the business days without controls."""
    newest = state.controls.filter(pl.col("as_of") == pl.col("as_of").max())
    failed = newest.filter(pl.col("outcome").is_in(["failed", "error"]))
    passed = newest.filter(pl.col("outcome") == "passed").height
    console.print(f"\nControls: {passed:,} passed, {failed.height:,} failed")
    for control in failed.head(MOST).iter_rows(named=True):
        console.print(
            f"{control['outcome']}: {control['name']}, {control['scope']}", soft_wrap=True
        )
        console.print(_indented(f"{_figures(control)}{control['detail'] or ''}"))
    _print_rest(console, failed.height)
    skipped = newest.filter(pl.col("outcome") == "skipped")["name"].unique().sort().to_list()
    if skipped:
        console.print(f"Skipped, for there was nothing to hold: {', '.join(skipped)}")
    missing = state.controls.filter(pl.col("outcome") == "missing")
    days = missing.group_by("as_of").len().sort("as_of")
    if not days.is_empty():
        console.print(f"Business days on which controls are missing: {days.height:,}")
        for day, count in days.head(MOST).iter_rows():
            console.print(f"  {day}: {count:,} controls")


def _figures(control: Mapping[str, Any]) -> str:
    expected: Decimal | None = control["expected"]
    actual: Decimal | None = control["actual"]
    if expected is None or actual is None:
        return ""
    return f"expected {money(expected)}, found {money(actual)}. "


def _print_rest(console: Terminal, number: int) -> None:
    if number > MOST:
        console.print(f"... and {number - MOST:,} more: countinghouse status --json")
