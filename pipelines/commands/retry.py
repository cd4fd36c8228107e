"""`countinghouse retry`: read refused files again, now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.commands.opening import lake_to_write
from pipelines.ingestion import ingest
from pipelines.ingestion.file_records import FileRecord
from pipelines.ingestion.file_registry import file_registry
from pipelines.ingestion.lake_formats import formats_of
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import RunLockedError, run_lock
from pipelines.landing.zone import LandedFile, scan
from pipelines.output.terminal import Terminal


def retry(files: Sequence[str], *, folder: Path | None) -> int:
    """Read the named files again, or every refused one; the figures follow with the next run.

    Args:
        files: places in landing (`feed/day/name`), or names alone.
        folder: folder of the lake.

    Returns:
        0 when all came in, 1 when one is still refused, 2 when there is nothing to try.
    """
    lake, console = lake_to_write(folder, "countinghouse retry"), Terminal()
    try:
        with run_lock(lake, "countinghouse retry"):
            return _retry(lake, files, console)
    except RunLockedError as error:
        Terminal(stderr=True).problem("The lake is in use:", str(error))
        return 2


def _retry(lake: Lake, files: Sequence[str], console: Terminal) -> int:
    landed = scan(lake)
    refused = file_registry(lake).refused
    chosen = [
        landed_file
        for landed_file in landed
        if landed_file.file in refused and _is_named(landed_file, files)
    ]
    for name in files:
        if not any(_is_named(landed_file, [name]) for landed_file in chosen):
            console.problem(name, "is not among the refused files: countinghouse status")
    if not chosen:
        if not files:
            console.print("No file in landing is refused; there is nothing to try again.")
        return 2
    records = _read_again(lake, chosen)
    for record in records:
        console.print(f"{record.file}: {_outcome(record)}", soft_wrap=True)
    console.print("The figures follow with: countinghouse run")
    return 1 if any(record.state == "refused" for record in records) else 0


def _read_again(lake: Lake, chosen: Sequence[LandedFile]) -> tuple[FileRecord, ...]:
    """Take the files in; one that is recognised now is taken in where it belongs."""
    formats, now = formats_of(lake), datetime.now(UTC)
    before = {landed_file.file for landed_file in scan(lake)}
    again = {landed_file.file for landed_file in chosen}
    with connect(lake) as con:
        first = ingest(lake, con, chosen, formats=formats, now=now, again=again)
        placed = [landed_file for landed_file in scan(lake) if landed_file.file not in before]
        then = ingest(lake, con, placed, formats=formats, now=now)
    return (*first.files, *then.files)


def _is_named(landed: LandedFile, files: Sequence[str]) -> bool:
    return not files or landed.file in files or landed.name in files


def _outcome(record: FileRecord) -> str:
    if record.state == "refused":
        return f"refused again (attempt {record.attempt}): {record.reason}"
    if record.state == "duplicate":
        return record.reason
    message = f"{record.loaded.rows:,} rows loaded"
    if record.quarantined.rows:
        message += f", {record.quarantined.rows:,} in quarantine"
    return message
