"""What nothing settles: each row left over becomes a break with a type and a reason."""

from datetime import date

import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.breaks.likely_causes import suspects
from quality.reconciliation.evidence.cards import card
from quality.reconciliation.matching.difference_causes import named
from quality.reconciliation.matching.parameters import Learnt
from quality.reconciliation.matching.settlement_lag import Wait, Waits, measured, stated_wait
from quality.reconciliation.matching.state import Board
from quality.reconciliation.outcome import BREAKS
from quality.reconciliation.rules import RuleSet

_SHOWN = ("row_id", "account_id", "amount", "currency", "date")
_WORTH_NAMING = 0.2
_CANDIDATES = 3


def breaks_of(
    board: Board,
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    rules: RuleSet,
    calendar: BusinessCalendar,
    as_of: date | None,
    learnt: Learnt,
) -> pl.DataFrame:
    """One row per row left over on either side, sorted by its id."""
    parts = [
        _side(board, "left", left, rules=rules, calendar=calendar, as_of=as_of, learnt=learnt),
        _side(board, "right", right, rules=rules, calendar=calendar, as_of=as_of, learnt=learnt),
    ]
    return pl.concat(parts).select(*BREAKS).cast(pl.Schema(BREAKS)).sort("break_id")


def _side(
    board: Board,
    side: str,
    frame: pl.DataFrame,
    *,
    rules: RuleSet,
    calendar: BusinessCalendar,
    as_of: date | None,
    learnt: Learnt,
) -> pl.DataFrame:
    free = board.free_left if side == "left" else board.free_right
    rows = frame.with_row_index("k").cast({"k": pl.Int32}).filter(pl.Series(free))
    rows = rows.select("k", *_SHOWN).join(
        board.items.of(side).select(
            "k", "block", "day", "kind", pl.col("units").sign().alias("sign")
        ),
        on="k",
        maintain_order="left",
    )
    rows = rows.join(_candidates(board, side), on="k", how="left", maintain_order="left")
    rows = rows.join(suspects(board, side), on="k", how="left", maintain_order="left")
    horizon = _horizon(board, side, calendar, as_of, learnt)
    rows = rows.join(horizon, on="block", how="left", maintain_order="left").with_columns(
        (pl.col("last") - pl.col("day")).alias("age")
    )
    rows = rows.with_columns(_causes(board, side, rows, rules))
    waits = learnt.waits.get(side)
    if waits is None:
        explained = rows.filter(pl.col("break_type").is_not_null())["k"].to_numpy()
        waits = learnt.waits[side] = measured(board, side, horizon, explained)
    rows = rows.hstack(_awaited(rows, waits, stated_wait(rules, side)))
    return _described(_typed(rows, side, rules), side, rules, calendar)


def _horizon(
    board: Board, side: str, calendar: BusinessCalendar, as_of: date | None, learnt: Learnt
) -> pl.DataFrame:
    """Per block the last business day that the other side covers, at most the day we stand on."""
    other = "right" if side == "left" else "left"
    latest = max(learnt.covered.values(), default=0)
    today = calendar.number(pl.Series([as_of], dtype=pl.Date))[0] if as_of else latest
    blocks = board.items.of(side)["block"].unique().sort()
    known = learnt.coverage(other)
    last = [min(known.get(block, today), today) for block in blocks]
    return pl.DataFrame(
        {"block": blocks, "last": last}, schema={"block": pl.String, "last": pl.Int32}
    )


_CANDIDATES_OF = {
    "k": pl.Int32,
    "best": pl.String,
    "best_p": pl.Float64,
    "tied": pl.Boolean,
    "candidates": pl.String,
}


def _candidates(board: Board, side: str) -> pl.DataFrame:
    """Per free row its best lost candidate, whether two are equally good, and the best as JSON."""
    at, other = ("l", "r") if side == "left" else ("r", "l")
    if not board.lost:
        return pl.DataFrame(schema=_CANDIDATES_OF)
    free = board.free_left if side == "left" else board.free_right
    other_free = board.free_right if side == "left" else board.free_left
    edges = pl.concat(board.lost)
    edges = edges.filter(pl.Series(free).gather(edges[at])).unique(
        ["l", "r"], keep="last", maintain_order=True
    )
    if not edges.height:
        return pl.DataFrame(schema=_CANDIDATES_OF)
    ids = board.items.of("right" if side == "left" else "left")["row_id"]
    edges = edges.with_columns(
        ids.gather(edges[other]).alias("row_id"),
        pl.when(pl.Series(other_free).gather(edges[other]))
        .then(pl.lit("not sure enough"))
        .otherwise(pl.lit("settles another row"))
        .alias("why_not"),
    ).sort(at, "p", "row_id", descending=[False, True, False])
    told = pl.struct(
        "row_id",
        pl.col("p").alias("score"),
        pl.col("lag").alias("lag_business_days"),
        (pl.col("gap").cast(pl.Decimal(38, 3)) / 1000).cast(pl.String).alias("difference"),
        "rule",
        "why_not",
    )
    return (
        edges.group_by(pl.col(at).alias("k"), maintain_order=True)
        .agg(
            pl.col("row_id").first().alias("best"),
            pl.col("p").first().alias("best_p"),
            ((pl.col("p") >= pl.col("p").first() * 0.9) & (pl.col("why_not") == "not sure enough"))
            .sum()
            .gt(1)
            .alias("tied"),
            told.head(_CANDIDATES).alias("list"),
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


def _awaited(rows: pl.DataFrame, waits: Waits, stated: Wait | None) -> pl.DataFrame:
    coming, wait = [], []
    for row in rows.select("block", "kind", "sign", "age").iter_rows(named=True):
        known = waits.of(row) or stated
        coming.append(known.still_coming(row["age"]) if known else 0.0)
        wait.append(known.likeliest(row["age"]) if known else row["age"] + 1)
    return pl.DataFrame(
        {"coming": coming, "wait": wait}, schema={"coming": pl.Float64, "wait": pl.Int64}
    )


def _typed(rows: pl.DataFrame, side: str, rules: RuleSet) -> pl.DataFrame:
    absent = "missing_right" if side == "left" else "missing_left"
    kind = (
        pl.when(pl.col("break_type").is_in(["duplicate", "wrong_account"]))
        .then(pl.col("break_type"))
        .when((pl.col("age") < 0) & (pl.col("coming") >= 0.5))
        .then(pl.lit("timing"))
        .when(pl.col("break_type") == "amount")
        .then(pl.col("cause").fill_null("amount"))
        .when(pl.col("tied").fill_null(value=False) & (pl.col("best_p") > _WORTH_NAMING))
        .then(pl.lit("unknown"))
        .when(pl.col("coming") >= 0.5)
        .then(pl.lit("timing"))
        .when(pl.col("kind").is_in(rules.void_types))
        .then(pl.lit("reversal"))
        .otherwise(pl.lit(absent))
    )
    named = pl.col("best_p") > _WORTH_NAMING
    return rows.with_columns(
        kind.alias("break_type"),
        pl.coalesce("candidate_row_id", pl.when(named).then(pl.col("best"))).alias(
            "candidate_row_id"
        ),
    )


def _causes(board: Board, side: str, rows: pl.DataFrame, rules: RuleSet) -> pl.Series:
    """For each row that points at one of another amount, the cause that explains the difference."""
    at, other = ("l", "r") if side == "left" else ("r", "l")
    opposite = board.items.of("right" if side == "left" else "left")
    pointing = rows.filter(pl.col("break_type") == "amount").select(
        pl.col("k").alias(at), pl.col("candidate_row_id").alias("row_id")
    )
    edges = pointing.join(
        opposite.select("row_id", pl.col("k").alias(other)), on="row_id", maintain_order="left"
    )
    gap = board.items.left["units"].gather(edges["l"]) - board.items.right["units"].gather(
        edges["r"]
    )
    cause = named(edges.with_columns(gap.alias("gap")), board, rules)
    found = edges.select(pl.col(at).alias("k")).with_columns(cause)
    return rows.select("k").join(found, on="k", how="left", maintain_order="left")["cause"]


def _described(
    rows: pl.DataFrame, side: str, rules: RuleSet, calendar: BusinessCalendar
) -> pl.DataFrame:
    timing = pl.col("break_type") == "timing"
    expected = calendar.shift(rows["date"], rows["wait"]).alias("expected")
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
