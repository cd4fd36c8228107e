"""`countinghouse status`: files, what was turned away, and the controls."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.commands.opening import lake_to_read
from pipelines.commands.run.summary_table import (
    print_damage,
    print_held,
    print_missing_files,
)
from pipelines.commands.status.figures import figures_json, print_figures
from pipelines.commands.status.quarantine import print_resolved, print_withdrawn
from pipelines.commands.status.report import print_came_in, print_controls, print_troubled
from pipelines.lake.lake import Lake
from pipelines.landing.zone import held
from pipelines.output.terminal import Terminal, write_json
from pipelines.records.amounts import came_in
from pipelines.records.damage import Damage, damaged_tables, missing_landed
from pipelines.records.quarantine import quarantined
from pipelines.records.status import plain_rows
from pipelines.records.status import status as read_status
from pipelines.records.withdrawals import standing
from pipelines.runs.builds import standing_day
from pipelines.runs.figures import figures


def status(*, lake: Path | None, as_json: bool) -> int:
    """Print the state of a lake: everything as JSON, or what wants attention as tables.

    Returns:
        0 when it is told, 1 when tables of the lake are damaged, whatever else could be told.
    """
    house = lake_to_read(lake)
    damages = damaged_tables(house)
    if not as_json:
        print_damage(Terminal(), damages)
    try:
        if as_json:
            write_json(_everything(house, damages), indent=2)
        else:
            _print(house, Terminal())
    except Exception:  # whatever the library says of a damaged table
        if not damages:
            raise
        if as_json:
            write_json({"damaged": _plain(damages)}, indent=2)
        else:
            Terminal().problem("Not told:", "the rest needs the tables that are damaged.")
    return 1 if damages else 0


def _everything(house: Lake, damages: Sequence[Damage]) -> dict[str, Any]:
    """The state of a lake as plain values."""
    as_of = standing_day(house)
    said = read_status(house, as_of)
    waits = held(house, datetime.now(UTC).date())
    more = figures_json(figures(house), later=_later(house, as_of), waits=waits)
    rows = {"resolved": _resolved(house), "withdrawn": standing(house, as_of)}
    also = {name: plain_rows(found) for name, found in rows.items()}
    gone = list(missing_landed(house))
    return {
        **said.as_json(),
        **more,
        **also,
        "damaged": _plain(damages),
        "gone_from_landing": gone,
    }


def _plain(damages: Sequence[Damage]) -> list[dict[str, str]]:
    return [{"table": damage.table, "reason": damage.reason} for damage in damages]


def _print(house: Lake, console: Terminal) -> None:
    """What wants attention, as tables."""
    as_of = standing_day(house)
    said = read_status(house, as_of)
    print_figures(console, figures(house), later=_later(house, as_of))
    print_missing_files(console, house)
    print_held(console, held(house, datetime.now(UTC).date()))
    if said.files.is_empty():
        console.print("Nothing has been taken in yet. Start with: countinghouse run --landing DIR")
        return
    print_came_in(console, said, came_in(house, as_of))
    print_troubled(console, said)
    print_resolved(console, quarantined(house))
    print_withdrawn(console, standing(house, as_of))
    print_controls(console, said)


def _resolved(house: Lake) -> pl.DataFrame:
    """Where each row of the quarantine stood, and what brought it later; its text stays there."""
    place = ("table", "file", "source_row", "source_path", "reason", "amount", "currency")
    return quarantined(house).select(*place, "resolved_by_file", "resolved_by_row", "resolved_at")


def _later(house: Lake, as_of: date | None) -> int:
    """How many files have arrived since the day of the figures."""
    if as_of is None:
        return 0
    return read_status(house).files.height - read_status(house, as_of).files.height
