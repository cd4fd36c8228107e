"""`countinghouse withdraw`: a file or a row is taken out of the figures, on record."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def withdraw(  # noqa: PLR0917  # one parameter for each option
    file: Annotated[str, typer.Argument(help="The file, as status names it.")],
    actor: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    row: Annotated[int | None, typer.Option(help="Only this line or record of it.")] = None,
    path: Annotated[str | None, typer.Option(help="Only this element of it (XPath).")] = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="Let it count again.")] = False,
    lake: Annotated[Path | None, typer.Option("--lake", help="Folder of the lake.")] = None,
) -> None:
    """Leave a file, or a row of it, out of the figures from the next run on; bronze keeps it."""
    from pipelines.commands.opening import lake_to_write
    from pipelines.output.terminal import Terminal
    from pipelines.records.amounts import plain_amount
    from pipelines.runs.withdrawing import WithdrawalError
    from pipelines.runs.withdrawing import withdraw as execute

    open_lake = lake_to_write(lake, "countinghouse withdraw")
    try:
        done = execute(
            open_lake, file, row=row, path=path, actor=actor, reason=reason, now=datetime.now(UTC),
            take_back=take_back,
        )  # fmt: skip
    except WithdrawalError as error:
        Terminal(stderr=True).problem("Refused:", str(error))
        raise typer.Exit(2) from error
    sums = ", ".join(f"{code or 'no currency'} {plain_amount(sum_)}" for code, sum_ in done.amounts)
    message = "counts again" if take_back else "is withdrawn"
    Terminal().print(
        f"Recorded: {done.file} {message}: {done.rows:,} rows{f' ({sums})' if sums else ''}. "
        "The next run builds by it: countinghouse run",
        soft_wrap=True,
    )
