"""`countinghouse status`: files, what was turned away, and the controls."""

from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.amounts import came_in
from pipelines.build_record import standing_day
from pipelines.commands.figures import figures_json, print_figures
from pipelines.commands.report import print_damage, print_held
from pipelines.commands.status_report import print_came_in, print_controls, print_troubled
from pipelines.figures import figures
from pipelines.lake.lake import Lake
from pipelines.lake.landing import held
from pipelines.lake.status import status as read_status
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
        write_json({**said.as_json(), **more}, indent=2)
        return 0
    console = Terminal()
    print_figures(console, stand, later=later)
    print_damage(console, house, thorough=True)
    print_held(console, waits)
    if said.files.is_empty():
        console.print("Nothing has been taken in yet. Start with: countinghouse run --landing DIR")
        return 0
    print_came_in(console, said, came_in(house))
    print_troubled(console, said)
    print_controls(console, said)
    return 0


def _later(house: Lake, as_of: date | None) -> int:
    """How many files have arrived since the day of the figures."""
    if as_of is None:
        return 0
    return read_status(house).files.height - read_status(house, as_of).files.height
