"""Rows left over that point at each other: what is likely to have gone wrong with them."""

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import Side
from quality.reconciliation.comparison.names import WHOLE_NAME
from quality.reconciliation.matching.state import MatchState

_REPEATED_WITHIN = 3
"""Business days within which an equal name makes a repeat where a reference is missing: a payment
entered twice is entered within days. 1 or 10 change types of break on the bank_rec set."""

_DUPLICATE = f"""
    select a.row_no as row_no, min(b.row_id) as candidate
    from break_open_rows as a join break_own_side_rows as b
        on a.block = b.block and a.thousandths = b.thousandths and a.row_no <> b.row_no
        and (a.reference_key = b.reference_key or (a.name_tokens = b.name_tokens
            and length(a.name_tokens) >= {WHOLE_NAME}
            and (a.reference_key is null or b.reference_key is null)
                and abs(a.business_day - b.business_day) <= {_REPEATED_WITHIN}))
    where abs(a.business_day - b.business_day) <= $days
        and (not b.free or (b.business_day, b.row_id) < (a.business_day, a.row_id))
    group by 1
"""

_DUPLICATES_OF = f"""
    select distinct b.row_no as row_no
    from break_open_rows as a join break_own_side_rows as b
        on a.block = b.block and a.thousandths = b.thousandths and a.row_no <> b.row_no
        and (a.reference_key = b.reference_key or (a.name_tokens = b.name_tokens
            and length(a.name_tokens) >= {WHOLE_NAME}))
    where abs(a.business_day - b.business_day) <= $days
"""

_ELSEWHERE = f"""
    select a.row_no as row_no, min(b.row_id) as candidate
    from break_open_rows as a join break_other_side_rows as b
        on a.currency = b.currency and a.block <> b.block and a.thousandths = b.thousandths
        and abs(a.business_day - b.business_day) <= $days
    where a.reference_key = b.reference_key or list_has_any(a.cited_references, b.cited_references)
        or (a.name_tokens = b.name_tokens and length(a.name_tokens) >= {WHOLE_NAME})
    group by 1
"""

_OTHER_AMOUNT = """
    with cited_a as (
        select row_no, block, thousandths, business_day,
            unnest(list_distinct(list_concat(cited_references, [reference_key]))) as token
        from break_open_rows
    ), cited_b as (
        select row_id, block, thousandths, business_day,
            unnest(list_distinct(list_concat(cited_references, [reference_key]))) as token
        from break_other_side_rows
    )
    select a.row_no as row_no, min_by(b.row_id, (abs(a.thousandths - b.thousandths), b.row_id))
        as candidate,
        min(abs(a.thousandths - b.thousandths)) as difference
    from cited_a as a join cited_b as b
        on a.block = b.block and a.token = b.token and a.thousandths <> b.thousandths
        and sign(a.thousandths) = sign(b.thousandths)
            and abs(a.business_day - b.business_day) <= $days
    group by 1
"""

_DAYS = {"duplicate": 10, "wrong_account": 15, "amount": 30}
"""Business days within which a row points at another: a repeat comes within two weeks, a transfer
is missed on another account for three, a wrong amount is quoted by its reference for six. Half or
twice each moves nothing on the bank_rec set and two demos."""


def likely_causes(state: MatchState, side: Side) -> pl.DataFrame:
    """What a free row points at: row_no, break_type, candidate_row_id, difference.

    One row per free row at most: a duplicate of its own side first, then its counterpart in another
    account, then its counterpart with another amount.
    """
    rows = state.lefts if side == "left" else state.rights
    others = state.rights if side == "left" else state.lefts
    if not rows.height:
        return _none()
    free = state.free_left if side == "left" else state.free_right
    con = state.con
    money = pl.col(c.BLOCK).str.split("|").list.last().alias("currency")
    con.register("break_open_rows", rows.with_columns(money).to_arrow())
    con.register("break_other_side_rows", others.with_columns(money).to_arrow())
    con.register(
        "break_own_side_rows", state.items.of(side).with_columns(pl.Series("free", free)).to_arrow()
    )
    queries = (
        ("duplicate", _DUPLICATE),
        ("wrong_account", _ELSEWHERE),
        ("amount", _OTHER_AMOUNT),
    )
    found = [_none()]
    for name, query in queries:
        pointed = con.execute(query, {"days": _DAYS[name]}).pl()
        gap = pl.col(c.DIFFERENCE) if c.DIFFERENCE in pointed.columns else pl.lit(None)
        found.append(
            pointed.select(
                c.ROW_NO,
                pl.lit(name).alias("break_type"),
                pl.col("candidate").alias("candidate_row_id"),
                gap.cast(pl.Int64).alias(c.DIFFERENCE),
            )
        )
    return pl.concat(found).unique(c.ROW_NO, keep="first", maintain_order=True)


def duplicates_of(
    state: MatchState, side: Side, rows: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Positions of rows of the side that could make one of these a duplicate, or be made one."""
    items = state.items.of(side)
    state.con.register("break_open_rows", items.filter(pl.Series(rows)).to_arrow())
    state.con.register("break_own_side_rows", items.to_arrow())
    found = state.con.execute(_DUPLICATES_OF, {"days": _DAYS["duplicate"]}).pl()
    return found[c.ROW_NO].to_numpy().astype(np.int64)


def _none() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            c.ROW_NO: pl.Int32,
            "break_type": pl.String,
            "candidate_row_id": pl.String,
            c.DIFFERENCE: pl.Int64,
        }
    )
