"""A new day on an old history: only what the new rows can touch is settled again.

A rule weighs rows that are still free when its turn comes. So a settled row can only be touched by
a rule that comes no later than the one that settled it, through a candidate pair of that rule.
Starting from the new rows and the open ones, everything reachable that way is carried forward;
the rest of the old result stands. With the same measures (`ModelParameters`) the
    two parts together are
what a full run over all rows gives.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation import columns as c
from quality.reconciliation.breaks.likely_causes import duplicates_of
from quality.reconciliation.closed_sets import SIDES, Side, other_side
from quality.reconciliation.comparison.names import Vocabulary
from quality.reconciliation.comparison.reference_families import with_families
from quality.reconciliation.matching.batches import batch_candidates
from quality.reconciliation.matching.blocking import difference_candidates, pair_candidates
from quality.reconciliation.matching.groups import group_members
from quality.reconciliation.matching.offsets import offset_pairs
from quality.reconciliation.matching.parameters import ModelParameters
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.rules import BatchRule, GroupRule, OffsetRule, Rule, RuleSet
from quality.reconciliation.sides import complete, prepare

Rows = npt.NDArray[np.bool_]
Sides = tuple[pl.DataFrame, pl.DataFrame]


def carried_forward(
    before: ReconciliationResult,
    old: Sides,
    new: Sides,
    rules: RuleSet,
    *,
    parameters: ModelParameters | None = None,
    calendar: BusinessCalendar | None = None,
) -> pl.DataFrame:
    """The old rows that a run over the new ones needs: open ones, and what these can touch.

    Args:
        before: the outcome over the old rows.
        old: left and right rows of that run.
        new: left and right rows that have arrived since.
        rules: the rules of both runs.
        parameters: the model parameters of both runs; without them, those of the old run.
        calendar: business days.

    Returns:
        Rows of both sides with a `side` column, as `reconcile` takes them for `open_items`.
    """
    measures = parameters or before.parameters
    sides = [
        complete(pl.concat([a, b], how="diagonal_relaxed"), "history")
        for a, b in zip(old, new, strict=True)
    ]
    vocabulary = measures.vocabulary or Vocabulary(frozenset(), {}, {})
    items = prepare(
        sides[0],
        sides[1],
        calendar or BusinessCalendar(),
        vocabulary,
        across_accounts=rules.across_accounts,
    )
    items = with_families(items, measures.families or frozenset())
    with duckdb.connect() as con:
        reach = _Reach.over(MatchState(con, items), before, new, rules)
        while reach.spread(rules):
            pass
    parts = []
    for name, side, fresh in zip(SIDES, sides, new, strict=True):
        needed = side.filter(pl.Series(reach.inside[name]))
        parts.append(
            needed.join(fresh.select("row_id"), on="row_id", how="anti").with_columns(
                pl.lit(name).alias("side")
            )
        )
    return pl.concat(parts)


def joined(before: ReconciliationResult, after: ReconciliationResult) -> ReconciliationResult:
    """The old outcome with everything that the new run settled again replaced."""
    again = pl.concat(
        [after.matches.select("side", "row_id"), after.breaks.select("side", "row_id")]
    )
    redone = (
        before.matches.join(again, on=["side", "row_id"], how="semi").select("match_id").unique()
    )
    return ReconciliationResult(
        pl.concat([before.matches.join(redone, on="match_id", how="anti"), after.matches]).sort(
            "match_id", "side", "row_id"
        ),
        pl.concat(
            [before.breaks.join(again, on=["side", "row_id"], how="anti"), after.breaks]
        ).sort("break_id"),
        pl.concat(
            [before.adjustments.join(redone, on="match_id", how="anti"), after.adjustments]
        ).sort("match_id"),
        after.parameters,
        after.not_effective,
    )


@dataclass(slots=True)
class _Reach:
    """Which rows are inside, which came in last, and until which rule each other row was free."""

    state: MatchState
    inside: dict[Side, Rows]
    latest: dict[Side, Rows]
    stage: dict[Side, npt.NDArray[np.int64]]
    group: dict[Side, npt.NDArray[np.int64]]

    @classmethod
    def over(
        cls, state: MatchState, before: ReconciliationResult, new: Sides, rules: RuleSet
    ) -> "_Reach":
        inside, stage, group = {}, {}, {}
        order = {rule.name: n for n, rule in enumerate(rules.rules)}
        late = len(rules.rules)
        places = before.matches.select(
            "side",
            "row_id",
            pl.col("match_id").rank("dense").cast(pl.Int64).alias("group"),
            pl.col("rule").replace_strict(order, default=-1).alias("stage")
            + pl.when(_in_second_sweep(rules)).then(late).otherwise(0),
        )
        for name, fresh in zip(SIDES, new, strict=True):
            ids = state.items.of(name).select("row_id")
            reached = ids.join(
                places.filter(side=name), on="row_id", how="left", maintain_order="left"
            )
            stage[name] = reached["stage"].fill_null(2 * late).to_numpy().astype(np.int64)
            group[name] = reached["group"].fill_null(-1).to_numpy().astype(np.int64)
            is_new = ids["row_id"].is_in(fresh["row_id"].implode()).to_numpy()
            inside[name] = is_new | (group[name] < 0)
        latest = {name: rows.copy() for name, rows in inside.items()}
        return cls(state, inside, latest, stage, group)

    def spread(self, rules: RuleSet) -> bool:
        """Let in everything next to the rows that came in last; whether any row came in."""
        reached = {name: np.zeros_like(rows) for name, rows in self.inside.items()}
        for n, rule in enumerate(rules.rules):
            for side in SIDES:
                self._neighbours(rule, n, side, rules, reached)
        for side in SIDES:
            near = duplicates_of(self.state, side, self.latest[side])
            reached[side][near] = True
        groups = np.unique(
            np.concatenate(
                [self.group[name][rows | self.inside[name]] for name, rows in reached.items()]
            )
        )
        for name, rows in reached.items():
            whole = np.isin(self.group[name], groups[groups >= 0])
            self.latest[name] = (rows | whole) & ~self.inside[name]
            self.inside[name] |= self.latest[name]
        return any(rows.any() for rows in self.latest.values())

    def _neighbours(
        self, rule: Rule, n: int, side: Side, rules: RuleSet, reached: dict[Side, Rows]
    ) -> None:
        """Mark what the rule pairs with the latest rows of one side."""
        other = other_side(side)
        state = self.state
        available = {name: (self.stage[name] >= n) | self.inside[name] for name in SIDES}
        if not self.latest[side].any():
            return
        if isinstance(rule, OffsetRule):
            self._partners(rule, rules, side, available[side], reached)
            return
        if isinstance(rule, GroupRule):
            state.free_left, state.free_right = available["left"], available["right"]
            for name, rows in group_members(state, rule, side, self.latest[side]).items():
                reached[name][rows] = True
            return
        free = {side: self.latest[side], other: available[other]}
        state.free_left, state.free_right = free["left"], free["right"]
        state.expose()
        if isinstance(rule, BatchRule):
            for one, many in (("state_left", "state_right"), ("state_right", "state_left")):
                edges = batch_candidates(state.con, rule, one, many)
                at = c.PART_NO if one == f"state_{side}" else c.HEAD_NO
                reached[other][edges[at].to_numpy()] = True
            reached[other][_of_the_same_days(state, rule, side)] = True
            return
        edges = (
            pair_candidates(state.con, rule)
            if rule.kind == "pair"
            else difference_candidates(state.con, rule)
        )
        reached[other][edges[c.RIGHT_NO if side == "left" else c.LEFT_NO].to_numpy()] = True

    def _partners(
        self,
        rule: OffsetRule,
        rules: RuleSet,
        side: Side,
        available: Rows,
        reached: dict[Side, Rows],
    ) -> None:
        if rule.side not in {side, "both"}:
            return
        if side == "left":
            self.state.free_left = available
        else:
            self.state.free_right = available
        edges = offset_pairs(self.state, rule, rules, side)
        if not edges.height:
            return
        one, two = edges[c.OUT_NO].to_numpy(), edges[c.BACK_NO].to_numpy()
        touched = self.latest[side][one] | self.latest[side][two]
        reached[side][one[touched]] = True
        reached[side][two[touched]] = True


def _in_second_sweep(rules: RuleSet) -> pl.Expr:
    last = [r.name for r in rules.rules if isinstance(r, OffsetRule) and r.link != "reference"]
    return (pl.col("tier") == "suggested") | pl.col("rule").is_in(last)


_SAME_DAYS = """
    select distinct b.row_no from {mine} as a join {theirs} as b
        on a.block = b.block and sign(a.thousandths) = sign(b.thousandths)
    where (a.unnamed or b.unnamed) and abs(a.business_day - b.business_day) <= $days
"""


def _of_the_same_days(state: MatchState, rule: BatchRule, side: Side) -> npt.NDArray[np.int64]:
    """Rows of the other side that a batch which names nobody could join with the offered ones."""
    mine, theirs = f"state_{side}", f"state_{other_side(side)}"
    query = _SAME_DAYS.format(mine=mine, theirs=theirs)
    near = state.con.execute(query, {"days": rule.same_day_days}).pl()
    return near[c.ROW_NO].to_numpy().astype(np.int64)
