from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from features.store import Store
from models.card import Provenance
from models.fraud import REVIEWS_A_DAY, FraudInputs
from models.fraud.dataset import Dataset, end_of, is_known_fraud, reviewable
from models.fraud.evaluate import scores
from models.fraud.predict import rank
from models.fraud.publish import publish
from models.fraud.refresh import refresh
from models.fraud.rules import rule_score
from models.fraud.train import train
from models.fraud.velocity import VELOCITY
from models.shelf import Champion, Shelf
from quality.contract import contract

AS_OF = date(2026, 6, 30)
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
NOWHERE = Store(Path("nowhere"))
SCHEMA = contract("fct_fraud_alerts").schema
LATER = ("settled_at", "banked_at", "rejected_at", "returned_at", "state", "is_stuck", "known_at")


def payment(number: int, at: datetime, *, who="C1", device="D1", country="DE", eur=50, told=None):
    return {
        "payment_id": f"P{number:05}", "customer_id": who, "device_id": device, "country": country,
        "direction": "incoming", "channel": "card", "counterparty_name": who,
        "amount": Decimal(eur), "amount_base": Decimal(eur), "currency": "EUR",
        "initiated_at": at, "fraud_reported_at": told, "state": "initiated", "is_stuck": False,
    }  # fmt: skip


def inputs(rows=()) -> FraudInputs:
    schema = contract("fct_payments").schema
    payments = pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)
    homes = pl.DataFrame({"customer_id": ["C1", "C2"], "country": ["DE", "DE"]})
    return FraudInputs(payments, homes)


def seen(*rows) -> list[dict]:
    return reviewable(inputs(rows), as_of=AS_OF).rows(named=True)


def test_pace_counts_what_came_before_and_never_the_payment_itself():
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


def test_payments_without_a_customer_are_told_apart_by_who_pays():
    ann, bob = (
        {**payment(number, NOON + timedelta(minutes=number), who=None), "counterparty_name": name}
        for number, name in enumerate(("Ann", "Bob"))
    )
    assert [row["earlier_payments"] for row in seen(ann, bob)] == [0, 0]


def test_a_first_device_is_not_new_but_a_second_one_is():
    rows = seen(
        payment(1, NOON - timedelta(days=3)),
        payment(2, NOON - timedelta(days=2), device="D2"),
        payment(3, NOON, device="D2"),
    )
    assert [row["is_new_device"] for row in rows] == [False, True, False]


def test_other_customers_on_a_device_are_those_who_came_before():
    rows = seen(
        payment(1, NOON - timedelta(days=3), who="C1", device="X"),
        payment(2, NOON - timedelta(days=2), who="C2", device="X"),
        payment(3, NOON, who="C1", device="X"),
    )
    assert [row["other_customers_on_device"] for row in rows] == [0, 1, 1]


def test_a_report_counts_only_for_payments_that_come_after_it():
    told = NOON - timedelta(days=1)
    rows = seen(
        payment(1, NOON - timedelta(days=9), told=told),
        payment(2, NOON - timedelta(days=2)),
        payment(3, NOON),
    )
    assert [row["reported_on_device"] for row in rows] == [False, False, True]
    assert [row["reported_of_customer"] for row in rows] == [False, False, True]


def test_what_becomes_of_a_payment_and_what_comes_after_it_changes_none_of_its_features():
    rows = [payment(number, NOON - timedelta(hours=9 - number)) for number in range(6)]
    before = reviewable(inputs(rows), as_of=AS_OF)
    fate = [{**row, "state": "returned", "returned_at": NOON, "known_at": NOON} for row in rows]
    later = payment(99, NOON + timedelta(minutes=1), country="NG", eur=999)
    after = reviewable(inputs([*fate, later]), as_of=AS_OF)
    assert_frame_equal(before, after.filter(pl.col("payment_id") != "P00099"))
    assert not set(LATER) & set(before.columns)


def test_what_we_start_ourselves_is_not_reviewed():
    refund = {**payment(1, NOON), "direction": "outgoing"}
    debit = {**payment(2, NOON), "device_id": None}
    tomorrow = payment(3, NOON + timedelta(days=1))
    assert seen(refund, debit, tomorrow) == []


def test_a_fraud_is_known_from_the_moment_of_its_report():
    told = datetime(2026, 6, 20, 9, tzinfo=UTC)
    frame = pl.DataFrame({"fraud_reported_at": [told, None]})

    def known(day: date) -> list[bool]:
        return frame.select(is_known_fraud(end_of(day))).to_series().to_list()

    assert known(date(2026, 6, 19)) == [False, False]
    assert known(date(2026, 6, 20)) == [True, False]


def test_every_rule_that_hits_counts_for_more_than_any_amount():
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


def test_the_daily_budget_is_kept_for_each_day():
    day = pl.Series([date(2026, 6, 1)] * 3 + [date(2026, 6, 2)] * 3)
    outcome = np.array([1.0, 0, 0, 0, 1, 0])
    found = scores(outcome, np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), day, budget=1)
    assert found["precision_at_1_a_day"] == 0.5
    assert found["recall_at_1_a_day"] == 0.5


def test_with_nothing_at_all_the_alerts_are_empty_and_typed(tmp_path):
    assert (
        refresh(inputs(), NOWHERE, Shelf(tmp_path), as_of=AS_OF, origin=Provenance()).card is None
    )
    alerts = publish(inputs(), NOWHERE, Shelf(tmp_path), as_of=AS_OF, now=NOON)
    assert alerts.is_empty()
    assert dict(alerts.schema) == SCHEMA


def test_without_a_champion_the_rules_rank_the_last_day_within_the_budget(tmp_path):
    rows = [payment(n, NOON - timedelta(minutes=n), who="C1" if n % 2 else "C2") for n in range(30)]
    known = payment(98, NOON, told=NOON)
    yesterday = payment(99, NOON - timedelta(days=1), country="NG")
    alerts = publish(
        inputs([*rows, known, yesterday]), NOWHERE, Shelf(tmp_path), as_of=AS_OF, now=NOON
    )
    assert dict(alerts.schema) == SCHEMA
    assert alerts["rank"].to_list() == list(range(1, REVIEWS_A_DAY + 1))
    assert alerts["score"].is_sorted(descending=True)
    assert alerts["model"].unique().to_list() == ["rules"]
    assert not {"P00098", "P00099"} & set(alerts["payment_id"])


def telling_data() -> Dataset:
    """Forty payments a day, one of them a fraud that only the device's history gives away."""
    rows, days = 40, 150
    at = [NOON - timedelta(days=day) for day in reversed(range(days)) for _ in range(rows)]
    rng = np.random.default_rng(5)
    fraud = np.tile(np.arange(rows) == 0, days)
    frame = pl.DataFrame(
        {
            "payment_id": [f"P{n:05}" for n in range(rows * days)],
            "event_timestamp": at,
            "amount_base": [Decimal(50)] * len(at),
            **{name: rng.random(len(at)) for name in VELOCITY},
        }
    ).with_columns(
        date=pl.col("event_timestamp").dt.date(),
        other_customers_on_device=pl.Series(fraud.astype(float)),
        is_new_device=False, is_abroad=False, payments_1h=0, amount_over_usual=1.0,
        fraud_reported_at=pl.when(pl.Series(fraud)).then(
            pl.col("event_timestamp") + pl.duration(days=10)
        ),
    )  # fmt: skip
    return Dataset(frame, VELOCITY, {})


def test_a_candidate_finds_what_the_rules_miss_and_says_why():
    data = telling_data()
    candidate = train(data, as_of=AS_OF, seed=7, code="c")
    assert candidate is not None
    card = candidate.card
    assert card.beats_baseline
    assert card.scores["average_precision"] > 0.99
    assert card.label_delay_days == 21
    today = Dataset(data.frame.filter(pl.col("date") == AS_OF), VELOCITY, {})
    ranked = rank(today, Champion("v1", card, candidate.estimators), budget=1)
    assert ranked.frame["other_customers_on_device"].to_list() == [1.0]
    assert "other customers who used the device before" in ranked.frame["reasons"][0]


def test_too_few_frauds_make_no_candidate():
    data = telling_data()
    honest = data.frame.with_columns(fraud_reported_at=pl.lit(None, pl.Datetime("us", "UTC")))
    assert train(Dataset(honest, VELOCITY, {}), as_of=AS_OF, seed=7, code="c") is None
