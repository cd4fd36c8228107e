"""As of which day the figures speak, in a terminal and as JSON."""

from collections.abc import Sequence
from typing import Any

from pipelines.landing.settled_files import Held
from pipelines.output.terminal import Terminal
from pipelines.runs.builds import Build
from pipelines.runs.figures import Figures

_MOST_NAMES = 8


def print_figures(console: Terminal, stand: Figures, *, later: int) -> None:
    """Say as of which day the marts speak, and what has not ended."""
    if not stand.marts:
        return
    for day, marts in stand.by_day.items():
        names = ", ".join(mart.removeprefix("gold/") for mart in marts[:_MOST_NAMES])
        rest = len(marts) - _MOST_NAMES
        listed = names + (f" and {rest} more" if rest > 0 else "")
        said = f"as of {day}" if day else "as of a day that is not on record"
        which = f"all {len(marts)} marts" if len(stand.by_day) == 1 else f"{len(marts)} marts"
        console.print(f"Figures {said}: {which} ({listed})")
    if stand.unfinished is not None:
        console.print(_unfinished(stand.unfinished), soft_wrap=True)
    if later:
        console.print(f"{later:,} files arrived after that day; they are in no figure of it.")


def _unfinished(build: Build) -> str:
    begun = f"{build.begun_at:%Y-%m-%d %H:%M} UTC"
    what = f"A build of {build.scope} as of {build.as_of}, started by {build.started_by}"
    return f"{what} at {begun}, did not make all figures; the next run makes them again."


def figures_json(stand: Figures, *, later: int, waits: Sequence[Held]) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "as_of": str(stand.whole.as_of) if stand.whole else None,
        "marts": [{"mart": mart, "as_of": str(day)} for mart, day in stand.marts.items()],
        "unfinished_build": _build(stand.unfinished),
        "files_arrived_later": later,
        "held": [{"file": one.file, "reason": one.reason} for one in waits],
    }


def _build(build: Build | None) -> dict[str, str] | None:
    if build is None:
        return None
    return {
        "as_of": str(build.as_of),
        "scope": build.scope,
        "started_by": build.started_by,
        "begun_at": build.begun_at.isoformat(),
    }
