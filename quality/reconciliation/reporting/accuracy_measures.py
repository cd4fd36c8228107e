"""How right was it? Precision, recall and error by value, where the truth is known."""

import polars as pl

from quality.reconciliation.outcome import Outcome

_ALL = "all"


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


def error_sheet(outcome: Outcome, truth: pl.DataFrame) -> pl.DataFrame:
    """Precision, recall and value at fault, in all, by tier, by rule and by kind of true pair.

    Args:
        outcome: what the engine found.
        truth: the pairs that belong together (left_id, right_id) and, if known, their `kind`.

    Returns:
        One row per group: by (all, tier, rule, kind), name, found, right, true, precision, recall,
        wrong_amount (Decimal, settled wrongly) and missed (true pairs not found). A tier or rule
        has no recall of its own kind of truth: its recall is the share of all true pairs it found.
    """
    pairs = settled_pairs(outcome.matches).join(
        truth.select("left_id", "right_id")
        .unique()
        .with_columns(pl.lit(value=True).alias("right")),
        on=["left_id", "right_id"],
        how="left",
    )
    pairs = pairs.with_columns(pl.col("right").fill_null(value=False))
    parts = [_precision(pairs.with_columns(pl.lit(_ALL).alias("name")), truth.height, _ALL)]
    parts += [
        _precision(pairs.with_columns(pl.col(by).alias("name")), truth.height, by)
        for by in ("tier", "rule")
    ]
    if "kind" in truth.columns:
        parts.append(_recall(pairs, truth))
    return pl.concat(parts, how="diagonal_relaxed").sort("by", "name")


def _precision(pairs: pl.DataFrame, true: int, by: str) -> pl.DataFrame:
    return (
        pairs.group_by("name")
        .agg(
            pl.len().cast(pl.Int64).alias("found"),
            pl.col("right").sum().cast(pl.Int64).alias("right"),
            pl.col("amount").filter(~pl.col("right")).sum().alias("wrong_amount"),
        )
        .with_columns(
            pl.lit(by).alias("by"),
            pl.lit(true, dtype=pl.Int64).alias("true"),
            (pl.col("right") / pl.col("found")).alias("precision"),
            (pl.col("right") / max(true, 1)).alias("recall"),
        )
        .with_columns((pl.col("true") - pl.col("right")).alias("missed"))
        .select(
            "by", "name", "found", "right", "true", "precision", "recall", "wrong_amount", "missed"
        )
    )


def _recall(pairs: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    hits = truth.join(
        pairs.select("left_id", "right_id", "right"), on=["left_id", "right_id"], how="left"
    )
    return (
        hits.group_by(pl.col("kind").alias("name"))
        .agg(
            pl.len().cast(pl.Int64).alias("true"),
            pl.col("right").sum().cast(pl.Int64).alias("right"),
        )
        .with_columns(
            pl.lit("kind").alias("by"),
            (pl.col("right") / pl.col("true")).alias("recall"),
            (pl.col("true") - pl.col("right")).alias("missed"),
        )
    )


def calibration(outcome: Outcome, truth: pl.DataFrame, bins: int = 10) -> pl.DataFrame:
    """Of pairs scored about 0.9, are 90 % right? One row per bin: bin, pairs, score, right."""
    pairs = settled_pairs(outcome.matches).filter(pl.col("kind") == "one_to_one")
    marked = pairs.join(
        truth.select("left_id", "right_id", pl.lit(value=True).alias("right")),
        on=["left_id", "right_id"],
        how="left",
    )
    return (
        marked.group_by((pl.col("score") * bins).floor().clip(0, bins - 1).alias("bin"))
        .agg(
            pl.len().alias("pairs"),
            pl.col("score").mean(),
            pl.col("right").fill_null(value=False).mean().alias("right"),
        )
        .sort("bin")
    )
