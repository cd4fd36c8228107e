"""Accuracy: matches and breaks against known truth, by tier and by planted kind.

Only where the truth is known, which is never the case of real data: the demo writes it beside its
landing zone. Nothing that matches, types or learns may see it.
"""

from collections.abc import Mapping

import polars as pl

from quality.reconciliation.closed_sets import SIDES

VALUE = pl.Decimal(38, 3)

ERRORS: Mapping[str, pl.DataType] = {
    "recon": pl.String(),
    "by": pl.String(),
    "name": pl.String(),
    "found": pl.Int64(),
    "right": pl.Int64(),
    "true": pl.Int64(),
    "precision": pl.Float64(),
    "recall": pl.Float64(),
    "value": VALUE,
    "wrong_value": VALUE,
    "value_error": pl.Float64(),
}
"""One row per group. What is counted follows from `by`:

- tier: pairs settled; `true` is all true pairs that are here, `value` that of the pairs found.
- pair_kind: true pairs, by how they can be recognised; `value` theirs, `wrong_value` of the missed.
- cause: differences between settled rows, by what was planted; found are those given that cause,
  `true` the planted ones that are settled with their partner, `value` theirs.
- break_kind: planted breaks; right are those that were recognised for what they are.
- break_type: breaks by the type that was given; right are those planted as a kind of this type.

Values are in the base currency, without sign; `value_error` is wrong_value over value."""

TYPES_OF: Mapping[str, tuple[str, ...]] = {
    "timing": ("timing",),
    "late": ("timing",),
    "missing_left": ("missing_left",),
    "missing_right": ("missing_right",),
    "duplicate": ("duplicate",),
    "reversal": ("reversal",),
    "fee": ("fee", "amount"),
    "fx": ("fx", "amount"),
    "transposition": ("amount",),
    "wrong_account": ("wrong_account",),
    "wrong_reference": (),
}
"""Break types that name a planted kind rightly. A planted row is also recognised when it is settled
with its true partner, or, where two rows of one side cancel out, by that offset."""

CAUSE_OF: Mapping[str, str] = {
    "fee": "charge_deducted",
    "fx": "exchange_difference",
    "transposition": "transposed_digits",
}
"""The rule that names the cause of each kind of planted difference."""

_OFFSETS = ("duplicate", "reversal")
_ROW = ["recon", "side", "row_id"]


def accuracy(
    matches: pl.DataFrame, breaks: pl.DataFrame, links: pl.DataFrame, planted: pl.DataFrame
) -> pl.DataFrame:
    """Accuracy of every reconciliation, one row per group with the columns of `ERRORS`.

    Args:
        matches: recon, match_id, kind, tier, rule, score, side, row_id, amount_base.
        breaks: recon, side, row_id, break_type, amount_base.
        links: recon, left_row_id, right_row_id, kind; the pairs that belong together.
        planted: recon, side, row_id, break_kind; the rows that were spoilt.

    Returns:
        Rows with `ERRORS`, sorted by recon, by and name. Truth about rows that are not in the
        books yet does not count, nor does a reconciliation about which the truth says nothing.
    """
    has_truth = pl.col("recon").is_in(pl.concat([links["recon"], planted["recon"]]).implode())
    matches, breaks = matches.filter(has_truth), breaks.filter(has_truth)
    worth = pl.concat(
        [matches.select(*_ROW, "amount_base"), breaks.select(*_ROW, "amount_base")]
    ).select(*_ROW, pl.col("amount_base").abs().fill_null(0).alias("worth"))
    true = _here(links, worth)
    pairs = _judged(matches, true)
    spoilt = planted.unique(_ROW).join(worth, on=_ROW)
    kinds = _recognised(spoilt, breaks, matches, pairs)
    parts = [
        _of_tiers(pairs, true),
        _of_pair_kinds(true, pairs),
        _of_causes(true, pairs),
        _of_break_kinds(kinds),
        _of_break_types(breaks, kinds, worth),
    ]
    return pl.concat(part.select(*ERRORS).cast(pl.Schema(ERRORS)) for part in parts).sort(
        "recon", "by", "name"
    )


def _here(links: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    """True pairs whose two rows are in the books, with their value."""
    left_rows, right_rows = (
        worth.filter(pl.col("side") == side).select(
            "recon", f"{side}_id", pl.col("worth").alias(side)
        )
        for side, worth in ((side, worth.rename({"row_id": f"{side}_id"})) for side in SIDES)
    )
    named = links.select("recon", "kind", left_id="left_row_id", right_id="right_row_id")
    return (
        named.unique(["recon", "left_id", "right_id"])
        .join(left_rows, on=["recon", "left_id"])
        .join(right_rows, on=["recon", "right_id"])
        .with_columns(pl.min_horizontal("left", "right").alias("worth"))
    )


def _judged(matches: pl.DataFrame, true: pl.DataFrame) -> pl.DataFrame:
    """Settled pairs with their value and whether they are true."""
    in_base = matches.with_columns(pl.col("amount_base").fill_null(0).alias("amount"))
    heads = matches.select("match_id", "recon").unique()
    known = true.select("recon", "left_id", "right_id", pl.lit(value=True).alias("is_true"))
    return (
        settled_pairs(in_base)
        .join(heads, on="match_id")
        .join(known, on=["recon", "left_id", "right_id"], how="left")
        .with_columns(pl.col("is_true").fill_null(value=False))
    )


def _of_tiers(pairs: pl.DataFrame, true: pl.DataFrame) -> pl.DataFrame:
    counted = pairs.group_by("recon", pl.col("tier").alias("name")).agg(
        pl.len().alias("found"),
        pl.col("is_true").sum().alias("right"),
        pl.col("amount").sum().alias("value"),
        pl.col("amount").filter(~pl.col("is_true")).sum().alias("wrong_value"),
    )
    all_true = true.group_by("recon").len("true")
    return _rated(counted.join(all_true, on="recon", how="left"), "tier", of="value")


def _of_pair_kinds(true: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    hits = pairs.filter("is_true").select("recon", "left_id", "right_id", hit=pl.lit(value=True))
    marked = true.join(hits, on=["recon", "left_id", "right_id"], how="left").with_columns(
        pl.col("hit").fill_null(value=False)
    )
    return _rated(_counted(marked, "kind", "hit"), "pair_kind", of="value")


def _of_causes(true: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Differences of settled pairs: whether each was given the cause that was planted."""
    kinds = true.select("recon", "left_id", "right_id", pl.col("kind").alias("name"), "worth")
    settled = pairs.join(kinds, on=["recon", "left_id", "right_id"], how="left")
    planted = settled.filter(pl.col("name").is_in(list(CAUSE_OF))).with_columns(
        (pl.col("rule") == pl.col("name").replace_strict(CAUSE_OF)).alias("hit")
    )
    named = settled.filter(pl.col("rule").is_in(list(CAUSE_OF.values()))).select(
        "recon",
        pl.col("rule")
        .replace_strict({rule: kind for kind, rule in CAUSE_OF.items()})
        .alias("name"),
    )
    counted = _counted(planted, "name", "hit").join(
        named.group_by("recon", "name").agg(pl.len().alias("found")),
        on=["recon", "name"],
        how="full",
        coalesce=True,
    )
    zero = pl.col("found", "right", "true", "value", "wrong_value").fill_null(0)
    return _rated(counted.with_columns(zero), "cause", of="value")


def _recognised(
    spoilt: pl.DataFrame, breaks: pl.DataFrame, matches: pl.DataFrame, pairs: pl.DataFrame
) -> pl.DataFrame:
    """Planted rows, each with the type it was given, and whether it was seen for what it is."""
    typed = breaks.select(*_ROW, "break_type")
    offset = matches.filter(pl.col("kind") == "offset").select(*_ROW, offset=pl.lit(value=True))
    settled = (
        pl.concat(
            pairs.select(
                "recon", pl.lit(side).alias("side"), pl.col(f"{side}_id").alias("row_id"), "is_true"
            )
            for side in SIDES
        )
        .group_by(_ROW)
        .agg(pl.col("is_true").all())
    )
    accepted = pl.col("break_kind").replace_strict(
        {kind: list(types) for kind, types in TYPES_OF.items()},
        default=[],
        return_dtype=pl.List(pl.String),
    )
    return (
        spoilt.join(typed, on=_ROW, how="left")
        .join(offset.unique(_ROW), on=_ROW, how="left")
        .join(settled, on=_ROW, how="left")
        .with_columns(
            (
                accepted.list.contains(pl.col("break_type"))
                | pl.col("is_true").fill_null(value=False)
                | (pl.col("offset").fill_null(value=False) & pl.col("break_kind").is_in(_OFFSETS))
            )
            .fill_null(value=False)
            .alias("hit")
        )
    )


def _of_break_kinds(kinds: pl.DataFrame) -> pl.DataFrame:
    return _rated(_counted(kinds, "break_kind", "hit"), "break_kind", of="value")


def _of_break_types(breaks: pl.DataFrame, kinds: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    given = breaks.select(*_ROW, "break_type").join(worth, on=_ROW)
    hit = kinds.filter("hit").select(_ROW).with_columns(pl.lit(value=True).alias("hit"))
    marked = given.join(hit, on=_ROW, how="left").with_columns(pl.col("hit").fill_null(value=False))
    counted = _counted(marked, "break_type", "hit").rename({"true": "found"})
    return _rated(counted, "break_type", of="value")


def _counted(rows: pl.DataFrame, by: str, hit: str) -> pl.DataFrame:
    return rows.group_by("recon", pl.col(by).alias("name")).agg(
        pl.len().alias("true"),
        pl.col(hit).sum().alias("right"),
        pl.col("worth").sum().alias("value"),
        pl.col("worth").filter(~pl.col(hit)).sum().alias("wrong_value"),
    )


def _rated(counted: pl.DataFrame, by: str, *, of: str) -> pl.DataFrame:
    """Shares from counts; what was not counted stays empty, and so does its share."""
    whole = counted.with_columns(
        pl.lit(None, dtype=pl.Int64).alias(name)
        for name in ("found", "true")
        if name not in counted.columns
    )
    return whole.with_columns(
        pl.lit(by).alias("by"),
        (pl.col("right") / pl.col("found")).alias("precision"),
        (pl.col("right") / pl.col("true")).alias("recall"),
        pl.when(pl.col(of) > 0)
        .then(pl.col("wrong_value").cast(pl.Float64) / pl.col(of).cast(pl.Float64))
        .alias("value_error"),
    )


def settled_pairs(matches: pl.DataFrame) -> pl.DataFrame:
    """One row per settled pair: match_id, left_id, right_id, kind, tier, rule, score, amount.

    A batch gives a pair for each member; the amount is the smaller of the two, without its sign.
    """
    settled = matches.filter(pl.col("kind") != "offset")
    left = settled.filter(pl.col("side") == "left").select(
        "match_id",
        "kind",
        "tier",
        "rule",
        "score",
        left_id="row_id",
        left_amount=pl.col("amount").abs(),
    )
    right = settled.filter(pl.col("side") == "right").select(
        "match_id", right_id="row_id", right_amount=pl.col("amount").abs()
    )
    return left.join(right, on="match_id").select(
        "match_id",
        "left_id",
        "right_id",
        "kind",
        "tier",
        "rule",
        "score",
        pl.min_horizontal("left_amount", "right_amount").alias("amount"),
    )
