"""Figures that judge, held against values worked out by hand or by their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import metrics


def _array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_errors_of_a_forecast_are_those_worked_out_by_hand() -> None:
    actual, forecast = _array(10, -20, 30), _array(12, -20, 24)
    assert metrics.mae(actual, forecast) == pytest.approx(8 / 3)
    assert metrics.wape(actual, forecast) == pytest.approx(8 / 60)
    assert metrics.mase(actual, forecast, _array(1, 2, 3, 5), 2) == pytest.approx((8 / 3) / 2.5)
    assert np.isnan(metrics.wape(_array(0, 0), _array(1, 1)))


def test_pinball_loss_of_the_median_is_half_the_absolute_error() -> None:
    actual, forecast = _array(1, 5), _array(2, 1)
    assert metrics.pinball(actual, forecast, 0.5) == metrics.mae(actual, forecast) / 2
    assert metrics.pinball(_array(10), _array(0), 0.9) == pytest.approx(9)


def test_bounds_belong_to_the_interval_they_bound() -> None:
    assert metrics.coverage(_array(1, 2, 3, 4), _array(1, 1, 1, 1), _array(3, 3, 3, 3)) == 0.75


def test_a_calibrated_score_has_no_calibration_error_and_a_boastful_one_has() -> None:
    outcome = np.tile(_array(1, 0, 0, 0), 25)
    assert metrics.calibration_error(outcome, np.full(100, 0.25), bins=1) == pytest.approx(0)
    assert metrics.calibration_error(outcome, np.full(100, 0.75), bins=1) == pytest.approx(0.5)
    assert metrics.brier(_array(1, 0), _array(0.5, 0)) == 0.125


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=30))
def test_ranking_figures_are_what_their_definitions_say_ties_included(
    rows: list[tuple[bool, int]],
) -> None:
    outcome = np.array([row[0] for row in rows], dtype=np.float64)
    score = np.array([row[1] for row in rows], dtype=np.float64)
    ours, theirs = score[outcome == 1], score[outcome == 0]
    duels = [(one > other) + (one == other) / 2 for one in ours for other in theirs]
    wins = pytest.approx(np.mean(duels) if duels else np.nan, nan_ok=True)
    assert metrics.roc_auc(outcome, score) == wins
    precision = [outcome[score >= one].mean() for one in ours]
    assert metrics.average_precision(outcome, score) == pytest.approx(
        np.mean(precision) if precision else np.nan, nan_ok=True
    )


def test_precision_at_a_budget_counts_the_highest_scores() -> None:
    outcome, score = _array(1, 0, 1, 0), _array(0.9, 0.8, 0.1, 0.7)
    assert metrics.precision_at(outcome, score, 2) == 0.5


def test_a_holder_found_once_is_not_looked_at_again() -> None:
    outcome, score = _array(1, 0, 1, 1), _array(0.9, 0.8, 0.9, 0.5)
    holder, day = np.array(["a", "b", "a", "c"]), np.array([1, 1, 2, 2])
    # Day 1 finds a; day 2 skips a and finds c: with a budget of one, all looks succeed.
    assert metrics.card_precision_at(outcome, score, holder, day, 1) == 1.0
    assert metrics.card_precision_at(outcome, score, holder, day, 2) == 0.5
