"""The collections model trained, stored in the registry, and published."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from features.store import Store
from models.card import Provenance
from models.collections.dataset import DebtDataset
from models.collections.debts import BEHAVIOUR_FEATURES, snapshot_days
from models.collections.publish import publish
from models.collections.refresh import refresh
from models.collections.train import train
from models.registry import ModelRegistry
from quality.contract import contract
from tests.unit.models.overdue import AS_OF, inputs, instalment

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
NOWHERE = Store(Path("nowhere"))
SCHEMA = contract("fct_collections_queue").schema


def test_with_nothing_at_all_the_queue_is_empty_and_typed(tmp_path: Path) -> None:
    registry = ModelRegistry(tmp_path)
    assert refresh(inputs(), NOWHERE, registry, as_of=AS_OF, provenance=Provenance()).card is None
    queue = publish(inputs(), NOWHERE, registry, as_of=AS_OF, now=NOW)
    assert queue.is_empty()
    assert dict(queue.schema) == SCHEMA


def consent(policy: str, fact: str = "consent", channel: str = "any") -> dict[str, Any]:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    return {
        "customer_id": f"C{policy}", "fact": fact, "channel": channel, "granted": True,
        "effective_from": then,
    }  # fmt: skip


def test_without_a_champion_the_base_rate_publishes_and_the_gate_decides(tmp_path: Path) -> None:
    policies = ("P1", "P2", "P3")
    given = inputs(
        [
            instalment(policy, 20, currency="GBP" if policy == "P2" else "EUR")
            for policy in policies
        ],
        [
            {"customer_id": f"C{policy}", "time_zone": "Europe/Berlin", "in_hardship": False}
            for policy in policies
        ],
        [consent("P1"), consent("P2", channel="letter"), consent("P3"), consent("P3", "deceased")],
        rates=[{"currency": "GBP", "date": AS_OF, "units_per_base": Decimal("0.8")}],
    )
    queue = publish(given, NOWHERE, ModelRegistry(tmp_path), as_of=AS_OF, now=NOW)
    assert dict(queue.schema) == SCHEMA
    assert queue["model"].unique().to_list() == ["base_rate"]
    rows = {row["obligation_id"]: row for row in queue.rows(named=True)}
    assert (rows["P1"]["action"], rows["P1"]["channel"]) == ("contact", "call")
    assert (rows["P2"]["allowed"], rows["P2"]["channel"]) == ("letter", "letter")
    assert (rows["P3"]["action"], rows["P3"]["channel"]) == ("none", None)
    assert rows["P2"]["overdue_amount_base"] == Decimal("125.000")
    assert [row["obligation_id"] for row in queue.rows(named=True)] == ["P2", "P1", "P3"]
    left = rows["P2"]["overdue_amount_base"] * (1 - Decimal(str(rows["P2"]["propensity"])))
    assert rows["P2"]["expected_value"] == pytest.approx(left, abs=Decimal("0.001"))


def known(policy: str, zone: str | None = "Europe/Berlin", **more: Any) -> dict[str, Any]:
    return {"customer_id": f"C{policy}", "time_zone": zone, "in_hardship": False, **more}


def contacted(policy: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {
        "contact_id": f"{policy}{outcome}", "customer_id": f"C{policy}", "channel": "call",
        "direction": "outbound", "occurred_at": datetime(2026, 6, 1, 12, tzinfo=UTC),
        "outcome": outcome, **more,
    }  # fmt: skip


@pytest.mark.parametrize("zone", ["Europe", "z" * 300, "localtime", "../x", "europe/berlin", None])
def test_one_customers_odd_time_zone_changes_no_other_row(tmp_path: Path, zone: str | None) -> None:
    def queued(odd: Any) -> dict[str, Any]:
        given = inputs(
            [instalment("P1", 20), instalment("P2", 20)],
            [known("P1"), known("P2", odd)],
            [consent("P1"), consent("P2")],
        )
        rows = publish(given, NOWHERE, ModelRegistry(tmp_path), as_of=AS_OF, now=NOW).rows(
            named=True
        )
        return {row["obligation_id"]: row for row in rows}

    right, odd = queued("Europe/Berlin"), queued(zone)
    assert odd["P1"] == right["P1"]
    assert odd["P2"]["allowed"] == "letter"
    assert (zone or "time zone unknown")[:40] in odd["P2"]["blocked"]


def test_a_promise_without_a_debt_holds_for_all_and_hardship_for_the_debt_it_names(
    tmp_path: Path,
) -> None:
    promise = {"promise_date": AS_OF}
    given = inputs(
        [*(instalment(each, 20) for each in ("P1", "P2", "P3")),
         instalment("P4", 20, customer_id="CP3")],
        [known("P1"), known("P2"), known("P3")],
        [consent("P1"), consent("P2"), consent("P3"),
         {**consent("P3", "hardship"), "obligation_id": "P4"}],
        [contacted("P1", "promise", **promise),
         contacted("P2", "promise", obligation_id="other", **promise)],
    )  # fmt: skip
    queue = publish(given, NOWHERE, ModelRegistry(tmp_path), as_of=AS_OF, now=NOW)
    action = dict(queue.select("obligation_id", "action").iter_rows())
    assert action == {"P1": "wait", "P2": "contact", "P3": "contact", "P4": "plan"}


def test_the_queue_says_by_which_channel_a_notice_may_go(tmp_path: Path) -> None:
    given = inputs(
        [instalment("P1", 20), instalment("P2", 20)],
        [known("P1"), known("P2")],
        [consent("P1", "cease_communication"), consent("P2", "attorney_represented")],
    )
    queue = publish(given, NOWHERE, ModelRegistry(tmp_path), as_of=AS_OF, now=NOW)
    notices = dict(queue.select("obligation_id", "allowed_for_notices").iter_rows())
    assert notices == {"P1": "letter", "P2": ""}
    assert set(queue["action"]) == {"none"}


def habit_data(*, telling: bool) -> DebtDataset:
    """Thirty debts a week, paid or not by a habit that no age tells."""
    rng = np.random.default_rng(3)
    days = snapshot_days(AS_OF, 20)
    rows = 30 * len(days)
    good = rng.random(rows) < 0.5
    frame = pl.DataFrame(
        {
            "date": np.repeat(np.array(days, dtype="datetime64[D]"), 30),
            "days_past_due": rng.integers(1, 80, rows),
            "is_paid": good if telling else rng.random(rows) < 0.5,
            **{name: rng.random(rows) for name in BEHAVIOUR_FEATURES if name != "days_past_due"},
        }
    ).with_columns(usual_days_late=pl.when(pl.Series(good)).then(2.0).otherwise(40.0))
    return DebtDataset(frame, BEHAVIOUR_FEATURES, {})


def test_a_candidate_beats_the_base_rate_where_there_is_something_to_learn() -> None:
    candidate = train(habit_data(telling=True), as_of=AS_OF, seed=7, code="c")
    assert candidate is not None
    assert candidate.card.beats_baseline
    assert candidate.card.scores["brier"] < 0.05


def test_too_few_debts_make_no_candidate() -> None:
    few = habit_data(telling=True)
    less = DebtDataset(few.frame.head(40), few.features, {})
    assert train(less, as_of=AS_OF, seed=7, code="c") is None


def test_a_feature_that_is_never_known_does_no_harm() -> None:
    data = habit_data(telling=True)
    never = data.frame.with_columns(never=pl.lit(None, pl.Float64))
    candidate = train(
        DebtDataset(never, (*BEHAVIOUR_FEATURES, "never"), {}), as_of=AS_OF, seed=7, code="c"
    )
    assert candidate is not None
    assert candidate.card.beats_baseline
