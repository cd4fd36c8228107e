"""What every reader takes and gives: a landed file in, typed rows and named refusals out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, TypeVar

import polars as pl

from quality.contract import MONEY

HEAD_BYTES = 16_384
"""How much of a file a sniffer may look at."""

REJECTED: Mapping[str, pl.DataType] = {
    "table": pl.String(),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
    "reason": pl.String(),
    "content": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
}
"""Rows that a reader could not type: the bronze table they were meant for, where they stand, why
they were rejected, their text, and the amount at issue where it can be read."""


NONE_REJECTED = pl.DataFrame(schema=REJECTED)
"""No row rejected."""


class RefusedError(ValueError):
    """A whole file cannot be taken: what is wrong, where, and what to do now."""

    def __init__(self, reason: str, *, place: str = "", advice: str = "") -> None:
        """Say `reason`, the `place` in the file and the `advice` for whoever sent it."""
        super().__init__(". ".join(part.rstrip(".") for part in (reason, place, advice) if part))
        self.reason, self.place, self.advice = reason, place, advice


Found = TypeVar("Found")


def recognised(found: Found | None, what: str) -> Found:
    """What a reader found in the head of a file that it was chosen for.

    Raises:
        RefusedError: it found nothing, so the file is not `what` it was taken for.
    """
    if found is None:
        raise RefusedError(f"The columns are not those of {what}")
    return found


@dataclass(frozen=True, slots=True)
class Source:
    """A file that waits to be read; `name` is its name as it arrived, `path` where it lies."""

    path: Path
    name: str

    def open(self) -> BinaryIO:
        """The bytes, from the start."""
        return self.path.open("rb")

    def head(self) -> bytes:
        """The first bytes, enough to tell the format."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd that a reader met and did not fail over."""

    code: str
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A count or a sum that a file states of itself, beside what its rows come to.

    `name` is the kind of total in the words of the format, the same for every file of it; `place`
    says where it is stated; `currency` is None for a count. `stated` is None where what is stated
    is no number: it proves nothing, so it does not hold.
    """

    name: str
    stated: Decimal | None
    counted: Decimal
    place: str = ""
    currency: str | None = None

    @property
    def holds(self) -> bool:
        """Whether what is stated is what was counted."""
        return self.stated == self.counted


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file, or one part of it, says.

    `tables` maps bronze table names to frames that have exactly the columns of the table's contract
    plus `source_row` and `source_path`; `rejected` has the columns of `REJECTED`; `totals` are the
    control totals that could be held against what has been read, each once.
    """

    format: str
    version: str
    tables: Mapping[str, pl.DataFrame]
    rejected: pl.DataFrame = field(default_factory=lambda: NONE_REJECTED)
    findings: tuple[Finding, ...] = ()
    totals: tuple[StatedTotal, ...] = ()


READER_FAILURES: tuple[type[BaseException], ...] = (Exception, pl.exceptions.PanicException)
"""What a reader may fail with over one file; native code panics with more than an Exception."""


@dataclass(frozen=True, slots=True)
class Format:
    """One file format: the feed it belongs to, how to know it, and how to read it.

    `recognises` sees the first `HEAD_BYTES` and the file name; content decides, the name may only
    break a tie. `read` yields the file in parts (at least one, each of bounded size), so that a
    huge file never stands in memory as a whole; it raises `RefusedError` when the file as a whole
    cannot be taken.
    """

    name: str
    feed: str
    recognises: Callable[[bytes, str], bool]
    read: Callable[[Source], Iterator[Reading]]

    def knows(self, head: bytes, name: str) -> bool:
        """Whether the sniffer knows the file; one that fails over it does not."""
        try:
            return self.recognises(head, name)
        except READER_FAILURES:
            return False
