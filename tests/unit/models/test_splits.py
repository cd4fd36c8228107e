"""Time splits: nothing that is tested on, or not yet known, is trained on."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.splits import delayed_split, rolling_origins


def test_labels_have_time_to_become_known_between_training_and_test() -> None:
    split = delayed_split(date(2018, 8, 14), train_days=7, delay_days=7, test_days=7)
    assert (split.train_from, split.train_to) == (date(2018, 7, 25), date(2018, 7, 31))
    assert (split.test_from, split.test_to) == (date(2018, 8, 8), date(2018, 8, 14))
    assert split.delay_days == 7


@given(
    days=st.integers(1, 300),
    horizon=st.integers(1, 100),
    every=st.integers(1, 40),
    warm_up=st.integers(1, 100),
)
def test_every_origin_has_its_warm_up_and_its_whole_horizon_inside_history(
    days: int, horizon: int, every: int, warm_up: int
) -> None:
    first = date(2026, 1, 1)
    last = first + timedelta(days=days - 1)
    splits = list(rolling_origins(first, last, horizon=horizon, every=every, warm_up=warm_up))
    assert bool(splits) == (days >= horizon + warm_up)
    for split in splits:
        assert (split.train_to - split.train_from).days + 1 >= warm_up
        assert split.test_from == split.train_to + timedelta(days=1)
        assert (split.test_to - split.test_from).days + 1 == horizon
        assert split.test_to <= last
    steps = {(b.train_to - a.train_to).days for a, b in itertools.pairwise(splits)}
    assert steps <= {every}
    assert not splits or splits[-1].test_to == last
