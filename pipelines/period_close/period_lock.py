"""Closing a period, so that what becomes known later lands in an open one; and opening it again.

Nothing here touches a figure. A close is a row of control/period_closes with the balances as they
were closed; the next run reads it, and a law holds the balances to it ever after.
"""

import calendar
import re
from datetime import date, datetime

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import (
    CONTROLS,
    DECISIONS,
    PERIOD_CLOSES,
    PERIOD_CLOSES_SCHEMA,
)
from pipelines.runs.builds import as_of_of_last_run

PROOF = "silver/recon_roll_forward"

_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_SHOWN = 5
_BALANCE = ("account_id", "currency", "side", "closing")


class PeriodError(ValueError):
    """A period that cannot be closed or opened; the message says why, and what to do."""


def close_period(
    lake: Lake, period: str, actor: str, reason: str, now: datetime, *, force: bool = False
) -> dict[str, object]:
    """Put the close of a period on record; the next run keeps late rows out of it.

    Args:
        lake: the lake.
        period: yyyy-mm.
        actor: who closes it.
        reason: why, or where the close was agreed.
        now: the wall clock.
        force: close it although it has not ended or a balance is not explained.

    Returns:
        The recorded row.

    Raises:
        PeriodError: it is closed already, or it has not ended, is not proven, or decisions wait for
            a run, and `force` was not given. Nothing is recorded then.
    """
    _refuse_incomplete(period, actor, reason)
    history = _history(lake, period)
    if _is_closed(history):
        last = history.row(-1, named=True)
        raise PeriodError(
            f"{period} was closed by {last['actor']} on {last['closed_at']:%Y-%m-%d} already. "
            "Nothing was recorded; nothing is left to do."
        )
    as_of = as_of_of_last_run(lake)
    if as_of is None or not lake.exists(PROOF):
        raise PeriodError(
            f"There are no figures in {lake.root} that could be closed. Nothing was recorded; "
            "start with: countinghouse run --landing DIR"
        )
    proof = lake.read(PROOF).filter(pl.col("period") == period).collect()
    doubts = _doubts(lake, period, proof, as_of)
    if doubts and not force:
        raise PeriodError(
            f"{period} is not ready: {'; '.join(doubts)}. Nothing was recorded; mend it and run "
            "again, or close it all the same with --force and the reason."
        )
    row: dict[str, object] = {
        "period": period,
        "action": "closed",
        "actor": actor.strip(),
        "reason": reason.strip(),
        "forced": bool(doubts),
        "as_of": as_of,
        "closed_at": now,
        "balances": proof.select(_BALANCE).to_dicts(),
    }
    _record(lake, row, history)
    return row


def reopen_period(
    lake: Lake, period: str, actor: str, reason: str, now: datetime
) -> dict[str, object]:
    """Put on record that a closed period is open again; the next run lets its late rows in.

    Raises:
        PeriodError: it is not closed. Nothing is recorded then.
    """
    _refuse_incomplete(period, actor, reason)
    history = _history(lake, period)
    if not _is_closed(history):
        raise PeriodError(f"{period} is not closed. Nothing was recorded; nothing is left to do.")
    row: dict[str, object] = {
        "period": period,
        "action": "reopened",
        "actor": actor.strip(),
        "reason": reason.strip(),
        "forced": False,
        "as_of": as_of_of_last_run(lake) or now.date(),
        "closed_at": now,
        "balances": [],
    }
    _record(lake, row, history)
    return row


def _refuse_incomplete(period: str, actor: str, reason: str) -> None:
    if not _PERIOD.fullmatch(period):
        raise PeriodError(
            f"{period!r} is not a period. Nothing was recorded; write it as yyyy-mm, such as "
            "2026-01."
        )
    if not actor.strip() or not reason.strip():
        raise PeriodError(
            "A close needs an actor and a reason. Nothing was recorded; give --actor and --reason."
        )


def _history(lake: Lake, period: str) -> pl.DataFrame:
    lake.create(PERIOD_CLOSES, PERIOD_CLOSES_SCHEMA)
    rows = lake.read(PERIOD_CLOSES).filter(pl.col("period") == period)
    return rows.sort("closed_at").collect()


def _is_closed(history: pl.DataFrame) -> bool:
    return bool(history.height) and history["action"][-1] == "closed"


def _doubts(lake: Lake, period: str, proof: pl.DataFrame, as_of: date) -> list[str]:
    """What speaks against closing a period."""
    year, month = int(period[:4]), int(period[5:])
    last = date(year, month, calendar.monthrange(year, month)[1])
    doubts = []
    if last > as_of:
        doubts.append(f"it ends on {last} and the figures stand as of {as_of}")
    if proof.is_empty():
        doubts.append("no balance of it is on the books")
    off = proof.filter(pl.col("unexplained") != 0).sort("account_id", "currency", "side")
    told = [
        "{account_id} ({side}) has {currency} {unexplained} unexplained".format(**row)
        for row in off.head(_SHOWN).iter_rows(named=True)
    ]
    if off.height > _SHOWN:
        told.append(f"and {off.height - _SHOWN} balances more")
    doubts += told
    if _waiting(lake):
        doubts.append("decisions were taken after the last run, which does not know them")
    return doubts


def _waiting(lake: Lake) -> bool:
    """Whether a decision is younger than the figures."""
    if not lake.exists(DECISIONS):
        return False
    decided, ran = (
        lake.read(table, columns=["recorded_at"]).collect()["recorded_at"]
        for table in (DECISIONS, CONTROLS)
    )
    return bool(len(decided)) and bool((decided > ran.max()).any())


def _record(lake: Lake, row: dict[str, object], history: pl.DataFrame) -> None:
    """Append the row; of two who act on the same state of a period, one does."""
    rows = pl.DataFrame([row], schema=dict(PERIOD_CLOSES_SCHEMA))
    written = lake.append_once(
        PERIOD_CLOSES, rows, transaction_ids=[f"{row['period']} after {history.height}"]
    )
    if not written.rows:
        raise PeriodError(
            f"Somebody else closed or opened {row['period']} at the same moment. Nothing was "
            "recorded; look at control/period_closes and decide again."
        )
