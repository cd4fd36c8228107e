"""Taking in what waits: read, admit, append, put on record, in an order that survives any kill.

Rows go to bronze first, then to the quarantine, then go the totals that the file states, and last
of all the decision about the file goes on record. Each of the four is done once per file, because
the file's hash goes into the same commit as its rows; a run that is killed between two of them
finishes the rest the next time.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from pipelines.feeds.reading import READER_FAILURES, Finding, Format, RefusedError, Source
from pipelines.ingestion.admission import (
    Tallies,
    admit_table,
    append_quarantine,
    rejected_by_reader,
    tallies,
)
from pipelines.ingestion.file_records import ConservationError, FileRecord, IngestionResult, Tally
from pipelines.ingestion.file_registry import FileRegistry, file_registry, pending_files, record
from pipelines.ingestion.format_detection import choose_format
from pipelines.ingestion.readers_version import readers_version
from pipelines.ingestion.staging.file_staging import REJECTS, FileStaging
from pipelines.ingestion.staging.table_buffer import PartWriter
from pipelines.ingestion.stated_totals import TotalsOfFile, append_totals
from pipelines.lake.lake import Lake
from pipelines.landing.arrival_order import number_arrivals
from pipelines.landing.zone import UNKNOWN, LandedFile, copy_into_landing, sent_name
from pipelines.records.control_tables import (
    QUARANTINE,
    STATED_TOTALS,
    FileState,
    create_control_tables,
)
from quality.contract import contract, contracts

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and of how much."""

Sums = defaultdict[str, Tally]
"""A running tally for each file, by its SHA-256."""

_log = logging.getLogger(__name__)


def ensure_tables(lake: Lake) -> None:
    """Create every bronze table from its contract, and the control tables, where missing.

    A column that a contract has gained since is added.
    """
    for table in contracts().values():
        if table.layer == "bronze":
            lake.create(f"bronze/{table.name}", table.stored_schema)
            lake.widen(f"bronze/{table.name}", table.stored_schema)
    create_control_tables(lake)


def waiting(lake: Lake, landed: Sequence[LandedFile]) -> tuple[LandedFile, ...]:
    """Those of `landed` that are still to be read."""
    return pending_files(landed, file_registry(lake), readers=readers_version(lake))[0]


def ingest(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    landed: Sequence[LandedFile],
    *,
    formats: Sequence[Format],
    now: datetime,
    again: Collection[str] = (),
    progress: Progress | None = None,
) -> IngestionResult:
    """Take in the files that wait, each exactly once; files of a feed go together.

    Args:
        lake: where the rows go.
        con: a DuckDB connection of this run's own.
        landed: files of the landing zone, of any feeds and days; those taken before are passed by.
        formats: the readers we have.
        now: the wall clock, for `ingested_at` and nothing else.
        again: refused files (`feed/day/name`) that are read again, whoever refused them.
        progress: told how many files are read.

    Raises:
        ConservationError: rows or money would be lost or doubled; nothing further is written.
        ConflictError: another run takes in the same files at the same time.
    """
    ensure_tables(lake)
    number_arrivals(lake, landed)
    known, readers = file_registry(lake), readers_version(lake)
    files, clear = pending_files(landed, known, readers=readers, again=again)
    record(lake, clear, now)
    taken: list[FileRecord] = list(clear)
    versions: dict[str, int] = {}
    for feed, group in groupby(sorted(files, key=_order), key=lambda file: file.feed):
        batch = _FeedBatch(lake, con, feed, tuple(group), formats, versions, known, readers)
        done = sum(file.state != "duplicate" for file in taken) - len(clear)
        taken += batch.take(now, partial(_report, progress, feed, done, len(files)))
    return IngestionResult(tuple(taken), versions)


def _order(landed: LandedFile) -> tuple[str, str]:
    return landed.feed, landed.file


def _report(progress: Progress | None, feed: str, before: int, of: int, number: int) -> None:
    if progress:
        progress(f"taking in {feed}", before + number, of)


@dataclass(frozen=True, slots=True)
class _FeedBatch:
    """The files of one feed that wait together: one commit for each table they fill."""

    lake: Lake
    con: duckdb.DuckDBPyConnection
    feed: str
    files: tuple[LandedFile, ...]
    formats: Sequence[Format]
    versions: dict[str, int]
    known: FileRegistry
    readers: str

    def take(self, now: datetime, report: Callable[[int], None]) -> list[FileRecord]:
        """Read, admit and append; then put the decisions on record."""
        room = self.lake.scratch / "intake"
        room.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=room) as folder, PartWriter(Path(folder)) as writer:
            staging, read, totals = FileStaging(writer), [], {}
            for number, landed in enumerate(self.files, 1):
                totals[landed] = TotalsOfFile()
                read.append(self._read(landed, staging, totals[landed]))
                report(number)
            came_in, loaded, quarantined = self._admit(staging)
        self._state_totals(totals, read)
        records = [
            _with_tallies(
                file_record,
                came_in[file_record.sha256],
                loaded[file_record.sha256],
                quarantined[file_record.sha256],
            )
            for file_record in read
        ]
        record(self.lake, records, now)
        return records

    def _state_totals(
        self, totals: Mapping[LandedFile, TotalsOfFile], read: Sequence[FileRecord]
    ) -> None:
        """Append what the files that were taken state of themselves."""
        refused = {file.file for file in read if file.state == "refused"}
        taken = {
            file: file_totals for file, file_totals in totals.items() if file.file not in refused
        }
        version = append_totals(self.lake, taken)
        if version is not None:
            self.versions[STATED_TOTALS] = version

    def _read(self, landed: LandedFile, staging: FileStaging, totals: TotalsOfFile) -> FileRecord:
        """Stage the rows of one file; a refused file leaves no row there."""
        file_record = FileRecord(
            landed.feed,
            landed.file,
            landed.sha256,
            landed.arrival_date,
            "loaded",
            attempt=self.known.attempt(landed),
            readers=self.readers,
            size=landed.size,
        )
        findings: list[Finding] = []
        chosen = ""
        try:
            known_format = choose_format(landed, self.formats)
            chosen = known_format.name
            if landed.feed == UNKNOWN:
                return replace(
                    file_record,
                    state="duplicate",
                    reason=_placed_again(self.lake, landed, known_format),
                )
            with staging.stage(landed) as staged:
                for part in known_format.read(Source(landed.path, landed.name)):
                    staged.add(part)
                    findings += part.findings
                    totals.add(part.totals)
                    file_record = replace(file_record, format=part.format, version=part.version)
        except RefusedError as error:
            return replace(file_record, state="refused", reason=str(error), format=chosen)
        except (OSError, MemoryError):
            raise
        except READER_FAILURES as error:
            # A reader may fail over one file in a way nobody foresaw; the others go on.
            _log.exception("the reader %s failed over %s", chosen, landed.file)
            reason = f"The reader {chosen} failed: {type(error).__name__}: {error}"
            return replace(file_record, state="refused", reason=reason[:1000], format=chosen)
        state: FileState = "loaded" if staged.rows else "empty"
        came_in = Tally(staged.rows)
        return replace(file_record, state=state, findings=tuple(findings), came_in=came_in)

    def _admit(self, staging: FileStaging) -> tuple[Sums, Sums, Sums]:
        """Admit table by table; gives what came in, was loaded and was rejected, per file."""
        came_in, loaded, away = Sums(Tally), Sums(Tally), Sums(Tally)
        quarantine = [rejected_by_reader(staging.parts(REJECTS), self.feed)]
        _add(came_in, tallies(quarantine[0]))
        for table in staging.tables():
            parts = staging.parts(table)
            done = admit_table(self.lake, self.con, contract(table), parts, self.files)
            _add(came_in, done.came_in)
            _add(loaded, done.loaded)
            quarantine.append(done.quarantined)
            self.versions[f"bronze/{table}"] = done.version
        rows = pl.concat(quarantine)
        _add(away, tallies(rows))
        if not rows.is_empty():
            self.versions[QUARANTINE] = append_quarantine(self.lake, rows)
        return came_in, loaded, away


def _placed_again(lake: Lake, landed: LandedFile, known: Format) -> str:
    """Lay a file that nobody could place down in its feed, now that a reader knows it."""
    name = sent_name(landed.name, landed.sha256)
    placed = copy_into_landing(
        lake, landed.path, feed=known.feed, arrived=landed.arrival_date, name=name
    )
    return f"Recognised as {known.name}; the same bytes are taken in as {placed.file}"


def _add(sums: Sums, more: Tallies) -> None:
    for sha256, tally in more.items():
        sums[sha256] += tally


def _with_tallies(
    read: FileRecord, came_in: Tally, loaded: Tally, quarantined: Tally
) -> FileRecord:
    """The decision about a file, with the proof that nothing of it was lost or doubled."""
    if read.came_in.rows != came_in.rows or came_in != loaded + quarantined:
        raise ConservationError(
            f"{read.file}: {read.came_in.rows} rows were read and {came_in} came in,"
            f" but {loaded} were loaded and {quarantined} quarantined"
        )
    reason = read.reason
    if quarantined.rows:
        reason = f"{quarantined.rows:,} of {came_in.rows:,} rows are in quarantine"
        if quarantined.unknown:
            reason += f", {quarantined.unknown:,} of them of unknown amount"
    return replace(read, came_in=came_in, loaded=loaded, quarantined=quarantined, reason=reason)
