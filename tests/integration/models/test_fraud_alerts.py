"""The fraud model trained, stored in the registry, and published."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from features.store import Store
from models.card import Provenance
from models.fraud import REVIEWS_A_DAY
from models.fraud.dataset import PaymentDataset
from models.fraud.predict import rank
from models.fraud.publish import publish
from models.fraud.refresh import refresh
from models.fraud.train import train
from models.fraud.velocity import VELOCITY
from models.registry import Champion, ModelRegistry
from quality.contract import contract
from tests.unit.models.payments import AS_OF, inputs, payment

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
NOWHERE = Store(Path("nowhere"))
SCHEMA = contract("fct_fraud_alerts").schema


def test_with_nothing_at_all_the_alerts_are_empty_and_typed(tmp_path: Path) -> None:
    assert (
        refresh(
            inputs(), NOWHERE, ModelRegistry(tmp_path), as_of=AS_OF, provenance=Provenance()
        ).card
        is None
    )
    alerts = publish(inputs(), NOWHERE, ModelRegistry(tmp_path), as_of=AS_OF, now=NOON)
    assert alerts.is_empty()
    assert dict(alerts.schema) == SCHEMA


def test_without_a_champion_the_rules_rank_the_last_day_within_the_budget(tmp_path: Path) -> None:
    rows = [payment(n, NOON - timedelta(minutes=n), who="C1" if n % 2 else "C2") for n in range(30)]
    known = payment(98, NOON, told=NOON)
    yesterday = payment(99, NOON - timedelta(days=1), country="NG")
    alerts = publish(
        inputs([*rows, known, yesterday]), NOWHERE, ModelRegistry(tmp_path), as_of=AS_OF, now=NOON
    )
    assert dict(alerts.schema) == SCHEMA
    assert alerts["rank"].to_list() == list(range(1, REVIEWS_A_DAY + 1))
    assert alerts["score"].is_sorted(descending=True)
    assert alerts["model"].unique().to_list() == ["rules"]
    assert not {"P00098", "P00099"} & set(alerts["payment_id"])


def telling_data() -> PaymentDataset:
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
    return PaymentDataset(frame, VELOCITY, {})


def test_a_candidate_finds_what_the_rules_miss_and_says_why() -> None:
    data = telling_data()
    candidate = train(data, as_of=AS_OF, seed=7, code="c")
    assert candidate is not None
    card = candidate.card
    assert card.beats_baseline
    assert card.scores["average_precision"] > 0.99
    assert card.label_delay_days == 21
    today = PaymentDataset(data.frame.filter(pl.col("date") == AS_OF), VELOCITY, {})
    ranked = rank(today, Champion("v1", card, candidate.estimators), budget=1)
    assert ranked.frame["other_customers_on_device"].to_list() == [1.0]
    assert "other customers who used the device before" in ranked.frame["reasons"][0]


def test_too_few_frauds_make_no_candidate() -> None:
    data = telling_data()
    honest = data.frame.with_columns(fraud_reported_at=pl.lit(None, pl.Datetime("us", "UTC")))
    assert train(PaymentDataset(honest, VELOCITY, {}), as_of=AS_OF, seed=7, code="c") is None
