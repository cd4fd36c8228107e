from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.store import Store
from models.card import Provenance
from models.collections import CollectionsInputs
from models.collections.baseline import base_rate, base_rates
from models.collections.dataset import Dataset, since_known
from models.collections.debts import HABITS, debts_on, instalments, weekly
from models.collections.publish import publish
from models.collections.refresh import refresh
from models.collections.train import train
from models.shelf import Shelf
from quality.contract import contract

AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
NOWHERE = Store(Path("nowhere"))
SCHEMA = contract("fct_collections_queue").schema
RATES = {
    "currency": pl.String(),
    "date": pl.Date(),
    "units_per_base": pl.Decimal(18, 8),
    "base_per_unit": pl.Decimal(18, 8),
}


def inputs(premiums=(), customers=(), consents=(), contacts=(), rates=()) -> CollectionsInputs:
    def table(rows, schema) -> pl.DataFrame:
        return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)

    return CollectionsInputs(
        loans=table((), contract("fct_loan_receivable").schema),
        premiums=table(premiums, contract("fct_premium_receivable").schema),
        customers=table(customers, contract("dim_customer").schema),
        consents=table(consents, contract("consents").schema),
        contacts=table(contacts, contract("contact_events").schema),
        rates=table(rates, RATES),
    )


def instalment(policy: str, days_ago: int, *, late: int | None = None, currency="EUR", n=0, **more):
    amount = Decimal("100.000")
    return {
        "instalment_id": f"{policy}-{days_ago}-{n}",
        "policy_id": policy,
        "customer_id": f"C{policy}",
        "entity_id": "CH-INS",
        "due_date": AS_OF - timedelta(days=days_ago),
        "amount": amount,
        "currency": currency,
        "outstanding_amount": amount if late is None else Decimal(0),
        "days_late": late,
        "state": "overdue" if late is None else "paid",
        **more,
    }


def test_a_debt_is_what_was_overdue_on_the_day_whatever_came_after():
    every = instalments(
        inputs(
            [
                instalment("P1", 40),
                instalment("P1", 10),
                instalment("P2", 40, late=30),
                instalment("P3", 40, state="cancelled"),
            ]
        )
    )
    then = debts_on(every, AS_OF - timedelta(days=20)).rows(named=True)
    assert [row["obligation_id"] for row in then] == ["P1", "P2"]
    assert [row["days_past_due"] for row in then] == [20, 20]
    assert [row["is_paid"] for row in then] == [False, True]
    now = debts_on(every, AS_OF)
    assert now["obligation_id"].to_list() == ["P1"]
    assert now["overdue_instalments"].to_list() == [2]


def test_a_debt_is_paid_on_the_fourteenth_day_and_not_on_the_fifteenth():
    every = instalments(inputs([instalment("P1", 30, late=24), instalment("P2", 30, late=25)]))
    assert debts_on(every, AS_OF - timedelta(days=20))["is_paid"].to_list() == [True, False]


def test_habits_know_only_what_was_paid_by_the_day():
    every = instalments(
        inputs([instalment("P1", 90, late=4), instalment("P1", 60, late=50), instalment("P1", 40)])
    )
    then = debts_on(every, AS_OF - timedelta(days=20)).row(0, named=True)
    assert (then["paid_before"], then["most_days_late"], then["usual_days_late"]) == (1, 4, 4.0)


def test_snapshots_are_weekly_and_their_outcome_is_known():
    days = weekly(AS_OF, 3)
    assert days == [date(2026, 6, 2), date(2026, 6, 9), date(2026, 6, 16)]


def test_a_bucket_without_history_takes_the_usual_rate_and_no_history_a_half():
    debts = pl.DataFrame({"days_past_due": [3, 3, 400], "is_paid": [True, True, False]})
    rates = base_rates(debts)
    assert rates == {0: 3 / 4, 5: 1 / 3}
    asked = pl.DataFrame({"days_past_due": [7, 8, 91]})
    assert base_rate(asked, rates).tolist() == [3 / 4, (3 / 4 + 1 / 3) / 2, 1 / 3]
    assert base_rate(asked, {}).tolist() == [0.5] * 3


def test_with_nothing_at_all_the_queue_is_empty_and_typed(tmp_path):
    shelf = Shelf(tmp_path)
    assert refresh(inputs(), NOWHERE, shelf, as_of=AS_OF, origin=Provenance()).card is None
    queue = publish(inputs(), NOWHERE, shelf, as_of=AS_OF, now=NOW)
    assert queue.is_empty()
    assert dict(queue.schema) == SCHEMA


def consent(policy: str, fact="consent", channel="any"):
    then = datetime(2026, 1, 1, tzinfo=UTC)
    return {
        "customer_id": f"C{policy}", "fact": fact, "channel": channel, "granted": True,
        "effective_from": then,
    }  # fmt: skip


def test_without_a_champion_the_base_rate_publishes_and_the_gate_decides(tmp_path):
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
    queue = publish(given, NOWHERE, Shelf(tmp_path), as_of=AS_OF, now=NOW)
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


def habit_data(*, telling: bool) -> Dataset:
    """Thirty debts a week, paid or not by a habit that no age tells."""
    rng = np.random.default_rng(3)
    days = weekly(AS_OF, 20)
    rows = 30 * len(days)
    good = rng.random(rows) < 0.5
    frame = pl.DataFrame(
        {
            "date": np.repeat(np.array(days, dtype="datetime64[D]"), 30),
            "days_past_due": rng.integers(1, 80, rows),
            "is_paid": good if telling else rng.random(rows) < 0.5,
            **{name: rng.random(rows) for name in HABITS if name != "days_past_due"},
        }
    ).with_columns(usual_days_late=pl.when(pl.Series(good)).then(2.0).otherwise(40.0))
    return Dataset(frame, HABITS, {})


def test_a_candidate_beats_the_base_rate_where_there_is_something_to_learn():
    candidate = train(habit_data(telling=True), as_of=AS_OF, seed=7, code="c")
    assert candidate is not None
    assert candidate.card.beats_baseline
    assert candidate.card.scores["brier"] < 0.05


def test_too_few_debts_make_no_candidate():
    few = habit_data(telling=True)
    less = Dataset(few.frame.head(40), few.features, {})
    assert train(less, as_of=AS_OF, seed=7, code="c") is None


def test_snapshots_from_before_the_store_knew_anything_are_left_out():
    days = [AS_OF - timedelta(days=day) for day in (14, 7, 0)]
    frame = pl.DataFrame({"date": days, "seen__before": [None, 1, None]})
    kept = since_known(Dataset(frame, ("seen__before",), {}))
    assert kept.frame["date"].to_list() == days[1:]
    nothing = frame.with_columns(seen__before=pl.lit(None, pl.Int64))
    assert since_known(Dataset(nothing, ("seen__before",), {})).frame.is_empty()


def test_a_feature_that_is_never_known_does_no_harm():
    data = habit_data(telling=True)
    never = data.frame.with_columns(never=pl.lit(None, pl.Float64))
    candidate = train(Dataset(never, (*HABITS, "never"), {}), as_of=AS_OF, seed=7, code="c")
    assert candidate is not None
    assert candidate.card.beats_baseline
