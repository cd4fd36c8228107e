"""The control totals of files on their way into control/stated_totals, in bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import polars as pl

from pipelines.feeds.reading import StatedTotal
from pipelines.lake.lake import Lake
from pipelines.lake.write_result import ConflictError
from pipelines.landing.zone import LandedFile
from pipelines.records.control_tables import STATED_TOTALS, STATED_TOTALS_SCHEMA

MOST_FAILED = 200
"""Totals of one kind that may fail one by one in a file; the rest are summed up in one more row."""

_LARGEST = Decimal(10) ** 24
"""Beyond any money there is, and within what decimals are added up exactly."""

_THOUSANDTH = Decimal("0.001")
_ATTEMPTS = 5

_Kind = tuple[str, str | None, bool]


@dataclass(slots=True)
class _Summed:
    """Totals of one kind: how many, and both sides added up."""

    first: StatedTotal
    stated: Decimal = Decimal(0)
    counted: Decimal = Decimal(0)
    totals: int = 0

    def add(self, total: StatedTotal) -> None:
        self.stated += total.stated or 0
        self.counted += total.counted
        self.totals += 1

    def total(self) -> StatedTotal:
        if self.totals == 1:
            return self.first
        together = replace(self.first, stated=self.stated, counted=self.counted, place="")
        return _in_bounds(together)


@dataclass(slots=True)
class TotalsOfFile:
    """The totals of one file: those that hold summed up by kind, the others one by one."""

    failed: list[StatedTotal] = field(default_factory=list)
    summed: dict[_Kind, _Summed] = field(default_factory=dict)
    _failed_of: dict[str, int] = field(default_factory=dict)

    def add(self, totals: Iterable[StatedTotal]) -> None:
        """Take the totals of one part of the file."""
        for given in totals:
            total = _in_bounds(given)
            if not total.holds and self._failed_of.get(total.name, 0) < MOST_FAILED:
                self._failed_of[total.name] = self._failed_of.get(total.name, 0) + 1
                self.failed.append(total)
                continue
            kind = (total.name, total.currency, total.holds)
            self.summed.setdefault(kind, _Summed(total)).add(total)

    def rows(self, landed: LandedFile) -> list[Mapping[str, object]]:
        """Rows of control/stated_totals."""
        alone = [(total, False, 1) for total in self.failed]
        together = [
            (summed.total(), holds, summed.totals) for (_, _, holds), summed in self.summed.items()
        ]
        return [
            {
                "feed": landed.feed,
                "file": landed.file,
                "sha256": landed.sha256,
                "arrival_date": landed.arrival_date,
                "name": total.name,
                "place": total.place or None,
                "currency": total.currency,
                "stated": None if total.stated is None else total.stated.quantize(_THOUSANDTH),
                "counted": total.counted.quantize(_THOUSANDTH),
                "holds": holds,
                "totals": count,
                "known_at": landed.known_at,
            }
            for total, holds, count in (*alone, *together)
        ]


def append_totals(lake: Lake, totals: Mapping[LandedFile, TotalsOfFile]) -> int | None:
    """Append the totals of files, each file once; gives the version, or None for nothing."""
    rows = {
        f"{file.feed}/{file.sha256}": file_totals.rows(file) for file, file_totals in totals.items()
    }
    rows = {transaction_id: of_file for transaction_id, of_file in rows.items() if of_file}
    for _ in range(_ATTEMPTS):
        missing = sorted(rows.keys() - lake.recorded(STATED_TOTALS, sorted(rows)))
        if not missing:
            return lake.version(STATED_TOTALS) if rows else None
        missing_rows = [row for transaction_id in missing for row in rows[transaction_id]]
        frame = pl.DataFrame(missing_rows, schema=pl.Schema(STATED_TOTALS_SCHEMA))
        try:
            return lake.append_once(STATED_TOTALS, frame, transaction_ids=missing).version
        except ConflictError:
            continue
    raise ConflictError(f"{STATED_TOTALS}: other writers took the same files {_ATTEMPTS} times")


def _in_bounds(total: StatedTotal) -> StatedTotal:
    """A figure that no decimal of the lake can hold is no figure."""
    stated = total.stated
    readable = stated is not None and stated.is_finite() and abs(stated) < _LARGEST
    counted = min(max(total.counted, -_LARGEST), _LARGEST)
    return replace(total, stated=stated if readable else None, counted=counted)
