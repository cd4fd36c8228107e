"""From what the rules found to rows with ids and evidence cards."""

import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.evidence.cards import card
from quality.reconciliation.matching.state import FOUND_MATCHES, MatchState
from quality.reconciliation.outcome import ADJUSTMENTS, MATCHES
from quality.reconciliation.rules import RuleSet
from quality.reconciliation.sides import THOUSANDTHS_PER_UNIT


def matches_of(
    state: MatchState, left: pl.DataFrame, right: pl.DataFrame, rules: RuleSet
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per member of a match (`outcome.MATCHES`), one per adjustment (`ADJUSTMENTS`)."""
    accepted = pl.concat(state.matches) if state.matches else pl.DataFrame(schema=FOUND_MATCHES)
    accepted = accepted.with_row_index("n")
    shown = ["row_id", "account_id", "amount", "currency", "date"]
    members = pl.concat(
        accepted.select("n", pl.col(column).alias(c.ROW_NO))
        .explode(c.ROW_NO)
        .drop_nulls(c.ROW_NO)
        .join(
            side.select(pl.int_range(pl.len(), dtype=pl.Int32).alias(c.ROW_NO), *shown), on=c.ROW_NO
        )
        .select("n", pl.lit(name).alias("side"), *shown)
        for name, column, side in (("left", c.LEFT_NOS, left), ("right", c.RIGHT_NOS, right))
    ).sort("n", "side", "row_id")
    ids = _ids(state, members, accepted, rules)
    cards = accepted.with_columns(
        card(
            pl.lit(rules.name).alias("rules"),
            pl.lit(rules.version).alias("version"),
            "rule",
            "tier",
            "score",
            pl.when(pl.col("adjustment") != 0)
            .then(money("adjustment").cast(pl.String))
            .alias("adjustment"),
            parts=pl.col("parts"),
            rivals=pl.col("rivals"),
        ).alias("evidence"),
        ids["match_id"],
    )
    heads = cards.select("n", "match_id", "kind", "tier", "rule", "score", "evidence", "adjustment")
    rows = members.join(heads, on="n").with_columns(pl.lit(rules.version).alias("rule_version"))
    adjustments = (
        rows.filter(pl.col("adjustment") != 0)
        .sort("side", "row_id")
        .unique("match_id", keep="first", maintain_order=True)
        .with_columns(pl.col("rule").alias("cause"), money("adjustment").alias("amount"))
    )
    return (
        rows.select(*MATCHES).cast(pl.Schema(MATCHES)).sort("match_id", "side", "row_id"),
        adjustments.select(*ADJUSTMENTS).cast(pl.Schema(ADJUSTMENTS)).sort("match_id"),
    )


def money(column: str) -> pl.Expr:
    """Thousandths back to a decimal amount."""
    return (pl.col(column).cast(pl.Decimal(38, 3)) / THOUSANDTHS_PER_UNIT).cast(pl.Decimal(18, 3))


def _ids(
    state: MatchState, members: pl.DataFrame, accepted: pl.DataFrame, rules: RuleSet
) -> pl.DataFrame:
    """A match's id is the hash of its members and its rule: nothing else, so it is stable."""
    member = pl.col("side") + ":" + pl.col("row_id")
    member_lists = (
        members.select("n", member.alias("member"))
        .group_by("n", maintain_order=True)
        .agg(pl.col("member").str.join("|"))
        .join(accepted.select("n", "rule"), on="n", maintain_order="left")
        .select(
            "n",
            (pl.lit(f"{rules.name}|") + pl.col("rule") + "|" + pl.col("member")).alias("members"),
        )
    )
    state.con.register("match_member_lists", member_lists.to_arrow())
    return state.con.execute(
        "select n, left(md5(members), 24) as match_id from match_member_lists order by n"
    ).pl()
