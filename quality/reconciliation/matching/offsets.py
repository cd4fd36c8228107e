"""Two rows of one side that cancel each other: voids, reversals, own transfers."""

import numpy as np
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import SIDES, Side, Tier
from quality.reconciliation.comparison.names import similarity, similarity_level
from quality.reconciliation.matching.assignment import accepted, probabilities
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.rules import OffsetRule, RuleSet

_QUERY = """
    with out as (select * from offset_rows where thousandths < 0),
    back as (select * from offset_rows where thousandths > 0)
    select a.row_no as out_no, b.row_no as back_no, b.business_day - a.business_day
        as lag_business_days,
        coalesce(a.reference_key = b.reference_key or starts_with(b.reference_key,
            a.reference_key) or starts_with(a.reference_key, b.reference_key), false)
            as same_reference,
        list_has_any(a.own_references, b.cited_references) or list_has_any(b.own_references,
            a.cited_references) as reference_cited,
        a.reference_key is not null and b.reference_key is not null and not same_reference
            as reference_conflict,
        coalesce(a.counterparty_key = b.counterparty_key, false) as same_counterparty,
        a.is_reversal or b.is_reversal as is_reversal,
        (case when b.is_reversal and not a.is_reversal then b.business_day >= a.business_day
              when a.is_reversal
                  and not b.is_reversal then a.business_day >= b.business_day else true end)
                  as in_order
    from out as a join back as b on {same_place} and a.thousandths = -b.thousandths
    where abs(b.business_day - a.business_day) <= $window
    order by 1, 2
"""

_SAME_BLOCK = "a.block = b.block"
_OTHER_ACCOUNT = "a.currency = b.currency and a.block <> b.block"
_LINKED = 20_000.0
"""Likelihood ratio of an equal or cited reference, between `evidence.reference` of a citation and
of an equal one. A hundredth moves scores on the bank_rec set and a demo, a hundred times moves
nothing."""
_MARKED = 30.0
"""Likelihood ratio of a type or word of a reversal on either row. All 82 offsets of the bank_rec
set have one, of its other rows 136 of 1,170: a ratio of 9 for one row. 3 moves scores alone, 300
nothing."""
_SAME_NAME = 4
"""Text level (of 5) from which two names are one counterparty: the second highest. 5 moves nothing,
nor does 3."""
_DAYS_PER_STEP = 5
"""Business days that weigh as one day of `evidence.lag_decay`: a return comes within weeks. 1 moves
scores of the bank_rec set, 25 nothing."""
_RIVALRY = 10
"""Divisor of the prior share: unrelated rows of an equal amount of the other sign, counted as
ten. 1 moves nothing, 100 scores."""


def offset_pairs(state: MatchState, rule: OffsetRule, rules: RuleSet, side: Side) -> pl.DataFrame:
    """Candidate pairs of one side: an amount out and the same amount back in.

    One row per pair: out_no, back_no, lag_business_days, same_reference, reference_cited,
    reference_conflict, same_counterparty, is_reversal, in_order, text_level, text_similarity,
    probability.
    """
    rows = state.lefts if side == "left" else state.rights
    if not rows.height:
        return pl.DataFrame()
    state.con.register("offset_rows", _marked(state, rows, rules, side).to_arrow())
    place = _OTHER_ACCOUNT if rule.link == "own_account" else _SAME_BLOCK
    query = _QUERY.format(same_place=place)
    edges = state.con.execute(query, {"window": rule.window}).pl()
    edges = state.without_forbidden_within(edges, side).filter(_possible(rule))
    if not edges.height:
        return edges
    words = state.items.of(side)[c.NAME_TOKENS]
    one, two = words.gather(edges[c.OUT_NO]), words.gather(edges[c.BACK_NO])
    lengths = np.minimum(one.str.len_chars().to_numpy(), two.str.len_chars().to_numpy())
    scores = similarity(one.to_list(), two.to_list())
    levels = similarity_level(scores, lengths.astype(np.int64), rules.evidence.text)
    edges = edges.with_columns(
        pl.Series(c.TEXT_LEVEL, levels), pl.Series(c.TEXT_SIMILARITY, scores)
    )
    edges = edges.filter(_linked(rule))
    if not edges.height:
        return edges
    odds = _odds(edges, rule, rules)
    p = probabilities(
        edges[c.OUT_NO].to_numpy().astype(np.int64),
        edges[c.BACK_NO].to_numpy().astype(np.int64),
        odds,
    )
    return edges.with_columns(pl.Series(c.PROBABILITY, p))


def _marked(state: MatchState, rows: pl.DataFrame, rules: RuleSet, side: Side) -> pl.DataFrame:
    """The rows with whether their kind or their text says that something is taken back."""
    if side not in state.is_reversal:
        words = "|".join(rf"\b{word}\b" for word in rules.void_words) or "$^"
        says_reversal = pl.col(c.DOCUMENT_KIND).is_in(rules.void_types) | pl.col(
            c.RAW_TEXT
        ).str.to_uppercase().str.contains(words)
        state.is_reversal[side] = state.items.of(side).select(says_reversal.alias(c.IS_REVERSAL))[
            c.IS_REVERSAL
        ]
    return rows.with_columns(
        state.is_reversal[side].gather(rows[c.ROW_NO]).alias(c.IS_REVERSAL),
        pl.col(c.BLOCK).str.split("|").list.last().alias("currency"),
    )


def _possible(rule: OffsetRule) -> pl.Expr:
    """What can be ruled out before any text is compared."""
    if rule.link == "reference":
        return (
            (pl.col(c.SAME_REFERENCE) | pl.col(c.REFERENCE_CITED))
            & pl.col(c.IS_REVERSAL)
            & pl.col("in_order")
        )
    if rule.link == "party":
        # Two references of their own and no word of a reversal: a claim paid to a customer and a
        # premium of the same amount from them are two affairs, however alike they look.
        two_affairs = (
            pl.col(c.REFERENCE_CONFLICT) & ~pl.col(c.IS_REVERSAL) & ~pl.col(c.REFERENCE_CITED)
        )
        return pl.col("in_order") & ~two_affairs
    return pl.lit(value=True)


def _linked(rule: OffsetRule) -> pl.Expr:
    if rule.link == "party":
        return pl.col(c.SAME_COUNTERPARTY) | (pl.col(c.TEXT_LEVEL) >= _SAME_NAME)
    return pl.lit(value=True)


def _odds(edges: pl.DataFrame, rule: OffsetRule, rules: RuleSet) -> np.ndarray:
    text = rules.evidence.text
    ratio = np.concatenate([[1.0], np.asarray(text.same) / np.asarray(text.other)])
    odds = ratio[edges[c.TEXT_LEVEL].to_numpy()]
    odds *= np.where((edges[c.SAME_REFERENCE] | edges[c.REFERENCE_CITED]).to_numpy(), _LINKED, 1.0)
    odds *= np.where(edges[c.SAME_COUNTERPARTY].to_numpy(), rules.evidence.account, 1.0)
    odds *= np.where(edges[c.IS_REVERSAL].to_numpy(), _MARKED, 1.0)
    odds *= rules.evidence.lag_decay ** np.abs(
        edges[c.LAG_BUSINESS_DAYS].to_numpy() / _DAYS_PER_STEP
    )
    return np.asarray(odds * rule.share / _RIVALRY)


def match_offsets(state: MatchState, rule: OffsetRule, rules: RuleSet, *, tier: Tier) -> None:
    """Accept the cancelling pairs of either side that reach the tier.

    What only the counterparty links waits until the last sweep: a payment and its return are often
    both on the other side too, and must settle there.
    """
    if tier == "auto" and rule.link != "reference":
        return
    floor = rules.tiers.auto if tier == "auto" else rules.tiers.suggested
    for side in SIDES:
        if rule.side not in {side, "both"}:
            continue
        edges = offset_pairs(state, rule, rules, side)
        if not edges.height:
            continue
        left, right = edges[c.OUT_NO].to_numpy(), edges[c.BACK_NO].to_numpy()
        chosen = accepted(left, right, edges[c.PROBABILITY].to_numpy(), floor)
        picked = edges.filter(pl.Series(chosen))
        members = pl.concat_list(c.OUT_NO, c.BACK_NO)
        none = pl.lit([], dtype=pl.List(pl.Int32))
        state.accept(
            picked.select(
                (members if side == "left" else none).alias(c.LEFT_NOS),
                (members if side == "right" else none).alias(c.RIGHT_NOS),
                pl.lit("offset").alias("kind"),
                _tier(rules).alias("tier"),
                pl.lit(rule.name).alias("rule"),
                pl.col(c.PROBABILITY).alias("score"),
                pl.lit(0).alias("adjustment"),
                pl.struct(
                    c.LAG_BUSINESS_DAYS,
                    c.SAME_REFERENCE,
                    c.REFERENCE_CITED,
                    pl.col(c.SAME_COUNTERPARTY).alias("same_party"),
                    pl.col(c.IS_REVERSAL).alias("marked_as_reversal"),
                    pl.col(c.TEXT_SIMILARITY).round(1).alias(c.TEXT_SIMILARITY),
                )
                .struct.json_encode()
                .alias("parts"),
                pl.lit("[]").alias("rivals"),
            )
        )


def _tier(rules: RuleSet) -> pl.Expr:
    sure = pl.col(c.PROBABILITY) >= rules.tiers.auto
    return pl.when(sure).then(pl.lit("auto")).otherwise(pl.lit("suggested"))
