"""How fast, how lean and how right is the matching engine, beside splink and a pandas merge.

    python -m benchmarks.reconciliation --rows 1000000            # one size, time by stage
    python -m benchmarks.reconciliation --rows 100000 --peers     # beside splink and pandas
    python -m benchmarks.reconciliation --growth 100000 1000000   # how cost grows with size

Data are made here from a seed: a bank and a ledger that disagree as real ones do, with the truth.
"""

import argparse
import cProfile
import json
import pstats
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl

from quality.reconciliation.engine import reconcile
from quality.reconciliation.rules import shipped

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


def score(pairs: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """Precision, recall and F1 of pairs (left_id, right_id)."""
    right = pairs.join(truth, on=["left_id", "right_id"], how="semi").height
    precision, recall = right / max(pairs.height, 1), right / max(truth.height, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def pairs_of(matches: pl.DataFrame) -> pl.DataFrame:
    """Settled pairs of an outcome's matches (left_id, right_id)."""
    settled = matches.filter(pl.col("kind") != "offset")
    left = settled.filter(pl.col("side") == "left").select(
        "match_id", pl.col("row_id").alias("left_id")
    )
    right = settled.filter(pl.col("side") == "right").select(
        "match_id", pl.col("row_id").alias("right_id")
    )
    return left.join(right, on="match_id").select("left_id", "right_id")


@contextmanager
def timed(told: dict[str, float], name: str) -> Iterator[None]:
    """Note the seconds that the block took."""
    start = time.perf_counter()
    yield
    told[name] = round(time.perf_counter() - start, 2)


_STAGES = (
    "complete",
    "learn_vocabulary",
    "prepare",
    "settle",
    "settle_offsets",
    "settle_batches",
    "settle_groups",
    "weighed",
    "pair_candidates",
    "difference_candidates",
    "with_text",
    "learn",
    "probabilities",
    "best_assignment",
    "cards",
    "_matches",
    "breaks_of",
)


def ours(books: Books) -> dict[str, object]:
    """Run the engine with its default rules: seconds in all and by stage, and its scores."""
    seconds: dict[str, float] = {}
    profile = cProfile.Profile()
    before = time.process_time()
    with timed(seconds, "seconds"):
        outcome = profile.runcall(reconcile, books.left, books.right, shipped("default"))
    seconds["processor_seconds"] = round(time.process_time() - before, 2)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    stages = {
        name: round(float(values[3]), 2)
        for (file, _, name), values in stats.items()
        if name in _STAGES and "reconciliation" in file
    }
    auto = outcome.matches.filter(pl.col("tier") == "auto")
    return {
        **seconds,
        "stages": dict(sorted(stages.items(), key=lambda item: -item[1])),
        "all": score(pairs_of(outcome.matches), books.truth),
        "auto": score(pairs_of(auto), books.truth),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def pandas_merge(books: Books) -> dict[str, object]:
    """What a spreadsheet-minded script does: equal amount, nearest date, each row once."""
    seconds: dict[str, float] = {}
    with timed(seconds, "seconds"):
        left = books.left.select("row_id", "account_id", "date", "amount").to_pandas()
        right = books.right.select("row_id", "account_id", "date", "amount").to_pandas()
        both = left.merge(right, on=["account_id", "amount"], suffixes=("_l", "_r"))
        both["gap"] = (
            both["date_l"].astype("datetime64[ns]") - both["date_r"].astype("datetime64[ns]")
        ).dt.days.abs()
        both = both[both["gap"] <= 5].sort_values("gap", kind="stable")
        both = both.drop_duplicates("row_id_l").drop_duplicates("row_id_r")
    pairs = pl.DataFrame(
        {"left_id": both["row_id_l"].to_list(), "right_id": both["row_id_r"].to_list()}
    )
    return {**seconds, "all": score(pairs, books.truth)}


def with_splink(books: Books) -> dict[str, object]:
    """Splink on its linkable part: one row to one row, weights learnt by EM, threshold 0.95."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    def side(frame: pl.DataFrame) -> "object":
        columns = [c for c in ("reference", "references_text") if c in frame.columns]
        return frame.select(
            pl.col("row_id").alias("unique_id"),
            "account_id",
            pl.col("date").cast(pl.String),
            pl.col("amount").cast(pl.String),
            pl.coalesce(columns).str.extract(r"(PY\d+)").alias("reference"),
            pl.col("description")
            .str.to_uppercase()
            .str.replace(r"^ACH (DEBIT|CREDIT) ", "")
            .str.replace(r" - .*$", "")
            .alias("name"),
        ).to_pandas()

    seconds: dict[str, float] = {}
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.ExactMatch("amount"),
            cl.JaroWinklerAtThresholds("name", [0.95, 0.85]),
            cl.ExactMatch("reference"),
            cl.AbsoluteDateDifferenceAtThresholds(
                "date", input_is_string=True, metrics=["day"] * 3, thresholds=[1, 4, 8]
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("account_id", "amount"),
            block_on("reference"),
        ],
    )
    with timed(seconds, "seconds"):
        api = DuckDBAPI()
        sides = [
            api.register(side(frame), dataset_display_name=name)
            for name, frame in (("bank_lines", books.left), ("ledger_lines", books.right))
        ]
        linker = Linker(sides, settings)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on("account_id", "amount")
        )
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on("account_id", "name")
        )
        found = (
            linker.inference.predict(threshold_match_probability=0.95).as_duckdbpyrelation().pl()
        )
    best = found.sort("match_probability", descending=True)
    best = best.unique("unique_id_l", keep="first", maintain_order=True)
    best = best.unique("unique_id_r", keep="first", maintain_order=True)
    one, two = pl.col("unique_id_l"), pl.col("unique_id_r")
    turned = one.str.starts_with("G")
    pairs = best.select(
        pl.when(turned).then(two).otherwise(one).alias("left_id"),
        pl.when(turned).then(one).otherwise(two).alias("right_id"),
    )
    linkable = books.truth.filter(pl.col("kind") != "batch")
    return {**seconds, "all": score(pairs, books.truth), "on_linkable": score(pairs, linkable)}


def main() -> None:
    """Measure what the arguments ask for and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--growth", type=int, nargs="*")
    given = parser.parse_args()
    for rows in given.growth or [given.rows]:
        books = draw(rows, given.seed)
        told: dict[str, object] = {
            "rows": [books.left.height, books.right.height],
            "ours": ours(books),
        }
        peers: dict[str, Callable[[Books], dict[str, object]]] = {
            "pandas_merge": pandas_merge,
            "splink": with_splink,
        }
        for name, run in peers.items() if given.peers else ():
            told[name] = run(books)
        print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
