"""How long a row usually waits for its counterpart, and whether it may still be waiting.

The wait is measured on the matches of the run, by account, document type and direction where there
are enough of them. Given that a row has waited `age` business days in vain, it is still coming with
probability S(age) q / (S(age) q + 1 - q), where S is the share of longer waits and q the share of
rows of that kind that do get settled.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.board import Board
from quality.reconciliation.rules import RuleSet

_ENOUGH = 25
_FEW = 5
_LONGEST = 60
_KEYS = (("block", "kind", "sign"), ("block", "sign"), ("sign",), ())


@dataclass(frozen=True, slots=True)
class Wait:
    """Shares of waits of 0, 1, 2 ... business days, the number seen, and the share ever settled."""

    shares: npt.NDArray[np.float64]
    seen: int
    settled: float

    def still_coming(self, age: int) -> float:
        """Probability that a row of this age is still going to be settled."""
        rest = float(self.shares[max(age, -1) + 1 :].sum())
        coming = rest * self.settled
        return coming / (coming + 1 - self.settled) if coming else 0.0

    def likeliest(self, age: int) -> int:
        """The wait, longer than `age`, that is within one day of the truth most often."""
        rest = self.shares.copy()
        rest[: max(age, -1) + 1] = 0
        if not rest.any():
            return age + 1
        near = rest + np.append(rest[1:], 0) + np.insert(rest[:-1], 0, 0)
        near[: max(age, -1) + 1] = 0
        return int(np.argmax(near + rest * 1e-6))


@dataclass(frozen=True, slots=True)
class Waits:
    """The measured waits of one side, from the most special kind of row to the most general."""

    by_kind: tuple[dict[tuple[object, ...], Wait], ...]

    def of(self, row: dict[str, object]) -> Wait | None:
        """The most special measured wait that covers the row; None when nothing was measured."""
        for keys, table in zip(_KEYS, self.by_kind, strict=True):
            wait = table.get(tuple(row[key] for key in keys))
            if wait is not None:
                return wait
        return None


def measured(board: Board, side: str, horizon: pl.DataFrame) -> Waits:
    """The waits of one side's rows for the other, from the matches of the run.

    `horizon` gives per block the last business day (`last`) that the other side covers. Only rows
    old enough to have been settled by then tell what share ever is.
    """
    rows = _waited(board, side).join(horizon, on="block", how="left")
    old = rows.filter(pl.col("last") - pl.col("day") >= _old_enough(rows))
    return Waits(tuple(_table(rows, old, keys) for keys in _KEYS))


def _waited(board: Board, side: str) -> pl.DataFrame:
    """Rows of the side with their direction and, where a match gives it, their wait."""
    mine, theirs = ("lefts", "rights") if side == "left" else ("rights", "lefts")
    other = board.items.right if side == "left" else board.items.left
    pairs = [
        found.filter((pl.col(theirs).list.len() == 1) & (pl.col("tier") == "auto"))
        .select(pl.col(mine).alias("k"), pl.col(theirs).list.first().alias("other"))
        .explode("k")
        .drop_nulls()
        for found in board.found
    ]
    frame = pl.concat(pairs) if pairs else pl.DataFrame(schema={"k": pl.Int32, "other": pl.Int32})
    days = other.select(pl.col("k").alias("other"), pl.col("day").alias("other_day"))
    lags = frame.join(days, on="other").select("k", "other_day")
    return (
        board.items.of(side)
        .select("k", "block", "kind", "day", pl.col("units").sign().alias("sign"))
        .join(lags, on="k", how="left")
        .with_columns((pl.col("other_day") - pl.col("day")).alias("wait"))
    )


def _old_enough(rows: pl.DataFrame) -> int:
    longest = rows["wait"].quantile(0.995, "higher")
    return int(longest) if longest is not None else _LONGEST


def _table(
    rows: pl.DataFrame, old: pl.DataFrame, keys: tuple[str, ...]
) -> dict[tuple[object, ...], Wait]:
    grouped = rows.drop_nulls("wait").with_columns(pl.lit(0).alias("all"))
    by = list(keys) or ["all"]
    settled = (
        old.with_columns(pl.lit(0).alias("all"))
        .group_by(by)
        .agg((pl.col("wait").is_not_null().sum() + 1).alias("done"), (pl.len() + 2).alias("count"))
    )
    shares = {
        tuple(row[key] for key in keys): row["done"] / row["count"]
        for row in settled.iter_rows(named=True)
    }
    least = _ENOUGH if keys else _FEW
    table: dict[tuple[object, ...], Wait] = {}
    for name, part in grouped.group_by(by):
        if part.height < least:
            continue
        waits = part["wait"].to_numpy().clip(0, _LONGEST)
        counts = np.bincount(waits, minlength=_LONGEST + 2).astype(np.float64)
        at = tuple(name) if keys else ()
        table[at] = Wait(counts / counts.sum(), part.height, min(shares.get(at, 0.9), 0.999))
    return table


def stated_wait(rules: RuleSet, side: str) -> Wait | None:
    """The wait that the rules state, for a side that the other follows; None for the other."""
    followed = {"left_follows": "right", "right_follows": "left"}.get(rules.expects, side)
    if side != followed:
        return None
    shares = rules.evidence.lag_decay ** np.arange(_LONGEST + 2)
    return Wait(shares / shares.sum(), 0, 0.9)
