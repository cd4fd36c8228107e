"""Randomness that depends on what it is drawn for, never on the order of drawing.

A draw is a hash of (seed, stream, keys): splitmix64's finaliser applied key by key. So a customer's
life is the same in whatever chunk it is simulated, and one more day adds to the files of the days
before it without changing them.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bits = NDArray[np.uint64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
"""Constants of splitmix64 (Steele, Lea and Flood, 2014): the golden ratio and two multipliers."""


def _mix(state: Bits) -> Bits:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class RandomStreams:
    """Independent streams of draws, named by purpose and indexed by whole-number keys."""

    seed: int

    def bits(self, stream: str, *keys: ArrayLike) -> Bits:
        """64 random bits for each combination of keys (arrays of one length, or scalars)."""
        start = (self.seed * 0x1000003 + zlib.crc32(stream.encode())) & 0xFFFFFFFFFFFFFFFF
        state = _mix(np.atleast_1d(np.array(start, dtype=np.uint64)))
        for key in keys:
            whole = np.atleast_1d(np.asarray(key)).astype(np.int64).view(np.uint64)
            state = _mix((state ^ whole) * _GOLDEN + _GOLDEN)
        return state

    def uniform(self, stream: str, *keys: ArrayLike) -> Floats:
        """Numbers in [0, 1)."""
        return (self.bits(stream, *keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def chance(self, probability: ArrayLike, stream: str, *keys: ArrayLike) -> NDArray[np.bool_]:
        """True with the given probability."""
        return self.uniform(stream, *keys) < np.asarray(probability)

    def whole(self, low: ArrayLike, high: ArrayLike, stream: str, *keys: ArrayLike) -> Ints:
        """Whole numbers from low to high, both included."""
        bottom, top = np.asarray(low), np.asarray(high)
        steps = np.floor(self.uniform(stream, *keys) * (top - bottom + 1))
        return np.asarray(bottom + steps, dtype=np.int64)

    def normal(self, stream: str, *keys: ArrayLike) -> Floats:
        """Standard normal numbers (Box-Muller)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(stream, *keys)))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(f"{stream}'", *keys)))

    def lognormal(
        self, median: ArrayLike, sigma: ArrayLike, stream: str, *keys: ArrayLike
    ) -> Floats:
        """Positive numbers with the given median; sigma is that of the logarithm."""
        return np.asarray(
            np.asarray(median) * np.exp(np.asarray(sigma) * self.normal(stream, *keys))
        )

    def pick(self, weights: Sequence[float], stream: str, *keys: ArrayLike) -> Ints:
        """Positions in `weights`, each as often as it weighs."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.searchsorted(edges / edges[-1], self.uniform(stream, *keys), side="right").astype(
            np.int64
        )


def identifiers(bits: Bits, width: int) -> NDArray[np.str_]:
    """The first `width` (at most 16) hexadecimal digits of each, as text."""
    digits = np.frombuffer(bits.astype(">u8").tobytes().hex().encode("ascii"), dtype="S16")
    return digits.astype(f"S{width}").astype(f"U{width}")
