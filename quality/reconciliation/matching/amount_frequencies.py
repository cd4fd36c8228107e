"""How often an unrelated row would carry a given amount: what makes a rare amount proof.

Amounts of as many digits and as many trailing zeros are taken as equally likely; an amount that
repeats is at least as likely as it is frequent.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation import columns as c

Ints = npt.NDArray[np.int64]

_UNSEEN = 0.5
"""Rows that an amount never seen counts as (Jeffreys prior of one half), so that it is not
impossible. 0.1 or 1 move scores alone on the bank_rec set and a demo."""
_DIGITS_KEPT = 3
"""Digits of an amount in thousandths that no slip of two neighbours swaps: the last is always zero,
and there is one swap less than digits. 1 or 5 move scores alone."""


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
        days = (pl.col(c.BUSINESS_DAY).max() - pl.col(c.BUSINESS_DAY).min() + 1).alias("days")
        return cls(
            days=rights.group_by(c.BLOCK).agg(days).sort(c.BLOCK),
            like=rights.select(c.BLOCK, *_shape())
            .group_by(c.BLOCK, "digits", "zeros")
            .agg(pl.len().alias("like"))
            .sort(c.BLOCK, "digits", "zeros"),
            equal=rights.group_by(c.BLOCK, c.THOUSANDTHS)
            .agg(pl.len().alias("equal"))
            .filter(pl.col("equal") > 1)
            .sort(c.BLOCK, c.THOUSANDTHS),
            amounts=rights.select(c.BLOCK, c.THOUSANDTHS)
            .sort(c.BLOCK, c.THOUSANDTHS)
            .head(rights.height if keep_amounts else 0),
        )

    def rate(self, lefts: pl.DataFrame) -> pl.DataFrame:
        """One row per left row: row_no, expected_per_day (of its amount), digits that may swap."""
        shaped = lefts.select(c.ROW_NO, c.BLOCK, c.THOUSANDTHS, *_shape())
        rare = (pl.col("like").fill_null(0) + _UNSEEN) / pl.col("values")
        frequent = pl.col("equal").fill_null(0).cast(pl.Float64) - 1
        return (
            shaped.join(self.days, on=c.BLOCK, how="left")
            .join(self.like, on=[c.BLOCK, "digits", "zeros"], how="left")
            .join(self.equal, on=[c.BLOCK, c.THOUSANDTHS], how="left")
            .select(
                c.ROW_NO,
                (pl.max_horizontal(rare, frequent) / pl.col("days").fill_null(1)).alias(
                    c.EXPECTED_PER_DAY
                ),
                (pl.col("digits") - _DIGITS_KEPT).clip(lower_bound=1).alias("digits"),
            )
        )

    def rate_within(self, lefts: pl.DataFrame, reach: pl.Expr) -> pl.DataFrame:
        """One row per left row: row_no, expected_per_day (of amounts within reach)."""
        blocks = self.days.select(c.BLOCK, pl.col("days").cast(pl.Float64)).with_row_index("code")
        amounts = self.amounts.join(blocks, on=c.BLOCK, maintain_order="left")
        limits = lefts.select(
            c.ROW_NO, c.BLOCK, c.THOUSANDTHS, reach.cast(pl.Int64).alias("reach")
        ).join(blocks, on=c.BLOCK, how="left", maintain_order="left")
        there = amounts["code"].to_numpy().astype(np.int64), amounts[c.THOUSANDTHS].to_numpy()
        code = limits["code"].fill_null(len(blocks)).to_numpy().astype(np.int64)
        units, far = limits[c.THOUSANDTHS].to_numpy(), limits["reach"].to_numpy()
        count = _below(there, (code, units + far + 1)) - _below(there, (code, units - far))
        days = limits["days"].fill_null(1.0).to_numpy()
        return limits.select(
            c.ROW_NO, pl.Series(c.EXPECTED_PER_DAY, (np.maximum(count - 1, 0) + _UNSEEN) / days)
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
    text = pl.col(c.THOUSANDTHS).abs().cast(pl.String)
    digits = text.str.len_chars().cast(pl.Int32)
    zeros = (digits - text.str.strip_chars_end("0").str.len_chars()).cast(pl.Int32)
    free = (digits - zeros - 1).clip(lower_bound=0).cast(pl.Float64)
    return (
        digits.alias("digits"),
        zeros.alias("zeros"),
        (9 * pl.lit(10.0).pow(free)).alias("values"),
    )
