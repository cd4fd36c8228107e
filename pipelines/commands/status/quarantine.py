"""What became of the quarantine, and what was withdrawn, in a terminal."""

import polars as pl

from pipelines.output.terminal import Terminal

_MOST = 20


def print_resolved(console: Terminal, rows: pl.DataFrame) -> None:
    """Rows of the quarantine that came in later, each with the file that brought it."""
    if rows.is_empty():
        return
    later = rows.filter(pl.col("resolved_by_file").is_not_null())
    still = rows.height - later.height
    console.print(f"\nOf the rows in quarantine {later.height:,} came in later; {still:,} are out")
    for row in later.sort("file", "source_row").head(_MOST).iter_rows(named=True):
        here = f" row {row['source_row']:,}" if row["source_row"] is not None else ""
        row_text = f" row {row['resolved_by_row']:,}" if row["resolved_by_row"] is not None else ""
        line = f"{row['file']}{here}: resolved by {row['resolved_by_file']}{row_text}"
        console.print(line, soft_wrap=True)
    if later.height > _MOST:
        console.print(f"... and {later.height - _MOST:,} more: countinghouse status --json")


def print_withdrawn(console: Terminal, rows: pl.DataFrame) -> None:
    """Files and rows that somebody took out of the figures, with who and why."""
    if rows.is_empty():
        return
    console.print(f"\nWithdrawn from the figures: {rows.height:,}")
    for row in rows.sort("file", "source_row").iter_rows(named=True):
        place = row["source_path"] or (
            f"row {row['source_row']:,}" if row["source_row"] is not None else "the whole file"
        )
        line = f"{row['file']}, {place} ({row['rows']:,} rows): {row['actor']}: {row['reason']}"
        console.print(line, soft_wrap=True)
