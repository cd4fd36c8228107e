"""No row is in two matches, whatever a rule proposes."""

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.comparison.names import Boilerplate, Vocabulary
from quality.reconciliation.matching.state import FOUND_MATCHES, MatchState, TakenTwiceError
from quality.reconciliation.sides import complete, prepare


def state(con: duckdb.DuckDBPyConnection) -> MatchState:
    """Two rows on either side, all free."""
    rows = pl.DataFrame(
        {"row_id": ["a", "b"], "date": [date(2026, 3, 2)] * 2, "amount": [Decimal("1.00")] * 2}
    )
    sides = complete(rows, "left"), complete(rows, "right")
    nothing: frozenset[str] = frozenset()
    both = ("left", "right")
    vocabulary = Vocabulary(
        nothing, dict.fromkeys(both, Boilerplate(nothing, nothing)), dict.fromkeys(both, nothing)
    )
    calendar = BusinessCalendar()
    return MatchState(con, prepare(*sides, calendar, vocabulary, across_accounts=False))


def proposed(*pairs: tuple[int, int]) -> pl.DataFrame:
    rows = [{"left_nos": [left], "right_nos": [right]} for left, right in pairs]
    return pl.DataFrame(rows).select(
        pl.col(name) if name in ("left_nos", "right_nos") else pl.lit(None).alias(name)
        for name in FOUND_MATCHES
    )


@pytest.mark.parametrize("pairs", [[(0, 0), (0, 1)], [(0, 1), (1, 1)]])
def test_a_row_proposed_twice_at_once_is_refused(pairs: list[tuple[int, int]]) -> None:
    with duckdb.connect() as con, pytest.raises(TakenTwiceError):
        state(con).accept(proposed(*pairs))


def test_a_row_that_a_match_holds_is_refused() -> None:
    with duckdb.connect() as con:
        playing = state(con).accept(proposed((0, 0)))
        with pytest.raises(TakenTwiceError, match="left_nos"):
            playing.accept(proposed((0, 1)))
