"""How fast, how lean and how right is the matching engine, beside splink and a pandas merge.

    python -m benchmarks.reconciliation --rows 1000000            # one size, time by stage
    python -m benchmarks.reconciliation --rows 100000 --peers     # beside splink and pandas
    python -m benchmarks.reconciliation --growth 100000 1000000   # how cost grows with size
    python -m benchmarks.reconciliation --rows 100000 --day       # one more day on 1x and 10x

Data are made from a seed (`reconciliation_books`). Seconds on a busy machine say little:
`processor_seconds` is the work done.
"""

import argparse
import cProfile
import json
import pstats
import resource
import time
from collections.abc import Callable

import polars as pl

from benchmarks.reconciliation_books import Books, draw
from benchmarks.reconciliation_peers import pandas_merge, with_splink
from benchmarks.reconciliation_scores import pairs_of, score, timed
from quality.reconciliation.engine import reconcile
from quality.reconciliation.rules import shipped

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
