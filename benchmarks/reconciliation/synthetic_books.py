"""Two books that disagree as real ones do, made from a seed, with the truth."""

from dataclasses import dataclass

import numpy as np
import polars as pl

_FIRST = [
    "Harbor",
    "Copper",
    "Linden",
    "Marlow",
    "Aster",
    "Fenwick",
    "Orchard",
    "Quill",
    "Tamarind",
    "Bramble",
    "Juniper",
    "Willow",
    "Cobalt",
    "Sable",
    "Heron",
    "Pinnacle",
    "Vertex",
    "Nimbus",
    "Solace",
    "Arbor",
    "Delta",
    "Orion",
    "Polar",
    "Raven",
    "Slate",
    "Tidal",
    "Umber",
    "Violet",
]
_SECOND = [
    "Foods",
    "Freight",
    "Textiles",
    "Optics",
    "Dental",
    "Builders",
    "Robotics",
    "Media",
    "Travel",
    "Energy",
    "Paper",
    "Ceramics",
    "Software",
    "Catering",
    "Glass",
    "Motors",
    "Timber",
    "Chemicals",
    "Insurance",
    "Logistics",
    "Services",
    "Consulting",
    "Supply",
]
_FORM = ["Inc", "LLC", "Ltd", "GmbH", "Corp", "AG", "BV", "SA"]
_START = np.datetime64("2025-01-01")


@dataclass(frozen=True, slots=True)
class Books:
    """Two sides and the pairs that truly belong together (left, right, kind)."""

    left: pl.DataFrame
    right: pl.DataFrame
    truth: pl.DataFrame


def draw(rows: int, seed: int, *, days: int = 250, accounts: int = 20) -> Books:
    """About `rows` rows on either side; the same seed gives the same books.

    55 % carry a reference on both sides, 35 % only a name and an amount (some cut short or
    mistyped), 6 % settle in batches of three, 2 % differ by a charge or two swapped digits, and
    2 % are missing on either side.
    """
    rng = np.random.default_rng(seed)
    names = _names(rng, max(rows // 40, 50))
    kind = rng.choice(5, rows, p=[0.55, 0.35, 0.06, 0.02, 0.02])
    kind = np.where(np.arange(rows) < 3 * (rows // 50), 2, np.where(kind == 2, 1, kind))
    batch = np.where(kind == 2, np.arange(rows) // 3, -1)
    head = np.where(kind == 2, batch * 3, np.arange(rows))
    open_days = np.flatnonzero(np.arange(days) % 7 < 5)
    day = open_days[rng.integers(0, open_days.size, rows)][head]
    who = rng.integers(0, names.size, rows)[head]
    sign = np.where(rng.random(rows) < 0.35, 1, -1)[head]
    account = rng.integers(0, accounts, rows)[head]
    amount = (10 ** rng.uniform(3.2, 7.2, rows)).astype(np.int64)
    amount = np.where(rng.random(rows) < 0.15, amount // 10_000 * 10_000 + 10_000, amount) * sign
    lag = rng.choice(5, rows, p=[0.4, 0.3, 0.15, 0.1, 0.05])[head]
    late = np.busday_offset(_START + day, lag, roll="forward")
    ledger = pl.DataFrame(
        {
            "n": np.arange(rows),
            "kind": kind,
            "batch": batch,
            "date": _START + day,
            "late": late,
            "account_id": account,
            "cents": amount,
            "name": names[who],
            "cut": rng.integers(10, 40, rows),
            "typo": rng.random(rows) < 0.08,
            "late_fee": rng.integers(500, 4000, rows),
        }
    )
    return _books(ledger)


def _names(rng: np.random.Generator, count: int) -> np.ndarray:
    parts = [
        np.array(words)[rng.integers(0, len(words), count)]
        for words in (_FIRST, _FIRST, _SECOND, _FORM)
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined = np.char.add(np.char.add(joined, " "), part)
    return joined


def _books(rows: pl.DataFrame) -> Books:
    rows = rows.with_columns(
        pl.format("AC{}", "account_id").alias("account_id"),
        pl.col("date").cast(pl.Date),
        pl.col("late").cast(pl.Date),
        pl.format("PY{}", pl.col("n") + 10_000_000).alias("code"),
    )
    mistyped = (
        pl.when("typo")
        .then(pl.col("name").str.slice(0, 4) + pl.col("name").str.slice(5))
        .otherwise(pl.col("name"))
    )
    right = rows.filter((pl.col("kind") != 4) | (pl.col("n") % 2 == 0)).select(
        pl.format("G{}", "n").alias("row_id"),
        "account_id",
        "date",
        (pl.col("cents").cast(pl.Decimal(18, 3)) / 100).cast(pl.Decimal(18, 3)).alias("amount"),
        pl.lit("EUR").alias("currency"),
        "code",
        "kind",
        pl.format("{} - supplies, {}", mistyped, "code").alias("description"),
    )
    right = right.select(
        pl.exclude("code", "kind"),
        pl.when(pl.col("kind") == 0).then(pl.col("code")).alias("reference"),
    )
    fee = (
        pl.when((pl.col("kind") == 3) & (pl.col("n") % 2 == 0))
        .then(pl.col("late_fee"))
        .otherwise(0)
    )
    tail = pl.col("cents").abs() % 100
    swapped = pl.col("cents").abs() - tail + tail % 10 * 10 + tail // 10
    cents = (
        pl.when((pl.col("kind") == 3) & (pl.col("n") % 2 == 1))
        .then(swapped * pl.col("cents").sign())
        .otherwise(pl.col("cents") - fee)
    )
    lines = rows.filter((pl.col("kind") != 4) | (pl.col("n") % 2 == 1)).with_columns(
        cents.alias("cents"),
        pl.when(pl.col("batch") >= 0)
        .then(pl.col("batch") * 3)
        .otherwise(pl.col("n"))
        .alias("line"),
    )
    word = pl.when(pl.col("cents") < 0).then(pl.lit("ACH DEBIT ")).otherwise(pl.lit("ACH CREDIT "))
    left = (
        lines.group_by("line", maintain_order=True)
        .agg(
            pl.col("account_id", "late", "name", "cut", "kind", "code").first(),
            pl.col("cents").sum(),
        )
        .select(
            pl.format("B{}", "line").alias("row_id"),
            "account_id",
            pl.col("late").alias("date"),
            (pl.col("cents").cast(pl.Decimal(18, 3)) / 100).cast(pl.Decimal(18, 3)).alias("amount"),
            pl.lit("EUR").alias("currency"),
            (word + pl.col("name").str.to_uppercase().str.head(pl.col("cut"))).alias("description"),
            pl.when(pl.col("kind") == 0)
            .then(pl.format("NTPY {} THANKS", "code"))
            .alias("references_text"),
        )
    )
    truth = lines.filter(pl.col("kind") != 4).select(
        pl.format("B{}", "line").alias("left_id"),
        pl.format("G{}", "n").alias("right_id"),
        pl.col("kind").replace_strict(
            {0: "reference", 1: "name", 2: "batch", 3: "difference"}, return_dtype=pl.String
        ),
    )
    return Books(left, right, truth)
