"""Run a rule set over two sides: first all that is sure, then what is likely, then what is left."""

from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl

from quality.reconciliation.batches import settle_batches
from quality.reconciliation.board import FOUND, Board
from quality.reconciliation.breaks import breaks_of
from quality.reconciliation.business_days import BusinessCalendar
from quality.reconciliation.groups import settle_groups
from quality.reconciliation.offsets import settle_offsets
from quality.reconciliation.outcome import ADJUSTMENTS, MATCHES, Outcome
from quality.reconciliation.pairs import settle, weighed
from quality.reconciliation.rules import BatchRule, GroupRule, OffsetRule, RuleSet
from quality.reconciliation.sides import UNITS, complete, prepare, spelled_text
from quality.reconciliation.similarity import learn_vocabulary
from quality.reconciliation.weights import Weights


def reconcile(
    left: pl.DataFrame,
    right: pl.DataFrame,
    rules: RuleSet,
    *,
    calendar: BusinessCalendar | None = None,
    as_of: date | None = None,
    learnt: Mapping[str, Weights] | None = None,
) -> Outcome:
    """Settle the rows of one side with those of the other.

    Args:
        left: one side; see `sides.COLUMNS`. Empty is allowed.
        right: the other side.
        rules: which rows may settle each other.
        calendar: business days; without one, Monday to Friday.
        as_of: the day on which we stand; without one, the last date on either side.
        learnt: weights of an earlier run, instead of learning them from these rows.

    Returns:
        Matches, breaks and adjustments. The same rows in another order give the same result.

    Raises:
        SideError: a side lacks a column, repeats a row id or holds floats.
    """
    calendar = calendar or BusinessCalendar()
    left, right = complete(left, "left"), complete(right, "right")
    vocabulary = learn_vocabulary(spelled_text(left), spelled_text(right), rules.evidence.text)
    items = prepare(left, right, calendar, vocabulary)
    weights = dict(learnt or {})
    with duckdb.connect() as con:
        board = Board(con, items)
        for tier in ("auto", "suggested"):
            _sweep(board, rules, weights, tier)
        matches, adjustments = _matches(board, left, right, rules)
        breaks = breaks_of(board, left, right, rules, calendar, as_of)
    return Outcome(matches, breaks, adjustments, weights)


def _sweep(board: Board, rules: RuleSet, weights: dict[str, Weights], tier: str) -> None:
    for rule in rules.rules:
        if isinstance(rule, OffsetRule):
            settle_offsets(board, rule, rules, tier=tier)
        elif isinstance(rule, BatchRule):
            settle_batches(board, rule, tier=tier)
        elif isinstance(rule, GroupRule):
            settle_groups(board, rule, tier=tier)
        else:
            settle(board, weighed(board, rule, rules, weights), rule, rules, tier=tier)


def _matches(
    board: Board, left: pl.DataFrame, right: pl.DataFrame, rules: RuleSet
) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = pl.concat(board.found) if board.found else pl.DataFrame(schema=FOUND)
    found = found.with_row_index("n")
    shown = ["row_id", "account_id", "amount", "currency", "date"]
    members = pl.concat(
        found.select("n", pl.col(column).alias("k"))
        .explode("k")
        .drop_nulls("k")
        .join(side.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("k"), *shown), on="k")
        .select("n", pl.lit(name).alias("side"), *shown)
        for name, column, side in (("left", "lefts", left), ("right", "rights", right))
    ).sort("n", "side", "row_id")
    ids = _ids(board, members, found, rules)
    card = pl.struct(
        pl.lit(rules.name).alias("rules"),
        pl.lit(rules.version).alias("version"),
        "rule",
        "tier",
        "score",
        pl.when(pl.col("adjustment") != 0)
        .then(money("adjustment").cast(pl.String))
        .alias("adjustment"),
        pl.lit("@parts").alias("parts"),
        pl.lit("@rivals").alias("rivals"),
    ).struct.json_encode()
    cards = found.with_columns(
        card.str.replace('"@parts"', pl.col("parts"), literal=True)
        .str.replace('"@rivals"', pl.col("rivals"), literal=True)
        .alias("evidence"),
        ids["match_id"],
    )
    heads = cards.select("n", "match_id", "kind", "tier", "rule", "score", "evidence", "adjustment")
    rows = members.join(heads, on="n").with_columns(pl.lit(rules.version).alias("rule_version"))
    adjustments = (
        rows.filter((pl.col("adjustment") != 0) & (pl.col("kind") != "offset"))
        .sort("side", "row_id")
        .unique("match_id", keep="first", maintain_order=True)
        .with_columns(pl.col("rule").alias("cause"), money("adjustment").alias("amount"))
    )
    return (
        rows.select(*MATCHES).cast(dict(MATCHES)).sort("match_id", "side", "row_id"),
        adjustments.select(*ADJUSTMENTS).cast(dict(ADJUSTMENTS)).sort("match_id"),
    )


def money(column: str) -> pl.Expr:
    """Thousandths back to a decimal amount."""
    return (pl.col(column).cast(pl.Decimal(38, 3)) / UNITS).cast(pl.Decimal(18, 3))


def _ids(board: Board, members: pl.DataFrame, found: pl.DataFrame, rules: RuleSet) -> pl.DataFrame:
    """A match's id is the hash of its members and its rule: nothing else, so it is stable."""
    board.con.register("members", members.select("n", "side", "row_id").to_arrow())
    board.con.register("found_rules", found.select("n", "rule").to_arrow())
    return board.con.execute(
        """
        select n, left(md5($1 || '|' || any_value(rule) || '|' ||
            string_agg(side || ':' || row_id, '|' order by side, row_id)), 24) as match_id
        from members join found_rules using (n) group by n order by n
        """,
        [rules.name],
    ).pl()
