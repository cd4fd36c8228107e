"""`countinghouse status`: files, what was turned away, and the controls."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from rich.table import Table

from pipelines.build_record import standing_day
from pipelines.commands.figures import figures_json, print_figures
from pipelines.commands.report import print_held
from pipelines.figures import figures
from pipelines.lake.lake import Lake
from pipelines.lake.landing import held
from pipelines.lake.status import Status
from pipelines.lake.status import status as read_status
from pipelines.settings import enter
from pipelines.terminal import Terminal, write_json

MOST_ROWS = 40


def status(*, lake: Path | None, as_json: bool) -> int:
    """Print the state of a lake: everything as JSON, or what wants attention as tables."""
    house = Lake(enter(lake).root)
    as_of = standing_day(house)
    said, stand = read_status(house, as_of), figures(house)
    later = _later(house, as_of)
    waits = held(house, datetime.now(UTC).date())
    if as_json:
        more = figures_json(stand, later=later, waits=waits)
        write_json({**said.as_json(), **more}, indent=2)
        return 0
    console = Terminal()
    print_figures(console, stand, later=later)
    print_held(console, waits)
    if said.files.is_empty():
        console.print("Nothing has been taken in yet. Start with: countinghouse run --landing DIR")
        return 0
    console.print(_by_feed(said))
    _print_some(console, "Files that were turned away or lost rows", _troubled(said))
    _print_some(console, "Controls that did not pass", _not_passed(said))
    _print_some(console, "Business days on which controls are missing", _missing(said))
    return 0


def _later(house: Lake, as_of: date | None) -> int:
    """How many files have arrived since the day of the figures."""
    if as_of is None:
        return 0
    return read_status(house).files.height - read_status(house, as_of).files.height


def _by_feed(said: Status) -> Table:
    counted = said.files.group_by("feed").agg(
        pl.len().alias("files"), pl.col("^(rows|amount)_.*$").sum()
    )
    return _table("What came in", counted.sort("feed"))


def _troubled(said: Status) -> pl.DataFrame:
    wanting = (pl.col("state") == "refused") | (pl.col("rows_quarantined") > 0)
    return said.files.filter(wanting).select("file", "state", "rows_quarantined", "reason")


def _not_passed(said: Status) -> pl.DataFrame:
    newest = said.controls.filter(pl.col("as_of") == pl.col("as_of").max())
    return newest.filter(pl.col("outcome") != "passed")


def _missing(said: Status) -> pl.DataFrame:
    missing = said.controls.filter(pl.col("outcome") == "missing")
    return missing.group_by("as_of").agg(pl.len().alias("controls")).sort("as_of")


def _print_some(console: Terminal, title: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        console.print(f"{title}: none")
        return
    console.print(_table(title, rows.head(MOST_ROWS)))
    if rows.height > MOST_ROWS:
        console.print(f"... and {rows.height - MOST_ROWS:,} more: countinghouse status --json")


def _table(title: str, rows: pl.DataFrame) -> Table:
    table = Table(title=title, title_justify="left")
    for name, dtype in rows.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in rows.iter_rows():
        table.add_row(
            *(
                "" if value is None else f"{value:,}" if _number(value) else str(value)
                for value in row
            )
        )
    return table


def _number(value: object) -> bool:
    return hasattr(value, "__add__") and not isinstance(value, str) and hasattr(value, "__abs__")
