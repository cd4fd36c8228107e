"""Withdrawing a file or a row of one, and taking that back: the refusals and the record.

Nothing here touches a figure. A withdrawal is a row of control/withdrawals; the next run builds
without what it names.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb
import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import FILES
from pipelines.records.withdrawals import (
    PLACE,
    condition_of,
    current_withdrawals,
    record_withdrawal,
)
from pipelines.runs.builds import as_of_of_last_run
from quality.contract import contracts


class WithdrawalError(ValueError):
    """A withdrawal that cannot be recorded; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was withdrawn or taken back: the rows of bronze that it names, and their amounts."""

    file: str
    rows: int
    amounts: tuple[tuple[str | None, Decimal], ...]


def withdraw(
    lake: Lake,
    file: str,
    *,
    row: int | None = None,
    path: str | None = None,
    actor: str,
    reason: str,
    now: datetime,
    take_back: bool = False,
) -> Withdrawal:
    """Put a withdrawal, or the taking back of one, on record.

    Args:
        lake: the lake that took the file in.
        file: the file, as `status` names it, or the end of that name, or its SHA-256.
        row: line or record of the file; None is the whole file.
        path: XPath within the file, where rows have one.
        actor: who decides.
        reason: why, in words.
        now: the wall clock.
        take_back: let what was withdrawn count again.

    Raises:
        WithdrawalError: there is no such file or row, it is withdrawn already, or nobody says why.
    """
    if not actor.strip() or not reason.strip():
        raise WithdrawalError("Say who withdraws it and why: --actor NAME --reason WORDS.")
    feed, name, sha256 = _file(lake, file)
    named = _rows(lake, feed, sha256, row, path)
    if not named.rows:
        where = path or (f"row {row}" if row is not None else "no row")
        raise WithdrawalError(f"{name} has {where} in bronze. See: countinghouse status --json")
    now_out = current_withdrawals(lake).filter(pl.col("sha256") == sha256)
    is_out = (row, path) in set(now_out.select(PLACE[1:]).iter_rows())
    if is_out is not take_back:
        state_text = "is not withdrawn" if take_back else "is withdrawn already"
        raise WithdrawalError(f"{name} {state_text}.")
    action = "taken_back" if take_back else "withdrawn"
    number = hashlib.sha256(f"{sha256}|{row}|{path}|{now.isoformat()}".encode()).hexdigest()[:12]
    act = {
        "withdrawal_id": f"w-{number}", "action": action, "feed": feed, "file": name,
        "sha256": sha256, "source_row": row, "source_path": path, "rows": named.rows,
        "actor": actor.strip(), "reason": reason.strip(),
        "as_of": as_of_of_last_run(lake) or now.date(), "decided_at": now,
    }  # fmt: skip
    record_withdrawal(lake, act, transaction_id=f"w-{number}")
    return Withdrawal(name, named.rows, named.amounts)


def _file(lake: Lake, asked: str) -> tuple[str, str, str]:
    """Feed, name and SHA-256 of the one file that was taken in and answers to a name."""
    if not lake.exists(FILES):
        raise WithdrawalError("Nothing has been taken in yet.")
    taken = lake.read(FILES).filter(pl.col("state") == "loaded")
    rows = taken.select("feed", "file", "sha256").unique().sort("file").collect()
    name = pl.col("file")
    ends = (name == asked) | name.str.ends_with(f"/{asked}")
    known = pl.col("sha256").str.starts_with(asked) if len(asked) >= 8 else pl.lit(value=False)
    fitting = rows.filter(ends | known)
    if fitting.height == 1:
        return fitting.row(0)
    if fitting.is_empty():
        raise WithdrawalError(f"No file that was taken in is called {asked}.")
    several = ", ".join(fitting["file"].head(5))
    raise WithdrawalError(f"{asked} names several files: {several}. Give more of the name.")


def _rows(lake: Lake, feed: str, sha256: str, row: int | None, path: str | None) -> Withdrawal:
    con, count = duckdb.connect(), 0
    amounts: dict[str | None, Decimal] = {}
    for each in contracts().values():
        table = f"bronze/{each.name}"
        if each.layer != "bronze" or each.feed != feed or not lake.exists(table):
            continue
        here = lake.relation(con, table).filter(condition_of(sha256, row, path))
        code = each.currency or "null"
        amount = f"coalesce(sum(cast({each.amount or '0'} as decimal(38,3))), 0)"
        for currency, rows, total in here.aggregate(f"{code}, count(*), {amount}").fetchall():
            count += rows
            if each.amount:
                amounts[currency] = amounts.get(currency, Decimal(0)) + total
    listed = sorted(amounts.items(), key=lambda item: item[0] or "")
    return Withdrawal("", count, tuple(listed))
