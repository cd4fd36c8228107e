from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.demo.world.random_streams import RandomStreams

KEYS = st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=50)


@given(KEYS, st.integers(0, 2**31), st.randoms(use_true_random=False))
def test_a_draw_depends_on_its_key_and_not_on_its_neighbours(
    keys: Any, seed: int, random: Any
) -> None:
    streams = RandomStreams(seed)
    drawn = dict(zip(keys, streams.uniform("any", np.array(keys)), strict=True))
    shuffled = random.sample(keys, len(keys))
    again = dict(zip(shuffled, streams.uniform("any", np.array(shuffled)), strict=True))
    assert drawn == again


@given(KEYS, st.integers(-100, 100), st.integers(0, 100))
def test_whole_numbers_stay_between_their_bounds(keys: Any, low: int, span: int) -> None:
    drawn = RandomStreams(1).whole(low, low + span, "bounds", np.array(keys))
    assert drawn.min() >= low
    assert drawn.max() <= low + span


def test_streams_and_seeds_give_different_numbers() -> None:
    keys = np.arange(1000)
    first = RandomStreams(1).uniform("a", keys)
    assert not np.array_equal(first, RandomStreams(1).uniform("b", keys))
    assert not np.array_equal(first, RandomStreams(2).uniform("a", keys))


def test_draws_are_spread_as_they_should_be() -> None:
    keys = np.arange(200_000)
    streams = RandomStreams(5)
    assert abs(streams.uniform("u", keys).mean() - 0.5) < 0.005
    normal = streams.normal("n", keys)
    assert abs(normal.mean()) < 0.01
    assert abs(normal.std() - 1) < 0.01
    counts = np.bincount(streams.pick((1, 2, 7), "p", keys), minlength=3) / keys.size
    assert np.allclose(counts, (0.1, 0.2, 0.7), atol=0.01)
