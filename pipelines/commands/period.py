"""`countinghouse lock`: close a period, or open it again."""

from datetime import UTC, datetime
from pathlib import Path

from pipelines.lake.lake import Lake
from pipelines.output.terminal import Terminal
from pipelines.period_close.period_lock import LockError, lock_period, reopen_period
from pipelines.settings import enter


def lock(
    *, period: str, actor: str, reason: str, reopen: bool, force: bool, lake: Path | None
) -> int:
    """Record the close, or the reopening; 2 when it is refused."""
    house, now = Lake(enter(lake).root), datetime.now(UTC)
    try:
        if reopen:
            row = reopen_period(house, period, actor, reason, now)
        else:
            row = lock_period(house, period, actor, reason, now, force=force)
    except LockError as error:
        Terminal(stderr=True).problem("Refused:", str(error))
        return 2
    said = f"{period} is {row['action']}, with the figures as of {row['as_of']}."
    if row["forced"]:
        said += " It was forced, and the record says so."
    next_ = "The next run keeps to it: countinghouse run"
    Terminal().print(f"{said} {next_}", soft_wrap=True)
    return 0
