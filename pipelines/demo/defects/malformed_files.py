"""Malformed files: malformed rows, wrong amounts with corrections, unbalanced statements."""

import zlib
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demo.world.timeline import World

RATE = 0.0009
"""Share of the rows of such files that are followed by a malformed one."""
SPOILT_COLUMNS = {
    "receipts": ("receipt_id", "received_date"),
    "premium_instalments": ("instalment_id", "due_date"),
    "claim_transactions": ("claim_transaction_id", "transaction_date"),
    "ledger_postings": ("journal_id", "booking_date"),
}
"""Tables whose files get malformed rows, with the key and the date that are spoilt.

A malformed row is added to those of its file: with a key of its own and an impossible currency or
date, or a copy of another row. So no row that the truth names is missing."""

CYCLE = 61
"""Days between two statements of one kind of trouble."""


@dataclass(frozen=True, slots=True)
class MalformedRows:
    """Malformed rows of a file, as text, and why each is malformed."""

    rows: pl.DataFrame
    why: list[str]


def malformed_rows(
    world: World, table: str, arrival: int, rows: pl.DataFrame
) -> MalformedRows | None:
    """The malformed rows that a file of `rows` (all text) also carries, if any."""
    if table not in SPOILT_COLUMNS or rows.is_empty():
        return None
    salt = zlib.crc32(table.encode())
    at = np.arange(rows.height, dtype=np.int64)
    hit = np.flatnonzero(world.streams.chance(RATE, "malformed", salt, arrival, at))
    if hit.size == 0:
        return None
    key, day = SPOILT_COLUMNS[table]
    kinds = world.streams.whole(
        0, 1 if table == "ledger_postings" else 2, "how", salt, arrival, hit
    )
    bad = rows[hit].with_columns(how=pl.Series(kinds))
    spoilt = bad.with_columns(
        pl.when(pl.col("how") < 2).then(pl.col(key) + "X").otherwise(key).alias(key),
        pl.when(pl.col("how") == 0).then(pl.lit("EURO")).otherwise("currency").alias("currency"),
        pl.when(pl.col("how") == 1)
        .then(pl.col(day).str.slice(0, 4) + "-02-30")
        .otherwise(day)
        .alias(day),
    ).drop("how")
    words = ("bad currency", "bad date", "doubled row")
    return MalformedRows(spoilt, [words[int(kind)] for kind in kinds])


def correction_day(world: World, day: int) -> bool:
    """Whether the ledger file of that day has a wrong journal, which is restated two days later."""
    return (day - world.first) % CYCLE == 4


def with_wrong_amount(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of a ledger file with one receipt's amount wrong by a digit; and the right rows."""
    receipts = rows.filter(pl.col("document_type").is_in(["receipt", "premium", "claim"]))
    journal = (receipts if receipts.height else rows)["journal_id"][0]
    in_journal = pl.col("journal_id") == journal
    shifted = [
        pl.when(in_journal).then(_tenfold(name)).otherwise(name).alias(name)
        for name in ("debit", "credit")
    ]
    return rows.with_columns(shifted), rows.filter(in_journal)


def _tenfold(name: str) -> pl.Expr:
    return (
        pl.when(pl.col(name) == "0.00").then(pl.lit("0.00")).otherwise(pl.lit("1") + pl.col(name))
    )


def statement_trouble(world: World, bank: int) -> dict[int, str]:
    """Business days on which a bank's statement is misprinted, sent twice, or late.

    The first bank misprints and corrects, and sends one statement twice; the second is late once a
    cycle; the third misprints and never says so.
    """
    plans = {0: {5: "misprinted", 8: "sent twice"}, 1: {4: "late"}, 2: {23: "misprinted for good"}}
    currency = (0, 1, 2)[bank]
    trouble_days = {}
    for start in range(world.first, world.last + 1, CYCLE):
        for offset, trouble in plans[bank].items():
            day = int(world.calendars.business(currency, start + offset)[0])
            trouble_days[day] = trouble
    return trouble_days
