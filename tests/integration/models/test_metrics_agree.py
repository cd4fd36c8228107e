"""Our figures of a ranking are those of scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from models import metrics


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=30))
def test_ranking_figures_agree_with_scikit_learn_ties_included(
    rows: list[tuple[bool, int]],
) -> None:
    outcome = np.array([row[0] for row in rows], dtype=np.float64)
    score = np.array([row[1] for row in rows], dtype=np.float64)
    if 0 < outcome.sum() < len(outcome):
        assert metrics.roc_auc(outcome, score) == pytest.approx(roc_auc_score(outcome, score))
    if outcome.sum():
        assert metrics.average_precision(outcome, score) == pytest.approx(
            average_precision_score(outcome, score)
        )
    else:
        assert np.isnan(metrics.average_precision(outcome, score))
