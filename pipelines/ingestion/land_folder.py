"""The way in for a folder: sorted by the readers we have, with every refusal on record."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

from pipelines.feeds.parsing.archive_members import Limits
from pipelines.feeds.reading import Format
from pipelines.ingestion.file_records import FileRecord
from pipelines.ingestion.file_registry import record
from pipelines.ingestion.format_detection import feed_of
from pipelines.lake.lake import Lake
from pipelines.landing.arrivals import Arrivals, Sorting
from pipelines.landing.arrivals import land as land_files


def land(
    lake: Lake,
    folder: Path,
    *,
    arrived: date,
    formats: Sequence[Format],
    now: datetime,
    limits: Limits | None = None,
    written_before: datetime | None = None,
    quiet: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Arrivals:
    """Land a folder's files and record in control/files those that did not come in.

    The feed of a file is that of the first format that knows it; the rest is said in
    `pipelines.landing.arrivals.land`.
    """
    sorting = Sorting({known_format.feed for known_format in formats}, partial(feed_of, formats))
    arrivals = land_files(
        lake,
        folder,
        arrived=arrived,
        sorting=sorting,
        limits=limits,
        written_before=written_before,
        quiet=quiet,
        progress=progress,
    )
    record(
        lake,
        [
            FileRecord(t.feed, t.file, t.sha256, t.arrival_date, t.state, t.reason)
            for t in arrivals.refused
        ],
        now,
    )
    return arrivals
