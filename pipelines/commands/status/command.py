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
from pipelines.records.amounts import incoming_amounts
from pipelines.records.damage import Damage, damaged_tables, missing_landed
from pipelines.records.quarantine import quarantined
from pipelines.records.status import plain_rows
from pipelines.records.status import status as read_status
from pipelines.records.withdrawals import current_withdrawals
from pipelines.runs.builds import as_of_of_last_run
from pipelines.runs.figures import figures


def status(*, folder: Path | None, as_json: bool) -> int:
    """Print the state of a lake: everything as JSON, or what wants attention as tables.

    Returns:
        0 when it is told, 1 when tables of the lake are damaged, whatever else could be told.
    """
    lake = lake_to_read(folder)
    damages = damaged_tables(lake)
    if not as_json:
        print_damage(Terminal(), damages)
    try:
        if as_json:
            write_json(_everything(lake, damages), indent=2)
        else:
            _print(lake, Terminal())
    except Exception:  # whatever the library says of a damaged table
        if not damages:
            raise
        if as_json:
            write_json({"damaged": _plain(damages)}, indent=2)
        else:
            Terminal().problem("Not told:", "the rest needs the tables that are damaged.")
    return 1 if damages else 0


def _everything(lake: Lake, damages: Sequence[Damage]) -> dict[str, Any]:
    """The state of a lake as plain values."""
    as_of = as_of_of_last_run(lake)
    state = read_status(lake, as_of)
    held_back = held(lake, datetime.now(UTC).date())
    figures_as_json = figures_json(figures(lake), later=_later(lake, as_of), held_back=held_back)
    rows = {"resolved": _resolved(lake), "withdrawn": current_withdrawals(lake, as_of)}
    rows_as_json = {name: plain_rows(frame) for name, frame in rows.items()}
    missing = list(missing_landed(lake))
    return {
        **state.as_json(),
        **figures_as_json,
        **rows_as_json,
        "damaged": _plain(damages),
        "gone_from_landing": missing,
    }


def _plain(damages: Sequence[Damage]) -> list[dict[str, str]]:
    return [{"table": damage.table, "reason": damage.reason} for damage in damages]


def _print(lake: Lake, console: Terminal) -> None:
    """What wants attention, as tables."""
    as_of = as_of_of_last_run(lake)
    state = read_status(lake, as_of)
    print_figures(console, figures(lake), later=_later(lake, as_of))
    print_missing_files(console, lake)
    print_held(console, held(lake, datetime.now(UTC).date()))
    if state.files.is_empty():
        console.print("Nothing has been taken in yet. Start with: countinghouse run --landing DIR")
        return
    print_came_in(console, state, incoming_amounts(lake, as_of))
    print_troubled(console, state)
    print_resolved(console, quarantined(lake))
    print_withdrawn(console, current_withdrawals(lake, as_of))
    print_controls(console, state)


def _resolved(lake: Lake) -> pl.DataFrame:
    """Where each row of the quarantine stood, and what brought it later; its text stays there."""
    place = ("table", "file", "source_row", "source_path", "reason", "amount", "currency")
    return quarantined(lake).select(*place, "resolved_by_file", "resolved_by_row", "resolved_at")


def _later(lake: Lake, as_of: date | None) -> int:
    """How many files have arrived since the day of the figures."""
    if as_of is None:
        return 0
    return read_status(lake).files.height - read_status(lake, as_of).files.height
