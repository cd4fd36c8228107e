"""`countinghouse close-period` and `reopen-period`: what a month of the books may still take in."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # a command's help must not wait for the lake
    from pipelines.lake.lake import Lake

PeriodOption = Annotated[str, typer.Option("--period", help="The month, as yyyy-mm.")]
ActorOption = Annotated[str, typer.Option("--actor", help="Who closes or reopens it.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in words.")]
LakeOption = Annotated[Path | None, typer.Option("--lake", help="Folder of the lake.")]


def close_period(
    period: PeriodOption,
    actor: ActorOption,
    reason: ReasonOption,
    force: Annotated[bool, typer.Option("--force", help="Close what is not proven.")] = False,
    lake: LakeOption = None,
) -> None:
    """Close a period: what becomes known later lands in the next open one, and says so."""
    from pipelines.period_close import period_lock

    _record(
        lake,
        lambda open_lake: period_lock.close_period(
            open_lake, period, actor, reason, datetime.now(UTC), force=force
        ),
    )


def reopen_period(
    period: PeriodOption, actor: ActorOption, reason: ReasonOption, lake: LakeOption = None
) -> None:
    """Open a closed period again: its late rows count in it from the next run on."""
    from pipelines.period_close import period_lock

    _record(
        lake,
        lambda open_lake: period_lock.reopen_period(
            open_lake, period, actor, reason, datetime.now(UTC)
        ),
    )


def _record(root: Path | None, record: "Callable[[Lake], Mapping[str, object]]") -> None:
    """Put an action on record and say so; a refusal ends with 2 and records nothing."""
    from pipelines.commands.opening import lake_to_write
    from pipelines.output.terminal import Terminal
    from pipelines.period_close.period_lock import PeriodError

    try:
        row = record(lake_to_write(root, "closing a period"))
    except PeriodError as error:
        Terminal(stderr=True).problem("Refused:", str(error))
        raise typer.Exit(2) from error
    message = f"{row['period']} is {row['action']}, with the figures as of {row['as_of']}."
    if row["forced"]:
        message += " It was forced, and the record says so."
    message += " The next run keeps to it: countinghouse run"
    Terminal().print(message, soft_wrap=True)
