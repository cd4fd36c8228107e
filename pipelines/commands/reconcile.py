"""`countinghouse reconcile`: two files against each other, without a lake."""

from dataclasses import asdict
from pathlib import Path

from pipelines.output.terminal import Terminal, write_json
from pipelines.reconciliation.csv_files import reconcile_files


def reconcile(*, left: Path, right: Path, out: Path, rules: Path | None) -> int:
    """Write matches, offsets, breaks and a summary; 2 when a file cannot be taken."""
    console = Terminal(stderr=True)
    try:
        summary = reconcile_files(left, right, out, rules=rules)
    except ValueError as error:
        console.problem("Refused:", str(error))
        return 2
    write_json(asdict(summary), indent=2)
    console.print(f"WriteResult to {out}: matches.csv, offsets.csv, breaks.csv, summary.json")
    return 0
