"""A big ledger into bronze with its contract enforced, against Polars copying it to Parquet.

Run `python -m benchmarks.ingest --rows 5000000`. The two sides take the same file in the same run,
each in a process of its own and in turn, and report their own time and their peak memory. Polars
only scans the CSV and sinks it to Parquet, compressed as our table is: it checks nothing and keeps
no account. We land the file, type every value, hold each row against the contract, append it to
Delta exactly once, and prove that rows and money in are rows and money loaded.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import polars as pl

BLOCK = 500_000
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def write_ledger(path: Path, rows: int) -> None:
    """A double-entry ledger: journals of two lines, in the columns of the contract."""
    with path.open("wb") as out:
        for start in range(0, rows, BLOCK):
            height = min(BLOCK, rows - start)
            _block(start, height).write_csv(out, include_header=start == 0)


def _block(start: int, height: int) -> pl.DataFrame:
    line = pl.int_range(start, start + height, dtype=pl.Int64)
    journal, side = line // 2, line % 2
    cents = (journal * 7919 + 1234) % 9_999_973
    amount = pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2))
    day = pl.date(2025, 1, 1) + pl.duration(days=journal % 365)
    return pl.select(
        book=pl.lit("general"),
        journal_id=pl.format("J{}", journal),
        line_number=side + 1,
        entity_id=pl.lit("CH-INS"),
        account_code=pl.when(side == 0).then(pl.lit("1000")).otherwise(4000 + journal % 50),
        bank_account_id=pl.when(side == 0).then(pl.lit("DE89370400440532013000")),
        booking_date=day,
        value_date=day,
        debit=pl.when(side == 0).then(amount).otherwise(pl.lit("0.00")),
        credit=pl.when(side == 1).then(amount).otherwise(pl.lit("0.00")),
        currency=pl.lit("EUR"),
        reference=pl.format("E2E-{}", journal),
        document_type=pl.lit("receipt"),
        counterparty_name=pl.format("Customer {}", journal % 20_000),
        description=pl.format("Premium for policy P{}", journal % 20_000),
    )


def run_polars(source: Path, room: Path) -> dict[str, object]:
    """Scan and sink, as the documentation of Polars has it."""
    target = room / "polars.parquet"
    start, processor = perf_counter(), process_time()
    pl.scan_csv(source).sink_parquet(target, compression="snappy")
    seconds, processor = perf_counter() - start, process_time() - processor
    rows = pl.scan_parquet(target).select(pl.len()).collect().item()
    return {"seconds": seconds, "cpu": processor, "rows": rows}


def run_countinghouse(source: Path, room: Path) -> dict[str, object]:
    """Land, read, hold against the contract, append, and account for it."""
    from pipelines.feeds.formats import FORMATS
    from pipelines.ingestion import ensure_tables, ingest, land
    from pipelines.lake.duckdb_connection import connect
    from pipelines.lake.lake import Lake
    from pipelines.landing.zone import scan

    lake = Lake(room / "lake")
    ensure_tables(lake)
    with connect(lake, memory_limit="1GB", threads=os.cpu_count() or 2) as con:
        start = perf_counter()
        land(lake, source.parent, arrived=date(2026, 1, 31), formats=FORMATS, now=NOW)
        landed, processor = perf_counter(), process_time()
        taken = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
        seconds, processor = perf_counter() - landed, process_time() - processor
    (file,) = taken.files
    if file.state != "loaded" or file.quarantined.rows:
        raise RuntimeError(f"the ledger was not loaded whole: {file}")
    rows = lake.read("bronze/ledger_postings").select(pl.len()).collect().item()
    return {"seconds": seconds, "cpu": processor, "rows": rows, "landing": landed - start}


SIDES: dict[str, Callable[[Path, Path], dict[str, object]]] = {
    "polars": run_polars,
    "countinghouse": run_countinghouse,
}


def measure(side: str, source: Path) -> dict[str, float]:
    """Run one side in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--side", side, "--source", str(source)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(rows: int, rounds: int, room: Path) -> None:
    """Both sides in turn, `rounds` times; the median of each, and their ratio."""
    source = room / "sent" / "ledger.csv"
    source.parent.mkdir()
    write_ledger(source, rows)
    size = source.stat().st_size / 1e6
    print(
        f"{rows:,} ledger lines, {size:,.0f} MB of CSV, {os.cpu_count()} cores, {rounds} rounds\n"
    )
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side, results in runs.items():
            results.append(measure(side, source))
    print(f"{'':24}{'seconds':>10}{'of CPU':>10}{'rows/s':>12}{'peak MB':>10}")
    seconds = {}
    for side, results in runs.items():
        if any(result["rows"] != rows for result in results):
            raise RuntimeError(f"{side} wrote another number of rows than {rows:,}")
        seconds[side] = median(result["seconds"] for result in results)
        peak = max(result["peak_mb"] for result in results)
        cpu = median(result["cpu"] for result in results)
        pace = rows / seconds[side]
        print(f"{side:24}{seconds[side]:>10.2f}{cpu:>10.2f}{pace:>12,.0f}{peak:>10,.0f}")
    landing = median(result["landing"] for result in runs["countinghouse"])
    ratio = seconds["countinghouse"] / seconds["polars"]
    print(f"\nratio {ratio:.2f}; with the copy into landing ({landing:.2f} s)", end=" ")
    print(f"{(seconds['countinghouse'] + landing) / seconds['polars']:.2f}")


def main() -> None:
    """Compare, or be one of the sides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    with TemporaryDirectory() as room:
        if asked.side is None:
            compare(asked.rows, asked.rounds, Path(room))
            return
        result = SIDES[asked.side](asked.source, Path(room))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            json.dumps({**result, "peak_mb": peak / (2**20 if sys.platform == "darwin" else 1024)})
        )


if __name__ == "__main__":
    main()
