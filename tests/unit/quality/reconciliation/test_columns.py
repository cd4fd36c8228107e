"""The working columns of the engine are those that `columns` names, wherever a frame is made."""

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation import columns as c
from quality.reconciliation.comparison.names import Boilerplate, Vocabulary
from quality.reconciliation.matching.blocking import difference_candidates, pair_candidates
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.rules import DifferenceRule, PairRule, shipped
from quality.reconciliation.sides import Items, complete, prepare


def items() -> Items:
    rows = pl.DataFrame(
        {"row_id": ["a", "b"], "date": [date(2026, 3, 2)] * 2, "amount": [Decimal("1.00")] * 2}
    )
    empty: frozenset[str] = frozenset()
    vocabulary = Vocabulary(
        empty,
        dict.fromkeys(("left", "right"), Boilerplate(empty, empty)),
        dict.fromkeys(("left", "right"), empty),
    )
    return prepare(complete(rows, "left"), complete(rows, "right"), BusinessCalendar(), vocabulary)


def test_items_have_the_columns_that_are_named() -> None:
    for side in (items().left, items().right):
        assert tuple(side.columns) == c.ITEMS


def test_candidate_pairs_of_every_shipped_rule_have_the_columns_that_are_named() -> None:
    seen = 0
    with duckdb.connect() as con:
        MatchState(con, items()).expose()
        for rule in shipped("default").rules:
            if isinstance(rule, PairRule):
                pairs = pair_candidates(con, rule)
            elif isinstance(rule, DifferenceRule):
                pairs = difference_candidates(con, rule)
            else:
                continue
            assert tuple(pairs.columns) == c.PAIRS
            seen += 1
    assert seen > 5


def test_each_named_column_says_what_it_means_and_no_two_are_one() -> None:
    named = [value for name, value in vars(c).items() if name.isupper() and isinstance(value, str)]
    assert len(named) == len(set(named)) > 40
    assert set(c.PAIRS) <= set(named)
