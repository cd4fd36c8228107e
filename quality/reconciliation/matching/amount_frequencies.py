"""How often an unrelated row would carry a given amount: what makes a rare amount proof.

Amounts of as many digits and as many trailing zeros are taken as equally likely; an amount that
repeats is at least as likely as it is frequent.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AmountFrequencies:
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
        days = (pl.col("business_day").max() - pl.col("business_day").min() + 1).alias("days")
        return cls(
            days=rights.group_by("block").agg(days).sort("block"),
            like=rights.select("block", *_shape())
            .group_by("block", "digits", "zeros")
            .agg(pl.len().alias("like"))
            .sort("block", "digits", "zeros"),
            equal=rights.group_by("block", "thousandths")
            .agg(pl.len().alias("equal"))
            .filter(pl.col("equal") > 1)
            .sort("block", "thousandths"),
            amounts=rights.select("block", "thousandths")
            .sort("block", "thousandths")
            .head(rights.height if keep_amounts else 0),
        )

    def rate(self, lefts: pl.DataFrame) -> pl.DataFrame:
        """Unrelated right rows per business day of each left row's own amount (k, rate, digits)."""
        shaped = lefts.select("row_no", "block", "thousandths", *_shape())
        rare = (pl.col("like").fill_null(0) + 0.5) / pl.col("values")
        frequent = pl.col("equal").fill_null(0).cast(pl.Float64) - 1
        return (
            shaped.join(self.days, on="block", how="left")
            .join(self.like, on=["block", "digits", "zeros"], how="left")
            .join(self.equal, on=["block", "thousandths"], how="left")
            .select(
                "row_no",
                (pl.max_horizontal(rare, frequent) / pl.col("days").fill_null(1)).alias(
                    "expected_per_day"
                ),
                (pl.col("digits") - 3).clip(lower_bound=1).alias("digits"),
            )
        )

    def rate_within(self, lefts: pl.DataFrame, reach: pl.Expr) -> pl.DataFrame:
        """Unrelated right rows per business day whose amount is within reach (k, rate)."""
        blocks = self.days.select("block", pl.col("days").cast(pl.Float64)).with_row_index("code")
        amounts = self.amounts.join(blocks, on="block", maintain_order="left")
        limits = lefts.select(
            "row_no", "block", "thousandths", reach.cast(pl.Int64).alias("reach")
        ).join(blocks, on="block", how="left", maintain_order="left")
        there = amounts["code"].to_numpy().astype(np.int64), amounts["thousandths"].to_numpy()
        code = limits["code"].fill_null(len(blocks)).to_numpy().astype(np.int64)
        units, far = limits["thousandths"].to_numpy(), limits["reach"].to_numpy()
        count = _below(there, (code, units + far + 1)) - _below(there, (code, units - far))
        days = limits["days"].fill_null(1.0).to_numpy()
        return limits.select(
            "row_no", pl.Series("expected_per_day", (np.maximum(count - 1, 0) + 0.5) / days)
        )


def _below(amounts: tuple[Ints, Ints], limits: tuple[Ints, Ints]) -> Ints:
    """For each limit (block, value) the number of amounts of its block that are below it."""
    code = np.concatenate([limits[0], amounts[0]])
    value = np.concatenate([limits[1], amounts[1]])
    is_amount = np.arange(code.size) >= limits[0].size
    order = np.lexsort((is_amount, value, code))
    passed = np.empty(code.size, dtype=np.int64)
    passed[order] = np.cumsum(is_amount[order])
    return passed[: limits[0].size] - np.searchsorted(np.sort(amounts[0]), limits[0], "left")


def _shape() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    text = pl.col("thousandths").abs().cast(pl.String)
    digits = text.str.len_chars().cast(pl.Int32)
    zeros = (digits - text.str.strip_chars_end("0").str.len_chars()).cast(pl.Int32)
    free = (digits - zeros - 1).clip(lower_bound=0).cast(pl.Float64)
    return (
        digits.alias("digits"),
        zeros.alias("zeros"),
        (9 * pl.lit(10.0).pow(free)).alias("values"),
    )
