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

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import Side
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.rules import RuleSet

_ENOUGH = 25
"""Matches after which an account, type and direction has a distribution of its own: about as many
as it has classes of lag. With 12 or 50 some expected clearing dates of two demos move, and no
type."""
_FEW = 5
"""The same for all rows of a side together, below which the stated lags hold; 2 or 10 move
nothing."""
_PRIOR_STRENGTH = 15
"""Matches that the more general kind of row counts as: below `_ENOUGH`, so that own data
prevail. 7 or 30 move probabilities in breaks alone."""
_LONGEST = 60
"""Business days of the longest lag kept apart: a quarter. Later settlements count as the
longest. 30 or 120 move nothing."""
_UNKNOWN_PRIOR = (2, 0.5)
"""Rows and share settled before anything is measured: Laplace's one of two. 1 or 4 rows, or a share
of 0.25 or 0.75, move a clearing probability at most."""
_MOST_SETTLED = 0.999
"""Largest share of rows that is taken to settle ever: with 1 no row could be given up. 0.99 or
0.9999 move probabilities in breaks of two demos, and no type."""
_STATED_SETTLED = 0.9
"""Share that settles where nothing is measured, as `share` of a pair rule; 0.5 or 0.99 move
nothing."""
_KEYS = ((c.BLOCK, c.DOCUMENT_KIND, "sign"), (c.BLOCK, "sign"), ("sign",), ())


@dataclass(frozen=True, slots=True)
class LagDistribution:
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
class LagDistributions:
    """The measured waits of one side, from the most special kind of row to the most general."""

    by_kind: tuple[dict[tuple[object, ...], LagDistribution], ...]

    def of(self, row: dict[str, object]) -> LagDistribution | None:
        """The most special measured wait that covers the row; None when nothing was measured."""
        for keys, table in zip(_KEYS, self.by_kind, strict=True):
            wait = table.get(tuple(row[key] for key in keys))
            if wait is not None:
                return wait
        return None


def measure_lags(
    state: MatchState, side: Side, horizon: pl.DataFrame, explained: npt.NDArray[np.int64]
) -> LagDistributions:
    """The waits of one side's rows for the other, from the matches of the run.

    `horizon` gives per block the last business day (`last`) that the other side covers. What share
    of rows is ever settled is counted on rows old enough to have been settled by then, without
    those that cancel another row and the `explained` ones (positions), of which something else is
    known than that they wait.
    """
    rows = _waited(state, side, explained).join(horizon, on=c.BLOCK, how="left")
    old = rows.filter(
        (pl.col("last") - pl.col(c.BUSINESS_DAY) >= _old_enough(rows)) & ~pl.col("is_explained")
    )
    tables: list[dict[tuple[object, ...], LagDistribution]] = []
    for n in range(len(_KEYS) - 1, -1, -1):
        tables.insert(0, _table(rows, old, n, tables[0] if tables else {}))
    return LagDistributions(tuple(tables))


def _waited(state: MatchState, side: Side, explained: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Rows of the side: their direction, their wait where a match gives it, what became of them."""
    own_nos, other_nos = (c.LEFT_NOS, c.RIGHT_NOS) if side == "left" else (c.RIGHT_NOS, c.LEFT_NOS)
    other = state.items.right if side == "left" else state.items.left
    none = pl.DataFrame(schema={c.ROW_NO: pl.Int32, "other": pl.Int32})
    pairs, cancelled = [none], [none[c.ROW_NO]]
    for found in state.matches:
        settled = found.filter((pl.col(other_nos).list.len() == 1) & (pl.col("tier") == "auto"))
        pairs.append(
            settled.select(
                pl.col(own_nos).alias(c.ROW_NO), pl.col(other_nos).list.first().alias("other")
            )
            .explode(c.ROW_NO)
            .drop_nulls()
        )
        cancelled.append(found.filter(kind="offset")[own_nos].explode().drop_nulls())
    days = other.select(pl.col(c.ROW_NO).alias("other"), pl.col(c.BUSINESS_DAY).alias("other_day"))
    lags = pl.concat(pairs).join(days, on="other").select(c.ROW_NO, "other_day")
    items = state.items.of(side)
    must_not_match = np.zeros(items.height, dtype=np.bool_)
    must_not_match[pl.concat(cancelled).to_numpy()] = True
    must_not_match[explained] = True
    free = state.free_left if side == "left" else state.free_right
    return (
        items.select(
            c.ROW_NO,
            c.BLOCK,
            c.DOCUMENT_KIND,
            c.BUSINESS_DAY,
            pl.col(c.THOUSANDTHS).sign().alias("sign"),
        )
        .with_columns(pl.Series("is_explained", must_not_match), pl.Series("open", free))
        .join(lags, on=c.ROW_NO, how="left")
        .with_columns((pl.col("other_day") - pl.col(c.BUSINESS_DAY)).alias("lag_to_match"))
    )


def _old_enough(rows: pl.DataFrame) -> int:
    longest = rows["lag_to_match"].quantile(0.995, "higher")
    return int(longest) if longest is not None else _LONGEST


def _table(
    rows: pl.DataFrame,
    old: pl.DataFrame,
    level: int,
    general: dict[tuple[object, ...], LagDistribution],
) -> dict[tuple[object, ...], LagDistribution]:
    """The waits by the keys of one level; few rows lean on what holds of the next general kind."""
    keys = _KEYS[level]
    all_alike = pl.lit(0).alias("all")
    counted = (
        old.with_columns(all_alike)
        .group_by(*keys, "all")
        .agg((~pl.col("open")).sum().alias("settled"), pl.len().alias("count"))
    )
    done = {tuple(row[:-3]): (int(row[-2]), int(row[-1])) for row in counted.iter_rows()}
    least = _ENOUGH if keys else _FEW
    waited = (
        rows.drop_nulls("lag_to_match")
        .with_columns(all_alike)
        .filter(pl.len().over(*keys, "all") >= least)
        .group_by(*keys, "all")
        .agg("lag_to_match")
    )
    table: dict[tuple[object, ...], LagDistribution] = {}
    for *name, _, wait in waited.iter_rows():
        at = tuple(name)
        parent = _parent(at, level, general)
        days = np.clip(np.asarray(wait), 0, _LONGEST)
        counts = np.bincount(days, minlength=_LONGEST + 2).astype(np.float64)
        settled, count = done.get(at, (0, 0))
        lean, share = (_PRIOR_STRENGTH, parent.settled) if parent else _UNKNOWN_PRIOR
        shares = counts + (_PRIOR_STRENGTH * parent.shares if parent else 0)
        table[at] = LagDistribution(
            shares / shares.sum(),
            days.size,
            min((settled + lean * share) / (count + lean), _MOST_SETTLED),
        )
    return table


def _parent(
    at: tuple[object, ...], level: int, general: dict[tuple[object, ...], LagDistribution]
) -> LagDistribution | None:
    """The wait of the next more general kind of row."""
    if level + 1 >= len(_KEYS):
        return None
    named = dict(zip(_KEYS[level], at, strict=True))
    return general.get(tuple(named[key] for key in _KEYS[level + 1]))


def stated_lags(rules: RuleSet, side: Side) -> LagDistribution | None:
    """The wait that the rules state, for a side that the other follows; None for the other."""
    followed = {"left_follows": "right", "right_follows": "left"}.get(rules.expects, side)
    if side != followed:
        return None
    shares = rules.evidence.lag_decay ** np.arange(_LONGEST + 2)
    return LagDistribution(shares / shares.sum(), 0, _STATED_SETTLED)
