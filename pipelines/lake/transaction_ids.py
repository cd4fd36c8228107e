"""The transaction ids that a table has committed, read from its log at once.

The library answers for one id at a time and reads the log for each answer; ingestion asks for
thousands.
"""

import json
from pathlib import Path

import polars as pl
from deltalake import DeltaTable


def committed_transaction_ids(table: DeltaTable, log: Path, wanted: set[str]) -> set[str]:
    """Those of `wanted` that a version of the table has recorded.

    Args:
        table: the table, opened at the version in question.
        log: its `_delta_log` folder.
        wanted: transaction ids to look for.
    """
    checkpoint = _checkpoint(log, table.version())
    start = 0 if checkpoint is None else checkpoint + 1
    commits = [_commit(log, version) for version in range(start, table.version() + 1)]
    if not all(path.is_file() for path in commits):
        # A log in a shape that we do not know, such as a checkpoint in parts: ask the library.
        return {
            transaction_id
            for transaction_id in wanted
            if table.transaction_version(transaction_id) is not None
        }
    found = set() if checkpoint is None else _in_checkpoint(log, checkpoint)
    for path in commits:
        found |= _in_commit(path)
    return found & wanted


def _commit(log: Path, version: int) -> Path:
    return log / f"{version:020}.json"


def _checkpoint(log: Path, newest: int) -> int | None:
    """The newest checkpoint in one file that is not newer than the version asked for."""
    found = (path.name.split(".")[0] for path in log.glob("*.checkpoint.parquet"))
    return max((int(one) for one in found if one.isdigit() and int(one) <= newest), default=None)


def _in_checkpoint(log: Path, version: int) -> set[str]:
    rows = pl.scan_parquet(log / f"{version:020}.checkpoint.parquet", glob=False)
    if "txn" not in rows.collect_schema():
        return set()
    transaction_ids = rows.select(pl.col("txn").struct.field("appId")).drop_nulls().collect()
    return set(transaction_ids["appId"])


def _in_commit(path: Path) -> set[str]:
    with path.open(encoding="utf-8") as lines:
        actions = (json.loads(line) for line in lines if '"txn"' in line[:16])
        return {action["txn"]["appId"] for action in actions if "txn" in action}
