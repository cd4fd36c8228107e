"""What manual decisions come to when they are replayed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.reconciliation.closed_sets import Side
from quality.reconciliation.decisions.model import (
    COLUMNS,
    ManualDecision,
    decisions_of,
    effective_decisions,
)
from quality.reconciliation.decisions.status import decision_status

START = datetime(2026, 4, 1, tzinfo=UTC)
ROWS: list[tuple[Side, str]] = [("left", "L1"), ("left", "L2"), ("right", "R1"), ("right", "R2")]
AMOUNTS: dict[tuple[Side, str], Decimal] = dict.fromkeys(ROWS, Decimal("100.000"))
LIMIT = Decimal(1000)


def taken(
    name: str, action: str, left: str = "", right: str = "", approver: str | None = None
) -> ManualDecision:
    at = START + timedelta(minutes=int(name[1:]))
    lefts, rights = tuple(left.split()), tuple(right.split())
    return ManualDecision(name, action, lefts, rights, "ann", at, "why", approver)  # type: ignore[arg-type]


def test_a_later_decision_about_a_row_replaces_an_earlier_one_and_is_named() -> None:
    first, second = taken("D1", "match", "L1", "R1"), taken("D2", "match", "L2", "R1")
    result = effective_decisions([second, first], AMOUNTS, LIMIT)
    assert result.matched == [second]
    assert result.replaced == {"D1": "D2"}


def test_a_decision_stands_until_its_last_row_is_taken() -> None:
    open_both = taken("D1", "leave_open", "L1 L2")
    one = taken("D2", "match", "L1", "R1")
    assert effective_decisions([open_both, one], AMOUNTS, LIMIT).replaced == {}
    both = effective_decisions([open_both, one, taken("D3", "match", "L2", "R2")], AMOUNTS, LIMIT)
    assert both.replaced == {"D1": "D3"}


def test_a_match_undoes_the_keeping_apart_of_the_same_rows() -> None:
    must_not_match, match = taken("D1", "unmatch", "L1", "R1"), taken("D2", "match", "L1", "R1")
    assert effective_decisions([must_not_match], AMOUNTS, LIMIT).must_not_match == {
        (("left", "L1"), ("right", "R1")): must_not_match
    }
    result = effective_decisions([must_not_match, match], AMOUNTS, LIMIT)
    assert (result.must_not_match, result.replaced) == ({}, {"D1": "D2"})


def test_rows_that_cancel_each_other_are_money_all_the_same() -> None:
    amounts: dict[tuple[Side, str], Decimal] = {
        ("left", "L1"): Decimal(5000),
        ("left", "L2"): Decimal(-5000),
    }
    result = effective_decisions([taken("D1", "match", "L1 L2")], amounts, LIMIT)
    assert "10000 needs a second person" in result.not_effective["D1"]


@pytest.mark.parametrize("approver", ["", None, "ann", "ANN"])
def test_nobody_checks_an_own_decision(approver: str | None) -> None:
    result = effective_decisions(
        [taken("D1", "match", "L1", "R1", approver)], AMOUNTS, Decimal(100)
    )
    assert set(result.not_effective) == {"D1"}


def test_the_newest_row_of_a_decision_counts_and_later_ones_are_not_known_yet() -> None:
    row = {
        "decision_id": "D1", "recon": "r", "action": "match", "left_ids": ["L1"],
        "right_ids": ["R1"], "actor": "ann", "checker": None, "decided_at": START,
        "reason": "why", "as_of": date(2026, 3, 1), "recorded_at": START,
    }  # fmt: skip
    later = {"checker": "bob", "as_of": date(2026, 3, 2), "recorded_at": START + timedelta(1)}
    stored = pl.DataFrame([{**row, **later}, row], schema=dict(COLUMNS))
    assert [d.approver for d in decisions_of(stored, "r")] == ["bob"]
    assert [d.approver for d in decisions_of(stored, "r", date(2026, 3, 1))] == [None]
    assert decisions_of(stored, "r", date(2026, 2, 28)) == []
    assert decisions_of(stored, "other") == []


ACTIONS = st.sampled_from(["match", "unmatch", "leave_open", "write_off"])


@given(st.lists(st.tuples(ACTIONS, st.sets(st.sampled_from(ROWS), min_size=2)), max_size=8))
def test_every_decision_counts_waits_or_is_replaced_and_no_row_is_settled_twice(plan: Any) -> None:
    given_ = [
        taken(
            f"D{n}",
            action,
            " ".join(sorted(row for side, row in rows if side == "left")),
            " ".join(sorted(row for side, row in rows if side == "right")),
        )
        for n, (action, rows) in enumerate(plan)
    ]
    result = effective_decisions(given_, AMOUNTS, LIMIT)
    settled = [member for decision in result.matched for member in decision.members]
    assert len(settled) == len(set(settled))
    assert not set(settled) & set(result.excluded)
    sides = pl.DataFrame(
        [(side, row, Decimal("100.000"), "EUR") for side, row in ROWS],
        schema={
            "side": pl.String, "row_id": pl.String, "amount": pl.Decimal(18, 3),
            "currency": pl.String,
        },
        orient="row",
    )  # fmt: skip
    ruled = decision_status(given_, sides, LIMIT)
    states = dict(ruled.select("decision_id", "state").iter_rows())
    assert set(states) == {d.decision_id for d in given_}
    assert {d for d, state in states.items() if state == "replaced"} == set(result.replaced)
    if given_:
        assert states[given_[-1].decision_id] == "counts"
