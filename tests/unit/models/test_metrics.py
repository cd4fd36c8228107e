"""Figures that judge, held against values worked out by hand or by their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import metrics


def _array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


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


def test_a_ranking_without_both_outcomes_or_without_scores_has_no_figure() -> None:
    outcome = _array(1, 0)
    assert np.isnan(metrics.roc_auc(_array(1, 1), outcome))
    assert np.isnan(metrics.roc_auc(outcome, _array(np.nan, 0)))
    assert np.isnan(metrics.average_precision(_array(0, 0), outcome))
    assert np.isnan(metrics.average_precision(outcome, _array(np.nan, 0)))
    assert metrics.brier(_array(1, 1), _array(1, 0.5)) == 0.125
