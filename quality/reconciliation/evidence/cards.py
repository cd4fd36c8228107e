"""Evidence cards: what spoke for a match, who competed for it, and why they lost."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.rules import DifferenceRule, PairRule

if TYPE_CHECKING:
    from quality.reconciliation.matching.state import Board

_PARTS = ("w_amount", "w_lag", "w_text", "w_reference", "w_account")
_RIVALS = 3

PARTS = pl.struct(
    pl.col("lag").alias("lag_business_days"),
    pl.col("similarity").round(1).alias("text_similarity"),
    pl.col("cited")
    .replace_strict(
        {0: "none", 1: "both_cite", 2: "one_cites_other", 3: "equal"}, return_dtype=pl.String
    )
    .alias("reference"),
    pl.col("same_party").alias("same_account"),
    *(pl.col(name).alias(f"log_odds_{name.removeprefix('w_')}") for name in _PARTS),
)
"""The parts of a pair's score. Log odds are natural logarithms and add up."""


def card(*said: pl.Expr | str, **encoded: pl.Expr) -> pl.Expr:
    """An evidence card as one JSON object.

    Each text is encoded once; what is encoded is set side by side and never searched, so nothing
    that a text says can be taken for a part of the card.

    Args:
        said: plain columns, the card's first members.
        encoded: by member, a column of JSON that whoever made it has encoded; null is `null`.
    """
    first = pl.struct(*said).struct.json_encode().str.head(-1)
    others = (
        piece
        for name, value in encoded.items()
        for piece in (pl.lit(f',"{name}":'), value.fill_null("null"))
    )
    return pl.concat_str(first, *others, pl.lit("}"))


def cards(
    board: "Board",
    edges: pl.DataFrame,
    chosen: npt.NDArray[np.bool_],
    rule: PairRule | DifferenceRule,
) -> pl.DataFrame:
    """For each chosen pair, in order: the parts of its score, and its rivals (both as JSON)."""
    picked = edges.filter(pl.Series(chosen))
    parts = picked.select(PARTS.struct.json_encode().alias("parts"))
    return parts.with_columns(_rivals(board, edges, chosen).alias("rivals"))


def _rivals(board: "Board", edges: pl.DataFrame, chosen: npt.NDArray[np.bool_]) -> pl.Series:
    picked = edges.filter(pl.Series(chosen)).with_row_index("n")
    others = edges.filter(pl.Series(~chosen))
    count = picked.height
    if not others.height:
        return pl.Series("rivals", ["[]"] * count, dtype=pl.String)
    mine = ["n", "p", *_PARTS]
    by_left = (
        picked.select("l", *mine)
        .join(others, on="l", suffix="_other")
        .with_columns(pl.lit("right").alias("side"), pl.col("r").alias("at"))
    )
    by_right = (
        picked.select("r", *mine)
        .join(others, on="r", suffix="_other")
        .with_columns(pl.lit("left").alias("side"), pl.col("l").alias("at"))
    )
    wanted = ["n", "side", "at", "p_other", *mine[2:], *(f"{name}_other" for name in _PARTS)]
    rivals = (
        pl.concat([by_left.select(wanted), by_right.select(wanted)])
        .sort("n", "p_other", "side", "at", descending=[False, True, False, False])
        .filter(pl.int_range(pl.len()).over("n") < _RIVALS)
    )
    if not rivals.height:
        return pl.Series("rivals", ["[]"] * count, dtype=pl.String)
    told = rivals.with_columns(_row_ids(board, rivals).alias("row_id"), _why().alias("why")).select(
        "n", pl.struct("side", "row_id", pl.col("p_other").alias("score"), "why").alias("rival")
    )
    listed = (
        told.group_by("n", maintain_order=True)
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


def _row_ids(board: "Board", rivals: pl.DataFrame) -> pl.Series:
    at = rivals["at"].to_numpy()
    right = (rivals["side"] == "right").to_numpy()
    ids = np.empty(at.size, dtype=object)
    ids[right] = board.items.right["row_id"].gather(at[right]).to_list()
    ids[~right] = board.items.left["row_id"].gather(at[~right]).to_list()
    return pl.Series("row_id", ids.tolist(), dtype=pl.String)


def _why() -> pl.Expr:
    """The part of the score in which the rival fell furthest behind."""
    words = {
        "w_amount": "its amount is commoner",
        "w_lag": "its date fits less well",
        "w_text": "its text fits less well",
        "w_reference": "it shares no such reference",
        "w_account": "its counterparty account is another",
    }
    behind = pl.concat_list(pl.col(name) - pl.col(f"{name}_other") for name in _PARTS)
    reason = behind.list.arg_max().replace_strict(
        dict(enumerate(words.values())), return_dtype=pl.String
    )
    return pl.when(behind.list.max() > 0.05).then(reason).otherwise(pl.lit("it is as good"))
