"""The order in which files arrived, on record: of two versions of a day the last to come counts.

A file gets its number once, when it lands, or when it is met in the landing zone without one. Files
that come in one go are numbered by their day of arrival, then by the time at which they were last
written where they came from, then by name; they also land in that order, so that a landing which is
killed and started again gives every file the number that it would have had.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.lake.write_result import ConflictError
from pipelines.landing.zone import LandedFile
from quality.contract import INSTANT

ARRIVALS = "control/arrivals"
ARRIVALS_SCHEMA: Mapping[str, pl.DataType] = {
    "number": pl.Int64(),
    "feed": pl.String(),
    "file": pl.String(),
    "sha256": pl.String(),
    "arrival_date": pl.Date(),
    "known_at": INSTANT,
    "sent_from": pl.String(),
    "sent_at": INSTANT,
}
"""One row per file of the landing zone; `number` grows with every arrival. Bytes that arrive again
are a row of their own: bronze holds them once, and each arrival says when they counted anew.
`sent_from` is the path that the file came from, `sent_at` when it was last written there."""

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file on record, as far as later arrivals are compared with it."""

    feed: str
    file: str
    sha256: str
    sent_from: str


def arrivals(lake: Lake) -> Iterator[Arrival]:
    """Every arrival on record, in order."""
    if lake.exists(ARRIVALS):
        columns = ["number", "feed", "file", "sha256", "sent_from"]
        rows = lake.read(ARRIVALS, columns=columns).sort("number", "file").collect()
        for _, *row in rows.iter_rows():
            yield Arrival(*row)


def number_arrivals(
    lake: Lake, landed: Sequence[LandedFile], sent_from: Mapping[str, str] | None = None
) -> int:
    """Give those of `landed` that have none their number; gives how many were new.

    Args:
        lake: the lake in whose landing zone they lie.
        landed: files of the landing zone, in any order.
        sent_from: the path that a file came from, by its place in the landing zone.

    Raises:
        ConflictError: other writers kept numbering the same files.
    """
    lake.create(ARRIVALS, ARRIVALS_SCHEMA)
    for _ in range(_ATTEMPTS):
        known = lake.read(ARRIVALS, columns=["number", "file", "sha256"]).collect()
        places, numbered = set(known["file"]), set(known.select("file", "sha256").iter_rows())
        fresh = [file for file in landed if (file.file, file.sha256) not in numbered]
        if not fresh:
            return 0
        # Other bytes at a known place, such as a copy that was killed and completed, arrive anew.
        transaction_ids = [
            f"{file.file}#{file.sha256}" if file.file in places else file.file for file in fresh
        ]
        rows = _rows(fresh, known["number"].max(), sent_from or {})
        try:
            return lake.append_once(ARRIVALS, rows, transaction_ids=transaction_ids).rows
        except ConflictError:
            continue
    raise ConflictError(f"{ARRIVALS}: other writers numbered the same files {_ATTEMPTS} times")


def _rows(fresh: Sequence[LandedFile], last: object, sent_from: Mapping[str, str]) -> pl.DataFrame:
    written = {file.file: file.path.stat().st_mtime_ns for file in fresh}
    ordered = sorted(
        fresh, key=lambda file: (file.arrival_date, written[file.file], file.name, file.file)
    )
    first = int(last) + 1 if isinstance(last, int) else 1
    rows = [
        (
            *(number, file.feed, file.file, file.sha256, file.arrival_date, file.known_at),
            *(sent_from.get(file.file, ""), datetime.fromtimestamp(written[file.file] / 1e9, UTC)),
        )
        for number, file in enumerate(ordered, first)
    ]
    return pl.DataFrame(rows, schema=pl.Schema(ARRIVALS_SCHEMA), orient="row")
