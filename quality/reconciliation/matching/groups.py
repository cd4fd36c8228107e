"""Rows that carry one group or reference settle together when their totals agree."""

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import SIDES, Side, Tier, other_side
from quality.reconciliation.comparison.names import WHOLE_NAME
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.rules import GroupRule

_QUERY = """
    with a as (
        select block, {key} as key, sum(thousandths) as total, list(row_no order by row_no)
            as left_nos,
            list(thousandths) as amounts,
            min(business_day) as first, max(business_day) as last
        from state_left where {key} is not null group by all
    ), b as (
        select block, {key} as key, sum(thousandths) as total, list(row_no order by row_no)
            as right_nos,
            list(thousandths) as amounts,
            min(business_day) as first, max(business_day) as last
        from state_right where {key} is not null group by all
    )
    select left_nos, right_nos, a.key, len(left_nos) as n, len(right_nos) as m, a.last - b.first
        as lag_business_days
    from a join b using (block, key)
    where a.total = b.total and a.total <> 0
        and a.first - b.last >= -$before and a.last - b.first <= $after and {only}
    order by left_nos[1]
"""


_KEYS = {
    c.GROUP_ID: c.GROUP_ID,
    "reference": c.REFERENCE_KEY,
    "party": f"""coalesce(
        counterparty_key, case when length(name_tokens) >= {WHOLE_NAME} then name_tokens end)""",
}
_TOTAL_KEYS = {"total": c.GROUP_ID, "reference_total": c.REFERENCE_KEY}

_SEVERAL = "len(left_nos) > 1 and len(right_nos) > 1 and not list_has_any(a.amounts, b.amounts)"
"""Several with several, of which no two have the same amount: those the pair rules have refused."""

_TOTALS = """
    with groups as (
        select block, {key} as key, sum(thousandths) as total, list(row_no order by row_no)
            as members,
            max(business_day) as last, min_by(own_references, row_no) as own_references,
                min_by(counterparty_key, row_no) as counterparty_key,
            min_by(name_tokens, row_no) as name_tokens
        from {grouped} where {key} is not null group by block, {key} having count(*) > 1
    ), pairs as (
        select g.key, g.members, s.row_no, {lag} as lag_business_days,
            count(*) over (partition by g.block, g.key) as rows_of_group,
            count(*) over (partition by s.row_no) as groups_of_row
        from groups as g join {single} as s on g.block = s.block and g.total = s.thousandths
        where {lag} between -$before and $after and {linked}
    )
    select {grouped_members}, key, lag_business_days
    from pairs where rows_of_group = 1 and groups_of_row = 1 order by row_no
"""


_COMPARABLE_NAME = 4
"""Letters from which two names can be compared, as `evidence.text.shortest`; 2 or 8 move
nothing."""
_ALIKE = 0.93
"""Jaro-Winkler similarity from which two names are one counterparty. 0.88 or 0.97 move nothing on
the bank_rec set and a demo."""
_LINKED = {
    "total": "true",
    "reference_total": f"""(list_has_any(g.own_references, s.cited_references)
        or coalesce(g.counterparty_key = s.counterparty_key, false)
        or (length(least(g.name_tokens, s.name_tokens)) >= {_COMPARABLE_NAME}
            and jaro_winkler_similarity(g.name_tokens, s.name_tokens) >= {_ALIKE}))""",
}
"""A reference is a looser bond than a group id: rows that share one must also point at the head."""


def match_groups(state: MatchState, rule: GroupRule, *, tier: Tier) -> None:
    """Accept every group whose two totals are equal and whose dates fit the window."""
    if tier != ("suggested" if rule.by == "party" else "auto") or not (
        state.free_left.any() and state.free_right.any()
    ):
        return
    state.expose()
    if rule.by in _LINKED:
        _settle_totals(state, rule, tier)
        return
    bounds = {"before": rule.window.before, "after": rule.window.after}
    only = _SEVERAL if rule.by == "party" else "true"
    groups = state.con.execute(_QUERY.format(key=_KEYS[rule.by], only=only), bounds).pl()
    _accept(state, groups, rule, tier)


def _settle_totals(state: MatchState, rule: GroupRule, tier: Tier) -> None:
    """The one row that has a group's total, where each of the two has but one such partner."""
    bounds = {"before": rule.window.before, "after": rule.window.after}
    for grouped in SIDES:
        state.expose()
        lag = "s.business_day - g.last" if grouped == "right" else "g.last - s.business_day"
        members = (
            "members as left_nos, [row_no] as right_nos, len(members) as n, 1 as m"
            if grouped == "left"
            else "[row_no] as left_nos, members as right_nos, 1 as n, len(members) as m"
        )
        query = _TOTALS.format(
            grouped=f"state_{grouped}",
            single=f"state_{other_side(grouped)}",
            lag=lag,
            grouped_members=members,
            key=_TOTAL_KEYS[rule.by],
            linked=_LINKED[rule.by],
        )
        groups = state.con.execute(query, bounds).pl()
        _accept(
            state,
            groups.select(c.LEFT_NOS, c.RIGHT_NOS, "key", "n", "m", c.LAG_BUSINESS_DAYS),
            rule,
            tier,
        )


def _accept(state: MatchState, groups: pl.DataFrame, rule: GroupRule, tier: Tier) -> None:
    groups = groups.filter(~_has_forbidden_pair(state, groups))
    kind = (
        pl.when((pl.col("n") == 1) & (pl.col("m") == 1))
        .then(pl.lit("one_to_one"))
        .when(pl.col("n") == 1)
        .then(pl.lit("one_to_many"))
        .when(pl.col("m") == 1)
        .then(pl.lit("many_to_one"))
        .otherwise(pl.lit("many_to_many"))
    )
    state.accept(
        groups.select(
            c.LEFT_NOS,
            c.RIGHT_NOS,
            kind.alias("kind"),
            pl.lit(tier).alias("tier"),
            pl.lit(rule.name).alias("rule"),
            pl.lit(1.0).alias("score"),
            pl.lit(0).alias("adjustment"),
            pl.struct(
                pl.col("key").alias("shared"),
                pl.col(c.LAG_BUSINESS_DAYS).alias(c.LAG_BUSINESS_DAYS),
            )
            .struct.json_encode()
            .alias("parts"),
            pl.lit("[]").alias("rivals"),
        )
    )


def _has_forbidden_pair(state: MatchState, groups: pl.DataFrame) -> pl.Series:
    """Whether a decision keeps any two rows of a group apart."""
    if not state.must_not_match:
        return pl.Series([False] * groups.height, dtype=pl.Boolean)
    return pl.Series(
        [
            any((left, right) in state.must_not_match for left in lefts for right in rights)
            for lefts, rights in groups.select(c.LEFT_NOS, c.RIGHT_NOS).iter_rows()
        ],
        dtype=pl.Boolean,
    )


def group_members(
    state: MatchState, rule: GroupRule, side: Side, rows: npt.NDArray[np.bool_]
) -> dict[Side, npt.NDArray[np.int64]]:
    """By side, the positions of free rows that share a group with any of these rows."""
    if rule.by in _TOTAL_KEYS:
        return _total_members(state, rule, side, rows)
    key = pl.col(c.REFERENCE_KEY if rule.by == "reference" else c.GROUP_ID)
    if rule.by == "party":
        key = pl.coalesce(
            c.COUNTERPARTY_KEY,
            pl.when(pl.col(c.NAME_TOKENS).str.len_chars() >= WHOLE_NAME).then(c.NAME_TOKENS),
        )
    own_groups = (
        state.items.of(side)
        .filter(pl.Series(rows))
        .select(c.BLOCK, key.alias("key"))
        .drop_nulls()
        .unique()
    )
    members = {}
    for name, free in zip(SIDES, (state.lefts, state.rights), strict=True):
        shared = free.with_columns(key.alias("key")).join(
            own_groups, on=[c.BLOCK, "key"], how="semi"
        )
        members[name] = shared[c.ROW_NO].to_numpy().astype(np.int64)
    return members


def _total_members(
    state: MatchState, rule: GroupRule, side: Side, rows: npt.NDArray[np.bool_]
) -> dict[Side, npt.NDArray[np.int64]]:
    """Rows of these rows' groups, and single rows whose amount is the total of such a group."""
    other = other_side(side)
    key = _TOTAL_KEYS[rule.by]
    free = {"left": state.lefts, "right": state.rights}
    latest = state.items.of(side).filter(pl.Series(rows))
    own_groups = free[side].join(
        latest.select(c.BLOCK, key).drop_nulls().unique(),
        on=[c.BLOCK, key],
        how="semi",
    )
    totals = (
        own_groups.group_by(c.BLOCK, key)
        .agg(pl.col(c.THOUSANDTHS).sum())
        .unique([c.BLOCK, c.THOUSANDTHS])
    )
    singles = free[other].join(totals, on=[c.BLOCK, c.THOUSANDTHS], how="semi")
    sums = (
        free[other]
        .filter(pl.col(key).is_not_null())
        .with_columns(pl.col(c.THOUSANDTHS).sum().over(c.BLOCK, key).alias("total"))
    )
    groups = sums.join(
        latest.select(c.BLOCK, pl.col(c.THOUSANDTHS).alias("total")).unique(),
        on=[c.BLOCK, "total"],
        how="semi",
    )
    whole = free[other].join(groups.select(c.BLOCK, key).unique(), on=[c.BLOCK, key], how="semi")
    found = pl.concat([singles[c.ROW_NO], whole[c.ROW_NO]])
    return {
        side: own_groups[c.ROW_NO].to_numpy().astype(np.int64),
        other: found.to_numpy().astype(np.int64),
    }
