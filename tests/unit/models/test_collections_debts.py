"""What is owed on a day, what was known of it then, and what the base rate makes of it."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.collections.baseline import base_rate, base_rates
from models.collections.dataset import DebtDataset, since_known
from models.collections.debts import debts_on, instalments, snapshot_days
from tests.unit.models.overdue import AS_OF, inputs, instalment


def test_a_debt_is_what_was_overdue_on_the_day_whatever_came_after() -> None:
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


def test_a_debt_is_paid_on_the_fourteenth_day_and_not_on_the_fifteenth() -> None:
    every = instalments(inputs([instalment("P1", 30, late=24), instalment("P2", 30, late=25)]))
    assert debts_on(every, AS_OF - timedelta(days=20))["is_paid"].to_list() == [True, False]


def test_habits_know_only_what_was_paid_by_the_day() -> None:
    every = instalments(
        inputs([instalment("P1", 90, late=4), instalment("P1", 60, late=50), instalment("P1", 40)])
    )
    then = debts_on(every, AS_OF - timedelta(days=20)).row(0, named=True)
    assert (then["paid_before"], then["most_days_late"], then["usual_days_late"]) == (1, 4, 4.0)


@given(st.permutations([90, 80, 70, 60, 50, 40, 30, 20]))
def test_the_usual_delay_is_that_of_the_last_six_in_whatever_order_they_come(order: Any) -> None:
    late = {90: 19, 80: 18, 70: 6, 60: 5, 50: 4, 40: 3, 30: 2, 20: 1}
    paid = [instalment("P1", ago, late=late[ago]) for ago in order]
    every = instalments(inputs([*paid, instalment("P1", 3)]))
    assert debts_on(every, AS_OF)["usual_days_late"].to_list() == [3.5]


def test_snapshots_are_weekly_and_their_outcome_is_known() -> None:
    days = snapshot_days(AS_OF, 3)
    assert days == [date(2026, 6, 2), date(2026, 6, 9), date(2026, 6, 16)]


def test_a_bucket_without_history_takes_the_usual_rate_and_no_history_a_half() -> None:
    debts = pl.DataFrame({"days_past_due": [3, 3, 400], "is_paid": [True, True, False]})
    rates = base_rates(debts)
    assert rates == {0: 3 / 4, 5: 1 / 3}
    asked = pl.DataFrame({"days_past_due": [7, 8, 91]})
    assert base_rate(asked, rates).tolist() == [3 / 4, (3 / 4 + 1 / 3) / 2, 1 / 3]
    assert base_rate(asked, {}).tolist() == [0.5] * 3


def test_snapshots_from_before_the_store_knew_anything_are_left_out() -> None:
    days = [AS_OF - timedelta(days=day) for day in (14, 7, 0)]
    frame = pl.DataFrame({"date": days, "seen__before": [None, 1, None]})
    kept = since_known(DebtDataset(frame, ("seen__before",), {}))
    assert kept.frame["date"].to_list() == days[1:]
    nothing = frame.with_columns(seen__before=pl.lit(None, pl.Int64))
    assert since_known(DebtDataset(nothing, ("seen__before",), {})).frame.is_empty()
