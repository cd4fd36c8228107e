"""Two rows of one side that cancel each other: voids, reversals, own transfers."""

import numpy as np
import polars as pl

from quality.reconciliation.comparison.names import level, similarity
from quality.reconciliation.matching.assignment import accepted, probabilities
from quality.reconciliation.matching.state import Board
from quality.reconciliation.rules import OffsetRule, RuleSet

_QUERY = """
    with out as (select * from offsets where units < 0),
    back as (select * from offsets where units > 0)
    select a.k as o, b.k as i, b.day - a.day as lag,
        coalesce(a.ref = b.ref or starts_with(b.ref, a.ref) or starts_with(a.ref, b.ref), false)
            as same_ref,
        list_has_any(a.own, b.cites) or list_has_any(b.own, a.cites) as cited,
        a.ref is not null and b.ref is not null and not same_ref as clash,
        coalesce(a.party = b.party, false) as same_party,
        a.marked or b.marked as marked,
        (case when b.marked and not a.marked then b.day >= a.day
              when a.marked and not b.marked then a.day >= b.day else true end) as in_order
    from out as a join back as b on {same_place} and a.units = -b.units
    where abs(b.day - a.day) <= $window
    order by 1, 2
"""

_SAME_BLOCK = "a.block = b.block"
_OTHER_ACCOUNT = "a.money = b.money and a.block <> b.block"
_LINKED = 20_000.0
_MARKED = 30.0
_UNMARKED = 0.5


def offset_pairs(board: Board, rule: OffsetRule, rules: RuleSet, side: str) -> pl.DataFrame:
    """Candidate pairs (o, i) of one side: an amount out and the same amount back in, with `p`."""
    rows = board.lefts if side == "left" else board.rights
    if not rows.height:
        return pl.DataFrame()
    board.con.register("offsets", _marked(board, rows, rules, side).to_arrow())
    place = _OTHER_ACCOUNT if rule.link == "own_account" else _SAME_BLOCK
    query = _QUERY.format(same_place=place)
    edges = board.con.execute(query, {"window": rule.window}).pl()
    edges = board.allowed_within(edges, side).filter(_possible(rule))
    if not edges.height:
        return edges
    words = board.items.of(side)["words"]
    one, two = words.gather(edges["o"]), words.gather(edges["i"])
    lengths = np.minimum(one.str.len_chars().to_numpy(), two.str.len_chars().to_numpy())
    scores = similarity(one.to_list(), two.to_list())
    levels = level(scores, lengths.astype(np.int64), rules.evidence.text)
    edges = edges.with_columns(pl.Series("text", levels), pl.Series("similarity", scores))
    edges = edges.filter(_linked(rule))
    if not edges.height:
        return edges
    odds = _odds(edges, rule, rules)
    p = probabilities(
        edges["o"].to_numpy().astype(np.int64), edges["i"].to_numpy().astype(np.int64), odds
    )
    return edges.with_columns(pl.Series("p", p))


def _marked(board: Board, rows: pl.DataFrame, rules: RuleSet, side: str) -> pl.DataFrame:
    """The rows with whether their kind or their text says that something is taken back."""
    if side not in board.marked:
        words = "|".join(rf"\b{word}\b" for word in rules.void_words) or "$^"
        said = pl.col("kind").is_in(rules.void_types) | pl.col(
            "text"
        ).str.to_uppercase().str.contains(words)
        board.marked[side] = board.items.of(side).select(said.alias("marked"))["marked"]
    return rows.with_columns(
        board.marked[side].gather(rows["k"]).alias("marked"),
        pl.col("block").str.split("|").list.last().alias("money"),
    )


def _possible(rule: OffsetRule) -> pl.Expr:
    """What can be ruled out before any text is compared."""
    if rule.link == "reference":
        return (pl.col("same_ref") | pl.col("cited")) & pl.col("marked") & pl.col("in_order")
    if rule.link == "party":
        # Two references of their own and no word of a reversal: a claim paid to a customer and a
        # premium of the same amount from them are two affairs, however alike they look.
        two_affairs = pl.col("clash") & ~pl.col("marked") & ~pl.col("cited")
        return pl.col("in_order") & ~two_affairs
    return pl.lit(value=True)


def _linked(rule: OffsetRule) -> pl.Expr:
    if rule.link == "party":
        return pl.col("same_party") | (pl.col("text") >= 4)
    return pl.lit(value=True)


def _odds(edges: pl.DataFrame, rule: OffsetRule, rules: RuleSet) -> np.ndarray:
    text = rules.evidence.text
    ratio = np.concatenate([[1.0], np.asarray(text.same) / np.asarray(text.other)])
    odds = ratio[edges["text"].to_numpy()]
    odds *= np.where((edges["same_ref"] | edges["cited"]).to_numpy(), _LINKED, 1.0)
    odds *= np.where(edges["same_party"].to_numpy(), rules.evidence.account, 1.0)
    odds *= np.where(edges["marked"].to_numpy(), _MARKED, _UNMARKED)
    odds *= rules.evidence.lag_decay ** np.abs(edges["lag"].to_numpy() / 5)
    return np.asarray(odds * rule.share / 10)


def settle_offsets(board: Board, rule: OffsetRule, rules: RuleSet, *, tier: str) -> None:
    """Accept the cancelling pairs of either side that reach the tier.

    What only the counterparty links waits until the last sweep: a payment and its return are often
    both on the other side too, and must settle there.
    """
    if tier == "auto" and rule.link != "reference":
        return
    floor = rules.tiers.auto if tier == "auto" else rules.tiers.suggested
    for side in ("left", "right"):
        if rule.side not in {side, "both"}:
            continue
        edges = offset_pairs(board, rule, rules, side)
        if not edges.height:
            continue
        left, right = edges["o"].to_numpy(), edges["i"].to_numpy()
        chosen = accepted(left, right, edges["p"].to_numpy(), floor)
        picked = edges.filter(pl.Series(chosen))
        members = pl.concat_list("o", "i")
        none = pl.lit([], dtype=pl.List(pl.Int32))
        board.take(
            picked.select(
                (members if side == "left" else none).alias("lefts"),
                (members if side == "right" else none).alias("rights"),
                pl.lit("offset").alias("kind"),
                _tier(rules).alias("tier"),
                pl.lit(rule.name).alias("rule"),
                pl.col("p").alias("score"),
                pl.lit(0).alias("adjustment"),
                pl.struct(
                    pl.col("lag").alias("lag_business_days"),
                    pl.col("same_ref").alias("same_reference"),
                    pl.col("cited").alias("reference_cited"),
                    "same_party",
                    pl.col("marked").alias("marked_as_reversal"),
                    pl.col("similarity").round(1).alias("text_similarity"),
                )
                .struct.json_encode()
                .alias("parts"),
                pl.lit("[]").alias("rivals"),
            )
        )


def _tier(rules: RuleSet) -> pl.Expr:
    sure = pl.col("p") >= rules.tiers.auto
    return pl.when(sure).then(pl.lit("auto")).otherwise(pl.lit("suggested"))
