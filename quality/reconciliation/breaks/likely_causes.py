"""Rows left over that point at each other: what is likely to have gone wrong with them."""

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.matching.state import Board

_DUPLICATE = """
    select a.k as k, min(b.row_id) as candidate
    from rows as a join everything as b
        on a.block = b.block and a.units = b.units and a.k <> b.k
        and (a.ref = b.ref or (a.words = b.words and length(a.words) >= 6
            and (a.ref is null or b.ref is null) and abs(a.day - b.day) <= 3))
    where abs(a.day - b.day) <= $days
        and (not b.free or (b.day, b.row_id) < (a.day, a.row_id))
    group by 1
"""

_TWINS = """
    select distinct b.k as k
    from rows as a join everything as b
        on a.block = b.block and a.units = b.units and a.k <> b.k
        and (a.ref = b.ref or (a.words = b.words and length(a.words) >= 6))
    where abs(a.day - b.day) <= $days
"""

_ELSEWHERE = """
    select a.k as k, min(b.row_id) as candidate
    from rows as a join others as b
        on a.money = b.money and a.block <> b.block and a.units = b.units
        and abs(a.day - b.day) <= $days
    where a.ref = b.ref or list_has_any(a.cites, b.cites)
        or (a.words = b.words and length(a.words) >= 6)
    group by 1
"""

_OTHER_AMOUNT = """
    with cited_a as (
        select k, block, units, day, unnest(list_distinct(list_concat(cites, [ref]))) as token
        from rows
    ), cited_b as (
        select row_id, block, units, day, unnest(list_distinct(list_concat(cites, [ref]))) as token
        from others
    )
    select a.k as k, min_by(b.row_id, (abs(a.units - b.units), b.row_id)) as candidate,
        min(abs(a.units - b.units)) as gap
    from cited_a as a join cited_b as b
        on a.block = b.block and a.token = b.token and a.units <> b.units
        and sign(a.units) = sign(b.units) and abs(a.day - b.day) <= $days
    group by 1
"""

_DAYS = {"duplicate": 10, "wrong_account": 15, "amount": 30}


def suspects(board: Board, side: str) -> pl.DataFrame:
    """What each free row of the side points at (k, break_type, candidate_row_id, gap).

    One row per free row at most: a duplicate of its own side first, then its counterpart in another
    account, then its counterpart with another amount.
    """
    rows = board.lefts if side == "left" else board.rights
    others = board.rights if side == "left" else board.lefts
    if not rows.height:
        return _none()
    free = board.free_left if side == "left" else board.free_right
    con = board.con
    money = pl.col("block").str.split("|").list.last().alias("money")
    con.register("rows", rows.with_columns(money).to_arrow())
    con.register("others", others.with_columns(money).to_arrow())
    con.register(
        "everything", board.items.of(side).with_columns(pl.Series("free", free)).to_arrow()
    )
    queries = (
        ("duplicate", _DUPLICATE),
        ("wrong_account", _ELSEWHERE),
        ("amount", _OTHER_AMOUNT),
    )
    found = [_none()]
    for name, query in queries:
        said = con.execute(query, {"days": _DAYS[name]}).pl()
        gap = pl.col("gap") if "gap" in said.columns else pl.lit(None)
        found.append(
            said.select(
                "k",
                pl.lit(name).alias("break_type"),
                pl.col("candidate").alias("candidate_row_id"),
                gap.cast(pl.Int64).alias("gap"),
            )
        )
    return pl.concat(found).unique("k", keep="first", maintain_order=True)


def twins(board: Board, side: str, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Positions of rows of the side that could make one of these a duplicate, or be made one."""
    items = board.items.of(side)
    board.con.register("rows", items.filter(pl.Series(rows)).to_arrow())
    board.con.register("everything", items.to_arrow())
    found = board.con.execute(_TWINS, {"days": _DAYS["duplicate"]}).pl()
    return found["k"].to_numpy().astype(np.int64)


def _none() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "k": pl.Int32,
            "break_type": pl.String,
            "candidate_row_id": pl.String,
            "gap": pl.Int64,
        }
    )
