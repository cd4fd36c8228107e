"""Names that commands had until release 0.1: hidden, kept for one release, with a hint."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.period import (
    ActorOption,
    LakeOption,
    PeriodOption,
    ReasonOption,
    close_period,
    reopen_period,
)


def close(
    period: PeriodOption,
    out: Annotated[Path, typer.Option(help="The workbook to write.")],
    lake: LakeOption = None,
) -> None:
    """Write the workbook of a month; now `countinghouse workbook`."""
    from pipelines.commands.workbook import workbook

    _hint("close", "workbook", "To close a period: countinghouse close-period.")
    raise typer.Exit(workbook(period=period, out=out, folder=lake))


def lock(  # noqa: PLR0917  # one parameter for each option
    period: PeriodOption,
    actor: ActorOption,
    reason: ReasonOption,
    reopen: Annotated[bool, typer.Option("--reopen", help="Open it again.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Close what is not proven.")] = False,
    lake: LakeOption = None,
) -> None:
    """Close a period or reopen it; now `countinghouse close-period` and `reopen-period`."""
    if reopen:
        _hint("lock --reopen", "reopen-period")
        reopen_period(period=period, actor=actor, reason=reason, lake=lake)
    else:
        _hint("lock", "close-period")
        close_period(period=period, actor=actor, reason=reason, force=force, lake=lake)


def _hint(former: str, name: str, more: str = "") -> None:
    from pipelines.output.terminal import Terminal

    Terminal(stderr=True).problem(
        f"countinghouse {former} is called countinghouse {name} now:",
        f"the old name goes with the next release. {more}".strip(),
    )
