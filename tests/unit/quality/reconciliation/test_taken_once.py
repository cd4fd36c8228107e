"""No row is in two matches, whatever a rule proposes."""

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.comparison.names import Dull, Vocabulary
from quality.reconciliation.matching.state import FOUND, Board, TakenTwiceError
from quality.reconciliation.sides import complete, prepare


def board(con: duckdb.DuckDBPyConnection) -> Board:
    """Two rows on either side, all free."""
    rows = pl.DataFrame(
        {"row_id": ["a", "b"], "date": [date(2026, 3, 2)] * 2, "amount": [Decimal("1.00")] * 2}
    )
    sides = complete(rows, "left"), complete(rows, "right")
    nothing: frozenset[str] = frozenset()
    both = ("left", "right")
    vocabulary = Vocabulary(
        nothing, dict.fromkeys(both, Dull(nothing, nothing)), dict.fromkeys(both, nothing)
    )
    calendar = BusinessCalendar()
    return Board(con, prepare(*sides, calendar, vocabulary, across_accounts=False))


def proposed(*pairs: tuple[int, int]) -> pl.DataFrame:
    rows = [{"lefts": [left], "rights": [right]} for left, right in pairs]
    return pl.DataFrame(rows).select(
        pl.col(name) if name in ("lefts", "rights") else pl.lit(None).alias(name) for name in FOUND
    )


@pytest.mark.parametrize("pairs", [[(0, 0), (0, 1)], [(0, 1), (1, 1)]])
def test_a_row_proposed_twice_at_once_is_refused(pairs: list[tuple[int, int]]) -> None:
    with duckdb.connect() as con, pytest.raises(TakenTwiceError):
        board(con).take(proposed(*pairs))


def test_a_row_that_a_match_holds_is_refused() -> None:
    with duckdb.connect() as con:
        playing = board(con).take(proposed((0, 0)))
        with pytest.raises(TakenTwiceError, match="lefts"):
            playing.take(proposed((0, 1)))
