"""A balance is proven from statements, from the books, and from what the reconciliation left."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.reconciliation.pipeline import RECON_ADJUSTMENTS, RECON_BREAKS, RECON_MATCHES
from quality.reconciliation.reporting.roll_forward import MOVEMENTS, roll_forward

MONEY = pl.Decimal(18, 3)
SIDES: dict[str, Any] = {
    "recon": pl.String, "side": pl.String, "row_id": pl.String, "account_id": pl.String,
    "currency": pl.String, "date": pl.Date, "amount": MONEY,
}  # fmt: skip
LATE: dict[str, Any] = {
    "recon": pl.String, "side": pl.String, "row_id": pl.String, "accounting_period": pl.String,
}  # fmt: skip
BALANCES: dict[str, Any] = {
    "account_id": pl.String, "currency": pl.String, "date": pl.Date, "opening_balance": MONEY,
    "closing_balance": MONEY,
}  # fmt: skip
POSTINGS: dict[str, Any] = {
    "account_id": pl.String, "currency": pl.String, "booking_date": pl.Date, "amount": MONEY,
    "document_type": pl.String,
}  # fmt: skip

ROWS = {
    ("left", "B1"): (date(2026, 1, 5), "100.00"),
    ("left", "B2"): (date(2026, 1, 20), "-30.00"),
    ("left", "B3"): (date(2026, 2, 3), "-9.50"),
    ("right", "G1"): (date(2026, 1, 4), "102.00"),
    ("right", "G2"): (date(2026, 1, 31), "-9.50"),
    ("right", "G3"): (date(2026, 2, 4), "7.00"),
}
MATCHED = {"B1": ("M1", "auto"), "G1": ("M1", "auto"), "B3": ("M2", "auto"), "G2": ("M2", "auto")}
BROKEN = {"B2": "missing_right", "G3": "timing"}


def frame(rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def proof(
    *, late: tuple[str, ...] = (), closing: str = "60.50", rows: Any = None, as_of: int = 28
) -> dict[tuple[str, str], dict[str, Any]]:
    """Bank: 0 at first, 70 at the end of January. Ledger: 10 brought forward in January."""
    given = ROWS if rows is None else rows
    sides = [
        ("ledger_bank", side, row, "A", "EUR", day, Decimal(amount))
        for (side, row), (day, amount) in given.items()
    ]
    matches = [
        {"recon": "ledger_bank", "side": side, "row_id": row, "match_id": m, "tier": tier}
        for (side, row) in ROWS
        for m, tier in [MATCHED.get(row, ("", ""))]
        if m
    ]
    breaks = [
        {"recon": "ledger_bank", "side": side, "row_id": row, "break_type": BROKEN[row]}
        for side, row in ROWS
        if row in BROKEN
    ]
    gap = [{"recon": "ledger_bank", "match_id": "M1", "amount": Decimal(-2)}]
    balances = [
        ("A", "EUR", date(2026, 1, 1), Decimal(0), Decimal(0)),
        ("A", "EUR", date(2026, 1, 31), Decimal(100), Decimal(70)),
        ("A", "EUR", date(2026, 2, 1), Decimal(70), Decimal(70)),
        ("A", "EUR", date(2026, 2, 28), Decimal(70), Decimal(closing)),
    ]
    booked: list[tuple[Any, ...]] = [("A", "EUR", date(2026, 1, 1), Decimal(10), "opening")]
    booked += [
        ("A", "EUR", day, Decimal(amount), None)
        for (side, _), (day, amount) in ROWS.items()
        if side == "right"
    ]
    lands = [("ledger_bank", "left", row, "2026-02") for row in late]
    found = roll_forward(
        frame(sides, SIDES),
        pl.DataFrame(matches, schema=dict(RECON_MATCHES)),
        pl.DataFrame(breaks, schema=dict(RECON_BREAKS)),
        pl.DataFrame(gap, schema=dict(RECON_ADJUSTMENTS)),
        balances=frame(balances, BALANCES),
        postings=frame(booked, POSTINGS),
        late=frame(lands, LATE),
        as_of=date(2026, 2, as_of),
    )
    return {(row["side"], row["period"]): row for row in found.iter_rows(named=True)}


def told(row: dict[str, Any]) -> list[float]:
    return [float(row[name]) for name in ("opening", *MOVEMENTS, "closing", "unexplained", "late")]


def test_both_sides_of_every_period_are_explained() -> None:
    found = proof()
    #   opening matched suggested adjustments timing missing other closing unexplained late
    assert told(found["bank", "2026-01"]) == [0, 100, 0, 0, 0, -30, 0, 70, 0, 0]
    assert told(found["bank", "2026-02"]) == [70, -9.5, 0, 0, 0, 0, 0, 60.5, 0, 0]
    assert told(found["ledger", "2026-01"]) == [10, 90.5, 0, 2, 0, 0, 0, 102.5, 0, 0]
    assert told(found["ledger", "2026-02"]) == [102.5, 0, 0, 0, 7, 0, 0, 109.5, 0, 0]


@pytest.mark.parametrize("closing", ["60.49", "60.51"])
def test_a_statement_that_does_not_roll_is_unexplained_whichever_way(closing: str) -> None:
    found = proof(closing=closing)
    assert found["bank", "2026-02"]["unexplained"] == Decimal(closing) - Decimal("60.50")
    assert found["bank", "2026-01"]["unexplained"] == 0


def test_a_row_that_the_reconciliation_lost_is_unexplained() -> None:
    found = proof(rows={key: row for key, row in ROWS.items() if key != ("right", "G3")})
    assert found["ledger", "2026-02"]["unexplained"] == Decimal(7)


def test_a_late_row_leaves_the_closed_period_as_it_was_and_shows_in_the_next() -> None:
    found = proof(late=("B2",))
    assert told(found["bank", "2026-01"]) == [0, 100, 0, 0, 0, 0, 0, 100, 0, 0]
    assert told(found["bank", "2026-02"]) == [100, -9.5, 0, 0, 0, -30, 0, 60.5, 0, -30]


def test_what_is_dated_after_the_day_is_not_counted_yet() -> None:
    found = proof(as_of=3, closing="60.50")
    assert found["ledger", "2026-02"]["open_timing"] == 0
    assert found["ledger", "2026-02"]["unexplained"] == 0


def test_without_rows_there_is_nothing_to_prove() -> None:
    empty = pl.DataFrame(schema=SIDES)
    nothing = roll_forward(
        empty,
        pl.DataFrame(schema=dict(RECON_MATCHES)),
        pl.DataFrame(schema=dict(RECON_BREAKS)),
        pl.DataFrame(schema=dict(RECON_ADJUSTMENTS)),
        balances=pl.DataFrame(schema=BALANCES),
        postings=pl.DataFrame(schema=POSTINGS),
        late=pl.DataFrame(schema=LATE),
        as_of=date(2026, 2, 1),
    )
    assert nothing.is_empty()


def months_on(month: int, ahead: int) -> str:
    return f"2026-{month + ahead:02}"


ROW = st.tuples(
    st.sampled_from(["left", "right"]),
    st.sampled_from(["A", "B"]),
    st.integers(1, 4),
    st.integers(-5, 5),
    st.sampled_from(["auto", "suggested", "timing", "missing_left", "fee"]),
    st.integers(0, 2),
)
"""Side, account, month, amount, what became of it, and how many months late it lands."""


@given(st.lists(ROW, max_size=12), st.integers(-50, 50))
def test_whatever_is_late_every_balance_is_explained_and_opens_where_the_last_closed(
    rows: Any, brought: int
) -> None:
    sides, matches, breaks, late = [], [], [], []
    booked: list[tuple[Any, ...]] = []
    booked += [(a, "EUR", date(2026, 1, 1), Decimal(brought), "opening") for a in "AB"]
    balances = {(a, m): Decimal(brought) for a in "AB" for m in range(1, 5)}
    for n, (side, account, month, amount, place, ahead) in enumerate(rows):
        row, day = f"R{n}", date(2026, month, 15)
        sides.append(("ledger_bank", side, row, account, "EUR", day, Decimal(amount)))
        known = {"recon": "ledger_bank", "side": side, "row_id": row}
        if place in {"auto", "suggested"}:
            matches.append({**known, "match_id": row, "tier": place})
        else:
            breaks.append({**known, "break_type": place})
        if ahead:
            late.append(("ledger_bank", side, row, months_on(month, ahead)))
        if side == "right":
            booked.append((account, "EUR", day, Decimal(amount), None))
        else:
            for later in range(month, 5):
                balances[account, later] += Decimal(amount)
    stated = [
        (a, "EUR", date(2026, m, 28), balances.get((a, m - 1), Decimal(brought)), closing)
        for (a, m), closing in balances.items()
    ]
    found = roll_forward(
        frame(sides, SIDES),
        pl.DataFrame(matches, schema=dict(RECON_MATCHES)),
        pl.DataFrame(breaks, schema=dict(RECON_BREAKS)),
        pl.DataFrame(schema=dict(RECON_ADJUSTMENTS)),
        balances=frame(stated, BALANCES),
        postings=frame(booked, POSTINGS),
        late=frame(late, LATE),
        as_of=date(2026, 4, 30),
    )
    assert (found["unexplained"] == 0).all()
    closed = pl.col("closing").shift(1).over("account_id", "side", order_by="period")
    chain = found.select(pl.col("opening"), closed.alias("closed")).drop_nulls()
    assert chain["opening"].equals(chain["closed"])
