"""How fast, how lean and how right is the matching engine, beside splink and a pandas merge.

    python -m benchmarks.reconciliation.throughput --rows 1000000  # one size, time by stage
    python -m benchmarks.reconciliation.throughput --rows 100000 --peers  # beside splink and pandas
    python -m benchmarks.reconciliation.throughput --growth 100000 1000000  # cost by size
    python -m benchmarks.reconciliation.throughput --rows 10000000 --blocks 2000000  # bounded

Data are made from a seed (`synthetic_books`). Seconds on a busy machine say little:
`processor_seconds` is the work done.
"""

import argparse
import cProfile
import json
import pstats
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.reconciliation.peers import pandas_merge, with_splink
from benchmarks.reconciliation.scores import pairs_of, score, timed
from benchmarks.reconciliation.synthetic_books import Books, draw
from quality.reconciliation.engine import reconcile
from quality.reconciliation.in_blocks import in_blocks
from quality.reconciliation.rules import shipped

_PART = 1_000_000

_STAGES = (
    "complete",
    "learn_vocabulary",
    "prepare",
    "accept_pairs",
    "match_offsets",
    "match_batches",
    "match_groups",
    "score_pairs",
    "pair_candidates",
    "difference_candidates",
    "with_text_evidence",
    "estimate_weights",
    "probabilities",
    "best_assignment",
    "cards",
    "matches_of",
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


def in_parts(rows: int, seed: int, at_once: int) -> dict[str, object]:
    """Settle books that lie in files, some accounts at a time: seconds, scores and peak memory."""
    seconds: dict[str, float] = {}
    found = right = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        true = _written(folder, rows, seed)
        sides = [pl.scan_parquet(folder / f"{side}-*.parquet") for side in ("left", "right")]
        truth = pl.scan_parquet(folder / "truth-*.parquet")
        before = time.process_time()
        with timed(seconds, "seconds"):
            for outcome in in_blocks(sides[0], sides[1], shipped("default"), rows_at_once=at_once):
                pairs = pairs_of(outcome.matches)
                found += pairs.height
                here = truth.join(pairs.lazy(), on=["left_id", "right_id"], how="semi")
                right += here.select(pl.len()).collect().item()
        seconds["processor_seconds"] = round(time.process_time() - before, 2)
    precision, recall = right / max(found, 1), right / max(true, 1)
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
    return {
        **seconds,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "peak_gb": peak,
    }


def _written(folder: Path, rows: int, seed: int) -> int:
    """Books of that many rows as files, each with accounts of its own; the number of true pairs."""
    true = 0
    for part in range(max(rows // _PART, 1)):
        books = draw(min(rows, _PART), seed + part)
        mark = pl.lit(f"{part}-")
        for name in ("left", "right"):
            ours = [(mark + pl.col(column)).alias(column) for column in ("row_id", "account_id")]
            getattr(books, name).with_columns(ours).write_parquet(folder / f"{name}-{part}.parquet")
        ids = [(mark + pl.col(column)).alias(column) for column in ("left_id", "right_id")]
        books.truth.with_columns(ids).write_parquet(folder / f"truth-{part}.parquet")
        true += books.truth.height
    return true


def main() -> None:
    """Measure what the arguments ask for and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--growth", type=int, nargs="*")
    parser.add_argument("--blocks", type=int, help="Rows to hold at once, both sides together.")
    given = parser.parse_args()
    if given.blocks:
        told_in_parts = in_parts(given.rows, given.seed, given.blocks)
        print(json.dumps({"rows": given.rows, "in_blocks": told_in_parts}, indent=1))
        return
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
