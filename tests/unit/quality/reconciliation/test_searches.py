"""The searches by which rows find each other: pairs, sets that add up, days that count."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.matching.assignment import best_assignment, probabilities
from quality.reconciliation.matching.subset_sum import nearly_all, of_size, subsets_with_sum


def test_competing_pairs_share_the_probability() -> None:
    one = probabilities(np.array([0, 0]), np.array([0, 1]), np.array([1e6, 1e6]))
    assert one == pytest.approx([0.5, 0.5], abs=1e-3)
    two = probabilities(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1e4, 1e3, 1e4]))
    assert two[0] > 0.99
    assert two[1] < 0.01


def test_the_assignment_is_best_in_total_and_not_greedy() -> None:
    left, right = np.array([0, 0, 1]), np.array([0, 1, 0])
    chosen = best_assignment(left, right, np.array([10.0, 9.0, 9.0]))
    assert chosen.tolist() == [False, True, True]


def test_subset_search_finds_every_solution_within_its_steps() -> None:
    found = subsets_with_sum(np.array([1, 2, 3, 4]) * 1000, 5000, largest=3, steps=1000)
    assert set(found.solutions) == {(0, 3), (1, 2)}
    assert found.tried <= 1000


def test_nearly_all_leaves_out_at_most_two() -> None:
    amounts = np.array([1001, 2003, 4007, 8011]) * 1000
    assert nearly_all(amounts, 12_018_000).solutions == ((2, 3),)
    assert nearly_all(amounts, 1_001_000).solutions == ()


def test_business_days_skip_weekends_and_holidays() -> None:
    calendar = BusinessCalendar.without([date(2026, 3, 4)])
    numbers = calendar.number(pl.Series([date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 9)]))
    assert (numbers - numbers[0]).to_list() == [0, 1, 3]


def test_sets_of_a_stated_size_take_few_or_leave_out_few() -> None:
    amounts = np.array([1001, 2003, 4007, 8011, 16019]) * 1000
    taken = of_size(amounts, 7_011_000, 3)
    assert taken is not None
    assert taken.solutions == ((0, 1, 2),)
    left_out = of_size(amounts, 29_038_000, 4)
    assert left_out is not None
    assert left_out.solutions == ((0, 2, 3, 4),)
    assert of_size(amounts, 29_038_000, 6) is None
