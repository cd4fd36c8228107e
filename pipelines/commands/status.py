"""`countinghouse status`: files, what was turned away, and the controls."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from pipelines.amounts import came_in
from pipelines.build_record import standing_day
from pipelines.commands.figures import figures_json, print_figures
from pipelines.commands.quarantine_report import print_resolved, print_withdrawn
from pipelines.commands.report import print_damage, print_held
from pipelines.commands.status_report import print_came_in, print_controls, print_troubled
from pipelines.figures import figures
from pipelines.lake.lake import Lake
from pipelines.lake.landing import held
from pipelines.lake.status import plain_rows
from pipelines.lake.status import status as read_status
from pipelines.lake.withdrawals import standing
from pipelines.quarantine import quarantined
from pipelines.settings import enter
from pipelines.terminal import Terminal, write_json


def status(*, lake: Path | None, as_json: bool) -> int:
    """Print the state of a lake: everything as JSON, or what wants attention as tables."""
    house = Lake(enter(lake).root)
    as_of = standing_day(house)
    said, stand = read_status(house, as_of), figures(house)
    later = _later(house, as_of)
    waits = held(house, datetime.now(UTC).date())
    if as_json:
        more = figures_json(stand, later=later, waits=waits)
        rows = {"resolved": _resolved(house), "withdrawn": standing(house, as_of)}
        also = {name: plain_rows(found) for name, found in rows.items()}
        write_json({**said.as_json(), **more, **also}, indent=2)
        return 0
    console = Terminal()
    print_figures(console, stand, later=later)
    print_damage(console, house, thorough=True)
    print_held(console, waits)
    if said.files.is_empty():
        console.print("Nothing has been taken in yet. Start with: countinghouse run --landing DIR")
        return 0
    print_came_in(console, said, came_in(house, as_of))
    print_troubled(console, said)
    print_resolved(console, quarantined(house))
    print_withdrawn(console, standing(house, as_of))
    print_controls(console, said)
    return 0


def _resolved(house: Lake) -> pl.DataFrame:
    """Where each row of the quarantine stood, and what brought it later; its text stays there."""
    place = ("table", "file", "source_row", "source_path", "reason", "amount", "currency")
    return quarantined(house).select(*place, "resolved_by_file", "resolved_by_row", "resolved_at")


def _later(house: Lake, as_of: date | None) -> int:
    """How many files have arrived since the day of the figures."""
    if as_of is None:
        return 0
    return read_status(house).files.height - read_status(house, as_of).files.height
