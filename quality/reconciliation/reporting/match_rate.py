"""How much of a reconciliation is settled, by count and by value."""

import polars as pl

_PLACES = 4


def match_rate(sides: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """One row per reconciliation and currency: rows, accepted rows, the share settled by value.

    Args:
        sides: `recon`, `side`, `row_id`, `amount`, `currency`.
        matches: `recon`, `side`, `row_id`, `tier`; only tier `auto` counts as settled.

    Returns:
        recon, currency, rows, settled_rows, value (sum of absolute amounts), settled_value,
        share_by_value (decimal, 0 to 1, or null when there is no value).
    """
    accepted = matches.filter(pl.col("tier") == "auto").select("recon", "side", "row_id").unique()
    marked = sides.join(
        accepted.with_columns(pl.lit(value=True).alias("settled")),
        on=["recon", "side", "row_id"],
        how="left",
    ).with_columns(pl.col("settled").fill_null(value=False), pl.col("amount").abs())
    summed = marked.group_by("recon", "currency").agg(
        pl.len().alias("rows"),
        pl.col("settled").sum().alias("settled_rows"),
        pl.col("amount").sum().alias("value"),
        pl.col("amount").filter(pl.col("settled")).sum().alias("settled_value"),
    )
    return summed.with_columns(
        pl.when(pl.col("value") > 0)
        .then((pl.col("settled_value") / pl.col("value")).round(_PLACES))
        .alias("share_by_value")
    ).sort("recon", "currency")
