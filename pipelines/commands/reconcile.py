"""`countinghouse reconcile`: two files against each other, without a lake."""

from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from pipelines.reconcile_files import reconcile_files


def reconcile(*, left: Path, right: Path, out: Path, rules: Path | None) -> int:
    """Write matches, offsets, breaks and a summary; 2 when a file cannot be taken."""
    console = Console(stderr=True)
    try:
        summary = reconcile_files(left, right, out, rules=rules)
    except ValueError as error:
        console.print(f"[red]Refused:[/] {error}")
        return 2
    Console().print_json(data=asdict(summary), default=str)
    console.print(f"Written to {out}: matches.csv, offsets.csv, breaks.csv, summary.json")
    return 0
