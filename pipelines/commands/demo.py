"""`countinghouse demo`: the landing files of a simulated institution."""

from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from pipelines.demo.generate import generate


def demo(*, out: Path, customers: int, days: int, seed: int, end: date) -> int:
    """Write OUT/landing and OUT/truth; the same arguments give the same bytes.

    Returns:
        0 when it is written, 2 when the folder holds a demo already or the numbers make none.
    """
    console = Console(stderr=True)
    try:
        with Progress(console=console) as progress:
            task = progress.add_task("writing the demo institution", total=days)
            written = generate(
                out,
                customers=customers,
                days=days,
                seed=seed,
                end=end,
                progress=lambda done, of: progress.update(task, completed=done, total=of),
            )
    except (FileExistsError, ValueError) as error:
        console.print(f"[red]{error}[/]")
        return 2
    console.print(
        f"{written.payments:,} payments of {written.customers:,} customers, {written.first} to "
        f"{written.last}, in {written.files:,} files under {out / 'landing'}. "
        f"What settles what, and what was spoilt, is in {out / 'truth'}. All of it is synthetic."
    )
    return 0
