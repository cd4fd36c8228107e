"""Right or wrong, and how long: what every contender is measured by."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl


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
