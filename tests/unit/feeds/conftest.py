"""Files that never touch a disk."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.feeds.reading import Format, Reading, Source


@dataclass(frozen=True, init=False)
class InMemory(Source):
    """A source whose bytes never touch a disk."""

    data: bytes

    def __init__(self, data: bytes, name: str = "file") -> None:
        Source.__init__(self, Path(name), name)
        object.__setattr__(self, "data", data)

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.data)

    def head(self) -> bytes:
        return self.data[:16_384]


@dataclass(frozen=True)
class Whole:
    """All parts of a reading together."""

    rows: dict[str, list[dict[str, Any]]]
    rejected: list[dict[str, Any]]
    findings: list[Any]


@pytest.fixture(scope="session")
def source() -> type[InMemory]:
    return InMemory


@pytest.fixture(scope="session")
def read(source: type[InMemory]) -> Callable[..., list[Reading]]:
    """The parts that a reader gives of some bytes."""

    def parts(known: Format, data: bytes, name: str = "file") -> list[Reading]:
        return list(known.read(source(data, name)))

    return parts


@pytest.fixture(scope="session")
def whole() -> Callable[..., Whole]:
    """Read everything a reader yields into plain rows."""

    def gather(readings: Any) -> Whole:
        rows: dict[str, list[dict[str, Any]]] = {}
        rejected: list[pl.DataFrame] = []
        findings: list[Any] = []
        for reading in readings:
            for table, frame in reading.tables.items():
                rows.setdefault(table, []).extend(frame.to_dicts())
            rejected.append(reading.rejected)
            findings.extend(reading.findings)
        return Whole(rows, pl.concat(rejected).to_dicts(), findings)

    return gather
