"""What the fraud model may know of a payment, and how its ranking is judged."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from models.fraud.dataset import end_of, is_known_fraud, reviewable
from models.fraud.evaluate import scores
from models.fraud.rules import rule_score
from tests.unit.models.payments import AS_OF, inputs, payment

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
LATER = ("settled_at", "banked_at", "rejected_at", "returned_at", "state", "is_stuck", "known_at")


def seen(*rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    return reviewable(inputs(rows), as_of=AS_OF).rows(named=True)


def test_pace_counts_what_came_before_and_never_the_payment_itself() -> None:
    first, second, third = seen(
        payment(1, NOON - timedelta(hours=5), eur=10),
        payment(2, NOON - timedelta(minutes=30), eur=20),
        payment(3, NOON, eur=60),
    )
    assert [row["payments_1h"] for row in (first, second, third)] == [0, 0, 1]
    assert [row["payments_24h"] for row in (first, second, third)] == [0, 1, 2]
    assert third["amount_24h"] == 30
    assert third["amount_over_usual"] == 4
    assert first["amount_over_usual"] is None


def test_payments_without_a_customer_are_told_apart_by_who_pays() -> None:
    ann, bob = (
        {**payment(number, NOON + timedelta(minutes=number), who=None), "counterparty_name": name}
        for number, name in enumerate(("Ann", "Bob"))
    )
    assert [row["earlier_payments"] for row in seen(ann, bob)] == [0, 0]


def test_a_first_device_is_not_new_but_a_second_one_is() -> None:
    rows = seen(
        payment(1, NOON - timedelta(days=3)),
        payment(2, NOON - timedelta(days=2), device="D2"),
        payment(3, NOON, device="D2"),
    )
    assert [row["is_new_device"] for row in rows] == [False, True, False]


def test_other_customers_on_a_device_are_those_who_came_before() -> None:
    rows = seen(
        payment(1, NOON - timedelta(days=3), who="C1", device="X"),
        payment(2, NOON - timedelta(days=2), who="C2", device="X"),
        payment(3, NOON, who="C1", device="X"),
    )
    assert [row["other_customers_on_device"] for row in rows] == [0, 1, 1]


def test_a_report_counts_only_for_payments_that_come_after_it() -> None:
    told = NOON - timedelta(days=1)
    rows = seen(
        payment(1, NOON - timedelta(days=9), told=told),
        payment(2, NOON - timedelta(days=2)),
        payment(3, NOON),
    )
    assert [row["reported_on_device"] for row in rows] == [False, False, True]
    assert [row["reported_of_customer"] for row in rows] == [False, False, True]


def test_what_becomes_of_a_payment_and_what_comes_after_it_changes_none_of_its_features() -> None:
    rows = [payment(number, NOON - timedelta(hours=9 - number)) for number in range(6)]
    before = reviewable(inputs(rows), as_of=AS_OF)
    fate = [{**row, "state": "returned", "returned_at": NOON, "known_at": NOON} for row in rows]
    later = payment(99, NOON + timedelta(minutes=1), country="NG", eur=999)
    after = reviewable(inputs([*fate, later]), as_of=AS_OF)
    assert_frame_equal(before, after.filter(pl.col("payment_id") != "P00099"))
    assert not set(LATER) & set(before.columns)


def test_what_we_start_ourselves_is_not_reviewed() -> None:
    refund = {**payment(1, NOON), "direction": "outgoing"}
    debit = {**payment(2, NOON), "device_id": None}
    tomorrow = payment(3, NOON + timedelta(days=1))
    assert seen(refund, debit, tomorrow) == []


def test_a_fraud_is_known_from_the_moment_of_its_report() -> None:
    told = datetime(2026, 6, 20, 9, tzinfo=UTC)
    frame = pl.DataFrame({"fraud_reported_at": [told, None]})

    def known(day: date) -> list[bool]:
        return frame.select(is_known_fraud(end_of(day))).to_series().to_list()

    assert known(date(2026, 6, 19)) == [False, False]
    assert known(date(2026, 6, 20)) == [True, False]


def test_every_rule_that_hits_counts_for_more_than_any_amount() -> None:
    rows = reviewable(
        inputs(
            [
                payment(1, NOON - timedelta(days=9)),
                payment(2, NOON - timedelta(days=8), eur=100_000_000, country="DE"),
                payment(3, NOON, country="NG", device="D9", eur=1),
            ]
        ),
        as_of=AS_OF,
    )
    score = rule_score(rows)
    assert score[2] > score[1] > score[0]
    assert ((score >= 0) & (score <= 1)).all()


def test_the_daily_budget_is_kept_for_each_day() -> None:
    day = pl.Series([date(2026, 6, 1)] * 3 + [date(2026, 6, 2)] * 3)
    outcome = np.array([1.0, 0, 0, 0, 1, 0])
    found = scores(outcome, np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), day, budget=1)
    assert found["precision_at_1_a_day"] == 0.5
    assert found["recall_at_1_a_day"] == 0.5
