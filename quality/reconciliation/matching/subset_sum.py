"""Which of these amounts add up to that total? A bounded search, and how much luck explains.

The work of a search is counted in sums tried, never in seconds, so that it ends the same on every
machine. Among k subsets of amounts spread over a range of R units about k/R hit any total by
accident: only a total that accident hardly explains is proof.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_CENT = 10
"""Thousandths in the smallest step of most currencies: the grain of sums. 20 moves scores, 5
nothing."""
_MOST_SOLUTIONS = 32
"""Solutions after which a search ends: two already make a batch ambiguous, and a suggestion is made
of three at most (`batches`). 8 moves nothing."""
_MOST_SETS = 500_000
"""Sets tried where a row states its count: all of three among 144. 50,000 or 5,000,000 move nothing
on the bank_rec set and two demos."""
_LARGEST_SEARCHED = 3
"""Members taken or left out that are tried one by one; four of a hundred would be four million
sets."""


@dataclass(frozen=True, slots=True)
class Subsets:
    """The subsets that add up to a total: positions of members, how many tried, what luck gives."""

    solutions: tuple[tuple[int, ...], ...]
    tried: int
    expected_false_matches: float


def subsets_with_sum(amounts: Ints, total: int, *, largest: int, steps: int) -> Subsets:
    """All subsets of two to `largest` amounts that add up to the total, by meeting in the middle.

    Only the first solutions are kept. With more amounts than the steps allow the last ones are left
    out, so the caller puts the likeliest first.
    """
    while amounts.size and 2 ** ((amounts.size + 1) // 2 + 1) > steps:
        amounts = amounts[:-1]
    half = amounts.size // 2
    sums_a, bits_a = _all_sums(amounts[:half])
    sums_b, bits_b = _all_sums(amounts[half:])
    order = np.argsort(sums_b, kind="stable")
    sums_b, bits_b = sums_b[order], bits_b[order]
    start = np.searchsorted(sums_b, total - sums_a, "left")
    stop = np.searchsorted(sums_b, total - sums_a, "right")
    solutions = []
    for at in np.flatnonzero(stop > start):
        for to in range(start[at], stop[at]):
            mask = int(bits_a[at]) | int(bits_b[to]) << half
            if 2 <= mask.bit_count() <= largest:
                solutions.append(tuple(n for n in range(amounts.size) if mask >> n & 1))
        if len(solutions) >= _MOST_SOLUTIONS:
            break
    subsets = sum(comb(amounts.size, n) for n in range(2, min(largest, amounts.size) + 1))
    spread = max(int(np.abs(amounts).sum()) // _CENT, 1)
    return Subsets(tuple(sorted(solutions)), sums_a.size + sums_b.size, subsets / spread)


def _all_sums(amounts: Ints) -> tuple[Ints, Ints]:
    sums = np.zeros(1, dtype=np.int64)
    bits = np.zeros(1, dtype=np.int64)
    for n, amount in enumerate(amounts):
        sums = np.concatenate([sums, sums + amount])
        bits = np.concatenate([bits, bits | 1 << n])
    return sums, bits


def for_round_amounts(expected_false_matches: float, members: Ints) -> float:
    """The same accidents among amounts that are all round: coarse amounts meet more often."""
    grain = int(np.gcd.reduce(np.abs(members)))
    return expected_false_matches * max(grain // _CENT, 1)


def nearly_all(amounts: Ints, total: int) -> Subsets:
    """The sets that leave out at most two of the amounts and add up to the total."""
    excess = int(amounts.sum()) - total
    largest = max(int(np.abs(amounts).max(initial=1)) // _CENT, 1)
    everything = tuple(range(amounts.size))
    if excess == 0:
        return Subsets((everything,), 1, 1 / largest)
    tried, expected_false_matches = 1 + amounts.size, (1 + amounts.size) / largest
    left_out: list[tuple[int, ...]] = [(int(n),) for n in np.flatnonzero(amounts == excess)]
    if not left_out:
        one, two = np.triu_indices(amounts.size, 1)
        tried, expected_false_matches = (
            tried + one.size,
            expected_false_matches + one.size / (2 * largest),
        )
        hits = np.flatnonzero(amounts[one] + amounts[two] == excess)[:_MOST_SOLUTIONS]
        left_out = [(int(one[n]), int(two[n])) for n in hits]
    kept = (tuple(n for n in everything if n not in out) for out in left_out)
    return Subsets(tuple(k for k in kept if len(k) > 1), tried, expected_false_matches)


def of_size(amounts: Ints, total: int, size: int) -> Subsets | None:
    """The sets of so many amounts that add up to the total; None where there are too many to try.

    At most three may be taken, or at most three left out.
    """
    out = amounts.size - size
    few = min(size, out)
    if not 0 <= few <= _LARGEST_SEARCHED or comb(amounts.size, few) > _MOST_SETS or size < 2:
        return None
    goal = total if few == size else int(amounts.sum()) - total
    hits = _sets(amounts, goal, few)
    if few != size:
        everything = range(amounts.size)
        hits = [tuple(n for n in everything if n not in hit) for hit in hits]
    largest = max(int(np.abs(amounts).max(initial=1)) // _CENT, 1)
    tried = comb(amounts.size, few)
    return Subsets(tuple(sorted(hits)), tried, tried / largest)


def _sets(amounts: Ints, goal: int, size: int) -> list[tuple[int, ...]]:
    """The first sets of none to three amounts that add up to the goal."""
    if size == 0:
        return [()] if goal == 0 else []
    if size == 1:
        return [(int(n),) for n in np.flatnonzero(amounts == goal)[:_MOST_SOLUTIONS]]
    one, two = np.triu_indices(amounts.size, 1)
    sums = amounts[one] + amounts[two]
    if size == 2:
        hits = np.flatnonzero(sums == goal)[:_MOST_SOLUTIONS]
        return [(int(one[n]), int(two[n])) for n in hits]
    solutions: list[tuple[int, ...]] = []
    for third in range(2, amounts.size):
        below = np.flatnonzero((sums == goal - amounts[third]) & (two < third))
        solutions += [(int(one[n]), int(two[n]), third) for n in below]
        if len(solutions) >= _MOST_SOLUTIONS:
            break
    return solutions
