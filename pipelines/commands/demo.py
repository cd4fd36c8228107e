"""`countinghouse demo`: the landing files of a simulated institution."""

from datetime import date
from pathlib import Path

from rich.progress import BarColumn, TaskProgressColumn

from pipelines.demo.delivery.generate import generate
from pipelines.output.terminal import Terminal, progress


def demo(*, out: Path, customers: int, days: int, seed: int, end: date) -> int:
    """Write OUT/landing and OUT/truth; the same arguments give the same bytes.

    Returns:
        0 when it is written, 2 when the folder holds a demo already or the numbers make none.
    """
    console = Terminal(stderr=True)
    try:
        with progress(console, BarColumn(), TaskProgressColumn()) as shown:
            task = shown.add_task("writing the demo institution", total=days)
            written = generate(
                out,
                customers=customers,
                days=days,
                seed=seed,
                end=end,
                progress=lambda done, of: shown.update(task, completed=done, total=of),
            )
    except (FileExistsError, ValueError) as error:
        console.problem(str(error))
        return 2
    console.print(
        f"{written.payments:,} payments of {written.customers:,} customers, {written.first} to "
        f"{written.last}, in {written.files:,} files under {out / 'landing'}. "
        f"What settles what, and what was spoilt, is in {out / 'truth'}. All of it is synthetic."
    )
    return 0
