"""As of which day the figures speak, in a terminal and as JSON."""

from collections.abc import Sequence
from typing import Any

from pipelines.landing.file_stability import HeldFile
from pipelines.output.terminal import Terminal
from pipelines.runs.builds import Build
from pipelines.runs.figures import Figures

_MOST_NAMES = 8


def print_figures(console: Terminal, figures: Figures, *, later: int) -> None:
    """Say as of which day the marts speak, and what has not ended."""
    if not figures.marts:
        return
    for day, marts in figures.by_day.items():
        names = ", ".join(mart.removeprefix("gold/") for mart in marts[:_MOST_NAMES])
        rest = len(marts) - _MOST_NAMES
        listed = names + (f" and {rest} more" if rest > 0 else "")
        day_text = f"as of {day}" if day else "as of a day that is not on record"
        marts_text = (
            f"all {len(marts)} marts" if len(figures.by_day) == 1 else f"{len(marts)} marts"
        )
        console.print(f"Figures {day_text}: {marts_text} ({listed})")
    if figures.unfinished is not None:
        console.print(_unfinished(figures.unfinished), soft_wrap=True)
    if later:
        console.print(f"{later:,} files arrived after that day; they are in no figure of it.")


def _unfinished(build: Build) -> str:
    begun = f"{build.begun_at:%Y-%m-%d %H:%M} UTC"
    what = f"A build of {build.scope} as of {build.as_of}, started by {build.started_by}"
    return f"{what} at {begun}, did not make all figures; the next run makes them again."


def figures_json(figures: Figures, *, later: int, held_back: Sequence[HeldFile]) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "as_of": str(figures.whole.as_of) if figures.whole else None,
        "marts": [{"mart": mart, "as_of": str(day)} for mart, day in figures.marts.items()],
        "unfinished_build": _build(figures.unfinished),
        "files_arrived_later": later,
        "held": [{"file": item.file, "reason": item.reason} for item in held_back],
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
