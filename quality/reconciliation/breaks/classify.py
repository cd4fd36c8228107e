"""What nothing settles: each row left over becomes a break with a type and a reason."""

from datetime import date

import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation import columns as c
from quality.reconciliation.breaks.likely_causes import likely_causes
from quality.reconciliation.closed_sets import Side, other_side
from quality.reconciliation.evidence.cards import card
from quality.reconciliation.matching.difference_causes import named_cause
from quality.reconciliation.matching.parameters import ModelParameters
from quality.reconciliation.matching.settlement_lag import (
    LagDistribution,
    LagDistributions,
    measure_lags,
    stated_lags,
)
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.outcome import BREAKS
from quality.reconciliation.rules import RuleSet

_SHOWN = ("row_id", "account_id", "amount", "currency", "date")
_WORTH_NAMING = 0.2
"""Probability from which a break points at its best candidate. With 0.1 one demo names a few more,
with 0.4 the same; no type moves."""
_CANDIDATES = 3
"""Candidates shown on a card: as many as a person compares at a glance."""
_TIED = 0.9
"""Share of the best candidate's probability from which another is as good; 0.8 or 0.97 move
nothing."""
_STILL_COMING = 0.5
"""Probability from which a break is expected to clear: more likely than not. 0.3 changes types on
the bank_rec set, 0.7 nothing."""


def breaks_of(
    state: MatchState,
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    rules: RuleSet,
    calendar: BusinessCalendar,
    as_of: date | None,
    parameters: ModelParameters,
) -> pl.DataFrame:
    """One row per row left over on either side, with the columns of `outcome.BREAKS`, by id."""
    parts = [
        _side(
            state, "left", left, rules=rules, calendar=calendar, as_of=as_of, parameters=parameters
        ),
        _side(
            state,
            "right",
            right,
            rules=rules,
            calendar=calendar,
            as_of=as_of,
            parameters=parameters,
        ),
    ]
    return pl.concat(parts).select(*BREAKS).cast(pl.Schema(BREAKS)).sort("break_id")


def _side(
    state: MatchState,
    side: Side,
    frame: pl.DataFrame,
    *,
    rules: RuleSet,
    calendar: BusinessCalendar,
    as_of: date | None,
    parameters: ModelParameters,
) -> pl.DataFrame:
    free = state.free_left if side == "left" else state.free_right
    rows = frame.with_row_index(c.ROW_NO).cast({c.ROW_NO: pl.Int32}).filter(pl.Series(free))
    rows = rows.select(c.ROW_NO, *_SHOWN).join(
        state.items.of(side).select(
            c.ROW_NO,
            c.BLOCK,
            c.BUSINESS_DAY,
            c.DOCUMENT_KIND,
            pl.col(c.THOUSANDTHS).sign().alias("sign"),
        ),
        on=c.ROW_NO,
        maintain_order="left",
    )
    rows = rows.join(_candidates(state, side), on=c.ROW_NO, how="left", maintain_order="left")
    rows = rows.join(likely_causes(state, side), on=c.ROW_NO, how="left", maintain_order="left")
    horizon = _horizon(state, side, calendar, as_of, parameters)
    rows = rows.join(horizon, on=c.BLOCK, how="left", maintain_order="left").with_columns(
        (pl.col("last") - pl.col(c.BUSINESS_DAY)).alias("age")
    )
    rows = rows.with_columns(_causes(state, side, rows, rules))
    lag_distributions = parameters.lag_distributions.get(side)
    if lag_distributions is None:
        explained = rows.filter(pl.col("break_type").is_not_null())[c.ROW_NO].to_numpy()
        lag_distributions = parameters.lag_distributions[side] = measure_lags(
            state, side, horizon, explained
        )
    rows = rows.hstack(_awaited(rows, lag_distributions, stated_lags(rules, side)))
    return _described(_typed(rows, side, rules), side, rules, calendar)


def _horizon(
    state: MatchState,
    side: Side,
    calendar: BusinessCalendar,
    as_of: date | None,
    parameters: ModelParameters,
) -> pl.DataFrame:
    """Per block the last business day that the other side covers, at most the day we stand on."""
    other = other_side(side)
    latest = max(parameters.covered_until.values(), default=0)
    today = calendar.number(pl.Series([as_of], dtype=pl.Date))[0] if as_of else latest
    blocks = state.items.of(side)[c.BLOCK].unique().sort()
    known = parameters.coverage(other)
    last = [min(known.get(block, today), today) for block in blocks]
    return pl.DataFrame(
        {c.BLOCK: blocks, "last": last}, schema={c.BLOCK: pl.String, "last": pl.Int32}
    )


_CANDIDATES_OF = {
    c.ROW_NO: pl.Int32,
    "best": pl.String,
    "best_probability": pl.Float64,
    "tied": pl.Boolean,
    "candidates": pl.String,
}


def _candidates(state: MatchState, side: Side) -> pl.DataFrame:
    """Per free row its best lost candidate, whether two are equally good, and the best as JSON."""
    at, other = (c.LEFT_NO, c.RIGHT_NO) if side == "left" else (c.RIGHT_NO, c.LEFT_NO)
    if not state.rejected:
        return pl.DataFrame(schema=_CANDIDATES_OF)
    free = state.free_left if side == "left" else state.free_right
    other_free = state.free_right if side == "left" else state.free_left
    edges = pl.concat(state.rejected)
    edges = edges.filter(pl.Series(free).gather(edges[at])).unique(
        [c.LEFT_NO, c.RIGHT_NO], keep="last", maintain_order=True
    )
    if not edges.height:
        return pl.DataFrame(schema=_CANDIDATES_OF)
    ids = state.items.of(other_side(side))["row_id"]
    edges = edges.with_columns(
        ids.gather(edges[other]).alias("row_id"),
        pl.when(pl.Series(other_free).gather(edges[other]))
        .then(pl.lit("not sure enough"))
        .otherwise(pl.lit("settles another row"))
        .alias("why_not"),
    ).sort(at, c.PROBABILITY, "row_id", descending=[False, True, False])
    candidate_card = pl.struct(
        "row_id",
        pl.col(c.PROBABILITY).alias("score"),
        c.LAG_BUSINESS_DAYS,
        (pl.col(c.DIFFERENCE).cast(pl.Decimal(38, 3)) / 1000).cast(pl.String).alias("difference"),
        "rule",
        "why_not",
    )
    return (
        edges.group_by(pl.col(at).alias(c.ROW_NO), maintain_order=True)
        .agg(
            pl.col("row_id").first().alias("best"),
            pl.col(c.PROBABILITY).first().alias("best_probability"),
            (
                (pl.col(c.PROBABILITY) >= pl.col(c.PROBABILITY).first() * _TIED)
                & (pl.col("why_not") == "not sure enough")
            )
            .sum()
            .gt(1)
            .alias("tied"),
            candidate_card.head(_CANDIDATES).alias("list"),
        )
        .with_columns(
            pl.struct("list")
            .struct.json_encode()
            .str.strip_prefix('{"list":')
            .str.head(-1)
            .alias("candidates")
        )
        .select(*_CANDIDATES_OF)
    )


def _awaited(
    rows: pl.DataFrame, lag_distributions: LagDistributions, stated: LagDistribution | None
) -> pl.DataFrame:
    coming, wait = [], []
    for row in rows.select(c.BLOCK, c.DOCUMENT_KIND, "sign", "age").iter_rows(named=True):
        known = lag_distributions.of(row) or stated
        coming.append(known.still_coming(row["age"]) if known else 0.0)
        wait.append(known.likeliest(row["age"]) if known else row["age"] + 1)
    return pl.DataFrame(
        {"coming": coming, "lag_to_match": wait},
        schema={"coming": pl.Float64, "lag_to_match": pl.Int64},
    )


def _typed(rows: pl.DataFrame, side: Side, rules: RuleSet) -> pl.DataFrame:
    absent = "missing_right" if side == "left" else "missing_left"
    kind = (
        pl.when(pl.col("break_type").is_in(["duplicate", "wrong_account"]))
        .then(pl.col("break_type"))
        .when((pl.col("age") < 0) & (pl.col("coming") >= _STILL_COMING))
        .then(pl.lit("timing"))
        .when(pl.col("break_type") == "amount")
        .then(pl.col("cause").fill_null("amount"))
        .when(pl.col("tied").fill_null(value=False) & (pl.col("best_probability") > _WORTH_NAMING))
        .then(pl.lit("unknown"))
        .when(pl.col("coming") >= _STILL_COMING)
        .then(pl.lit("timing"))
        .when(pl.col(c.DOCUMENT_KIND).is_in(rules.void_types))
        .then(pl.lit("reversal"))
        .otherwise(pl.lit(absent))
    )
    worth_naming = pl.col("best_probability") > _WORTH_NAMING
    return rows.with_columns(
        kind.alias("break_type"),
        pl.coalesce("candidate_row_id", pl.when(worth_naming).then(pl.col("best"))).alias(
            "candidate_row_id"
        ),
    )


def _causes(state: MatchState, side: Side, rows: pl.DataFrame, rules: RuleSet) -> pl.Series:
    """For each row that points at one of another amount, the cause that explains the difference."""
    at, other = (c.LEFT_NO, c.RIGHT_NO) if side == "left" else (c.RIGHT_NO, c.LEFT_NO)
    opposite = state.items.of(other_side(side))
    pointing = rows.filter(pl.col("break_type") == "amount").select(
        pl.col(c.ROW_NO).alias(at), pl.col("candidate_row_id").alias("row_id")
    )
    edges = pointing.join(
        opposite.select("row_id", pl.col(c.ROW_NO).alias(other)), on="row_id", maintain_order="left"
    )
    gap = state.items.left[c.THOUSANDTHS].gather(edges[c.LEFT_NO]) - state.items.right[
        c.THOUSANDTHS
    ].gather(edges[c.RIGHT_NO])
    cause = named_cause(edges.with_columns(gap.alias("difference")), state, rules)
    found = edges.select(pl.col(at).alias(c.ROW_NO)).with_columns(cause)
    return rows.select(c.ROW_NO).join(found, on=c.ROW_NO, how="left", maintain_order="left")[
        "cause"
    ]


def _described(
    rows: pl.DataFrame, side: Side, rules: RuleSet, calendar: BusinessCalendar
) -> pl.DataFrame:
    timing = pl.col("break_type") == "timing"
    expected = calendar.shift(rows["date"], rows["lag_to_match"]).alias("expected")
    evidence = card(
        pl.lit(rules.name).alias("rules"),
        pl.lit(rules.version).alias("version"),
        pl.col("break_type").alias("type"),
        pl.col("age").alias("age_business_days"),
        pl.col("coming").round(4).alias("probability_still_coming"),
        pl.col("candidate_row_id").alias("points_at"),
        candidates=pl.col("candidates").fill_null("[]"),
    )
    return rows.with_columns(expected).with_columns(
        pl.lit(side).alias("side"),
        (pl.lit(f"{rules.name}|{side}|") + pl.col("row_id")).alias("break_id"),
        pl.when(timing).then(pl.col("expected")).alias("expected_clearing_date"),
        evidence.alias("evidence"),
    )
