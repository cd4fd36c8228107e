"""Who was settled with whom: the pairs that are held against a known truth."""

import polars as pl


def settled_pairs(matches: pl.DataFrame) -> pl.DataFrame:
    """One row per settled pair: match_id, left_id, right_id, kind, tier, rule, score, amount.

    A batch gives a pair for each member; the amount is the smaller of the two, without its sign.
    """
    settled = matches.filter(pl.col("kind") != "offset")
    left = settled.filter(pl.col("side") == "left").select(
        "match_id", "kind", "tier", "rule", "score", left_id="row_id", one=pl.col("amount").abs()
    )
    right = settled.filter(pl.col("side") == "right").select(
        "match_id", right_id="row_id", two=pl.col("amount").abs()
    )
    return left.join(right, on="match_id").select(
        "match_id",
        "left_id",
        "right_id",
        "kind",
        "tier",
        "rule",
        "score",
        pl.min_horizontal("one", "two").alias("amount"),
    )
