"""Evidence cards: what spoke for a match, who competed for it, and why they lost."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.rules import DifferenceRule, PairRule

if TYPE_CHECKING:
    from quality.reconciliation.matching.state import MatchState

_PARTS = (
    c.LOG_ODDS_AMOUNT,
    c.LOG_ODDS_LAG,
    c.LOG_ODDS_TEXT,
    c.LOG_ODDS_REFERENCE,
    c.LOG_ODDS_ACCOUNT,
)
_RIVALS = 3
"""Rivals shown on a card: as many as a person compares at a glance; it moves cards alone."""
_BEHIND = 0.05
"""Natural log odds (five per cent) from which a rival counts as worse in one part of the score."""

PARTS = pl.struct(
    c.LAG_BUSINESS_DAYS,
    pl.col(c.TEXT_SIMILARITY).round(1).alias(c.TEXT_SIMILARITY),
    pl.col(c.REFERENCE_EVIDENCE)
    .replace_strict(
        {0: "none", 1: "both_cite", 2: "one_cites_other", 3: "equal"}, return_dtype=pl.String
    )
    .alias("reference"),
    pl.col(c.SAME_COUNTERPARTY).alias("same_account"),
    *_PARTS,
)
"""The parts of a pair's score. Log odds are natural logarithms and add up."""


def card(*plain: pl.Expr | str, **encoded: pl.Expr) -> pl.Expr:
    """An evidence card as one JSON object.

    Each text is encoded once; what is encoded is set side by side and never searched, so nothing
    that a text says can be taken for a part of the card.

    Args:
        plain: plain columns, the card's first members.
        encoded: by member, a column of JSON that whoever made it has encoded; null is `null`.
    """
    first = pl.struct(*plain).struct.json_encode().str.head(-1)
    others = (
        piece
        for name, value in encoded.items()
        for piece in (pl.lit(f',"{name}":'), value.fill_null("null"))
    )
    return pl.concat_str(first, *others, pl.lit("}"))


def cards(
    state: "MatchState",
    edges: pl.DataFrame,
    chosen: npt.NDArray[np.bool_],
    rule: PairRule | DifferenceRule,
) -> pl.DataFrame:
    """One row per chosen pair, in order: parts (of its score) and rivals, both as JSON."""
    picked = edges.filter(pl.Series(chosen))
    parts = picked.select(PARTS.struct.json_encode().alias("parts"))
    return parts.with_columns(_rivals(state, edges, chosen).alias("rivals"))


def _rivals(state: "MatchState", edges: pl.DataFrame, chosen: npt.NDArray[np.bool_]) -> pl.Series:
    picked = edges.filter(pl.Series(chosen)).with_row_index("n")
    others = edges.filter(pl.Series(~chosen))
    count = picked.height
    if not others.height:
        return pl.Series("rivals", ["[]"] * count, dtype=pl.String)
    own_columns = ["n", c.PROBABILITY, *_PARTS]
    by_left = (
        picked.select(c.LEFT_NO, *own_columns)
        .join(others, on=c.LEFT_NO, suffix="_other")
        .with_columns(pl.lit("right").alias("side"), pl.col(c.RIGHT_NO).alias("at"))
    )
    by_right = (
        picked.select(c.RIGHT_NO, *own_columns)
        .join(others, on=c.RIGHT_NO, suffix="_other")
        .with_columns(pl.lit("left").alias("side"), pl.col(c.LEFT_NO).alias("at"))
    )
    wanted = [
        "n",
        "side",
        "at",
        "probability_other",
        *own_columns[2:],
        *(f"{name}_other" for name in _PARTS),
    ]
    rivals = (
        pl.concat([by_left.select(wanted), by_right.select(wanted)])
        .sort("n", "probability_other", "side", "at", descending=[False, True, False, False])
        .filter(pl.int_range(pl.len()).over("n") < _RIVALS)
    )
    if not rivals.height:
        return pl.Series("rivals", ["[]"] * count, dtype=pl.String)
    named_rivals = rivals.with_columns(
        _row_ids(state, rivals).alias("row_id"), _why().alias("why")
    ).select(
        "n",
        pl.struct("side", "row_id", pl.col("probability_other").alias("score"), "why").alias(
            "rival"
        ),
    )
    listed = (
        named_rivals.group_by("n", maintain_order=True)
        .agg("rival")
        .select(
            "n",
            pl.struct("rival")
            .struct.json_encode()
            .str.strip_prefix('{"rival":')
            .str.head(-1)
            .alias("rivals"),
        )
    )
    return (
        picked.select("n")
        .join(listed, on="n", how="left", maintain_order="left")["rivals"]
        .fill_null("[]")
    )


def _row_ids(state: "MatchState", rivals: pl.DataFrame) -> pl.Series:
    at = rivals["at"].to_numpy()
    right = (rivals["side"] == "right").to_numpy()
    ids = np.empty(at.size, dtype=object)
    ids[right] = state.items.right["row_id"].gather(at[right]).to_list()
    ids[~right] = state.items.left["row_id"].gather(at[~right]).to_list()
    return pl.Series("row_id", ids.tolist(), dtype=pl.String)


def _why() -> pl.Expr:
    """The part of the score in which the rival fell furthest behind."""
    words = {
        c.LOG_ODDS_AMOUNT: "its amount is commoner",
        c.LOG_ODDS_LAG: "its date fits less well",
        c.LOG_ODDS_TEXT: "its text fits less well",
        c.LOG_ODDS_REFERENCE: "it shares no such reference",
        c.LOG_ODDS_ACCOUNT: "its counterparty account is another",
    }
    behind = pl.concat_list(pl.col(name) - pl.col(f"{name}_other") for name in _PARTS)
    reason = behind.list.arg_max().replace_strict(
        dict(enumerate(words.values())), return_dtype=pl.String
    )
    return pl.when(behind.list.max() > _BEHIND).then(reason).otherwise(pl.lit("it is as good"))
