"""What does one more day cost on one history, and on one ten times as long?

    python -m benchmarks.reconciliation.one_day --daily 400 --days 25

Both histories have as many rows a day. A day costs finding out what it can touch and settling that;
a full run over everything stands beside it.
"""

import argparse
import json
import time

import polars as pl

from benchmarks.reconciliation.synthetic_books import draw
from quality.reconciliation.engine import reconcile
from quality.reconciliation.incremental import carried_forward
from quality.reconciliation.rules import shipped


def one_day(daily: int, days: int, seed: int) -> dict[str, float]:
    """Processor seconds of the last day on top of the days before, and of a full run."""
    rules = shipped("default")
    books = draw(daily * days * 5 // 7, seed, days=days)
    sides = books.left, books.right
    last = books.right["date"].max()
    old = tuple(side.filter(pl.col("date") < last) for side in sides)
    new = tuple(side.filter(pl.col("date") >= last) for side in sides)
    started = time.process_time()
    before = reconcile(old[0], old[1], rules, as_of=last)  # type: ignore[arg-type]
    full = time.process_time() - started
    started = time.process_time()
    carried = carried_forward(before, (old[0], old[1]), (new[0], new[1]), rules)
    found = time.process_time() - started
    reconcile(new[0], new[1], rules, carried, as_of=last, parameters=before.parameters)  # type: ignore[arg-type]
    whole = time.process_time() - started
    return {
        "history_rows": sum(side.height for side in old),
        "new_rows": sum(side.height for side in new),
        "carried_rows": carried.height,
        "full_run": round(full, 2),
        "what_it_touches": round(found, 2),
        "settling": round(whole - found, 2),
        "one_day": round(whole, 2),
    }


def main() -> None:
    """Print both as JSON, and how many times as much a day costs on the longer history."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--daily", type=int, default=400)
    parser.add_argument("--days", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw(100, 0)
    one_day(50, 10, given.seed)  # what is imported and made ready once is not a day's cost
    short = one_day(given.daily, given.days, given.seed)
    long = one_day(given.daily, given.days * 10, given.seed)
    times = round(long["one_day"] / short["one_day"], 2)
    print(json.dumps({"history_1x": short, "history_10x": long, "times_as_much": times}, indent=1))


if __name__ == "__main__":
    main()
