"""How often an unrelated row would carry a given amount: what makes a rare amount proof.

Amounts of as many digits and as many trailing zeros are taken as equally likely; an amount that
repeats is at least as likely as it is frequent.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class Accidents:
    """The right rows free when a rule began, as frequencies.

    `days` (block, days): business days covered. `like` (block, digits, zeros, like): rows whose
    amount has that shape. `equal` (block, units, equal): amounts that occur more than once.
    `amounts` (block, units): every amount, sorted.
    """

    days: pl.DataFrame
    like: pl.DataFrame
    equal: pl.DataFrame
    amounts: pl.DataFrame

    @classmethod
    def among(cls, rights: pl.DataFrame, *, keep_amounts: bool) -> Self:
        """Count them; every amount is only kept for rules that allow a difference."""
        days = (pl.col("day").max() - pl.col("day").min() + 1).alias("days")
        return cls(
            days=rights.group_by("block").agg(days).sort("block"),
            like=rights.select("block", *_shape())
            .group_by("block", "digits", "zeros")
            .agg(pl.len().alias("like"))
            .sort("block", "digits", "zeros"),
            equal=rights.group_by("block", "units")
            .agg(pl.len().alias("equal"))
            .filter(pl.col("equal") > 1)
            .sort("block", "units"),
            amounts=rights.select("block", "units")
            .sort("block", "units")
            .head(rights.height if keep_amounts else 0),
        )

    def rate(self, lefts: pl.DataFrame) -> pl.DataFrame:
        """Unrelated right rows per business day of each left row's own amount (k, rate, digits)."""
        shaped = lefts.select("k", "block", "units", *_shape())
        rare = (pl.col("like").fill_null(0) + 0.5) / pl.col("values")
        frequent = pl.col("equal").fill_null(0).cast(pl.Float64) - 1
        return (
            shaped.join(self.days, on="block", how="left")
            .join(self.like, on=["block", "digits", "zeros"], how="left")
            .join(self.equal, on=["block", "units"], how="left")
            .select(
                "k",
                (pl.max_horizontal(rare, frequent) / pl.col("days").fill_null(1)).alias("rate"),
                (pl.col("digits") - 3).clip(lower_bound=1).alias("digits"),
            )
        )

    def rate_within(self, lefts: pl.DataFrame, reach: pl.Expr) -> pl.DataFrame:
        """Unrelated right rows per business day whose amount is within reach (k, rate)."""
        limits = lefts.select("k", "block", "units", reach.cast(pl.Int64).alias("reach"))
        by_block = {
            block[0]: part["units"].to_numpy()
            for block, part in self.amounts.group_by("block", maintain_order=True)
        }
        days = dict(self.days.iter_rows())
        parts = []
        for (block,), part in limits.group_by("block", maintain_order=True):
            amounts = by_block.get(block, np.empty(0, dtype=np.int64))
            units, far = part["units"].to_numpy(), part["reach"].to_numpy()
            count = np.searchsorted(amounts, units + far, "right") - np.searchsorted(
                amounts, units - far, "left"
            )
            rate = (np.maximum(count - 1, 0) + 0.5) / float(days.get(block, 1))
            parts.append(part.select("k", pl.Series("rate", rate)))
        return pl.concat(parts)


def _shape() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    text = pl.col("units").abs().cast(pl.String)
    digits = text.str.len_chars().cast(pl.Int32)
    zeros = (digits - text.str.strip_chars_end("0").str.len_chars()).cast(pl.Int32)
    free = (digits - zeros - 1).clip(lower_bound=0).cast(pl.Float64)
    return (
        digits.alias("digits"),
        zeros.alias("zeros"),
        (9 * pl.lit(10.0).pow(free)).alias("values"),
    )
