"""Decisions about files, on record in control/files.

What was loaded stands. A refusal is the word of the readers of its day: the file is read again
when the readers, a contract or a saved profile have changed, or when somebody asks. Each attempt is
a row of its own.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.ingestion.file_records import FileRecord, to_frame
from pipelines.lake.lake import Lake
from pipelines.landing.zone import LandedFile
from pipelines.records.control_tables import FILES, FileState, create_control_tables

_FINAL = frozenset({"loaded", "empty", "refused"})
_CHANGED = "The landed file was changed after it was taken"
_COLUMNS = (
    "feed",
    "sha256",
    "file",
    "state",
    "reason",
    "attempt",
    "readers",
    "size",
    "ingested_at",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The last refusal of a file: of which bytes, by which readers, in which attempt."""

    sha256: str
    readers: str
    attempt: int


@dataclass(frozen=True, slots=True)
class FileRegistry:
    """What has been decided so far, by content and by place."""

    by_content: dict[tuple[str, str], str] = field(default_factory=dict)
    """(feed, sha256) to the file that had this content first."""

    by_place: dict[str, str] = field(default_factory=dict)
    """File to the SHA-256 it had when it was last taken."""

    duplicates: frozenset[str] = frozenset()
    """Files known to repeat another, or to be taken in from another place."""

    refused: Mapping[str, Refusal] = field(default_factory=dict)
    """File to the refusal that was the last word on it."""

    sizes: Mapping[str, int] = field(default_factory=dict)
    """File to the bytes it had when it was last taken."""

    def attempt(self, landed: LandedFile) -> int:
        """Which attempt to read this file the next one is."""
        last = self.refused.get(landed.file)
        return last.attempt + 1 if last and last.sha256 == landed.sha256 else 1


def file_registry(lake: Lake) -> FileRegistry:
    """Read what has been decided."""
    if not lake.exists(FILES):
        return FileRegistry()
    stored = lake.read(FILES).collect()
    rows = stored.select(name for name in _COLUMNS if name in stored.columns)
    return registry_of(rows.sort("ingested_at", maintain_order=True).iter_rows(named=True))


def registry_of(rows: Iterable[Mapping[str, Any]]) -> FileRegistry:
    """What rows of control/files come to, the older first."""
    by_content: dict[tuple[str, str], str] = {}
    by_place: dict[str, str] = {}
    sizes: dict[str, int] = {}
    refused: dict[str, Refusal] = {}
    duplicates = set()
    for row in rows:
        file, sha256, state = row["file"], row["sha256"], row["state"]
        refused.pop(file, None)
        if state not in _FINAL:
            duplicates.add(file)
            continue
        by_content.setdefault((row["feed"], sha256), file)
        if state == "refused" and str(row["reason"]).startswith(_CHANGED):
            continue  # it was never taken, and no reader can mend it
        by_place[file], sizes[file] = sha256, row.get("size") or 0
        if state == "refused":
            attempt = row.get("attempt") or 1
            refused[file] = Refusal(sha256, row.get("readers") or "", attempt)
    return FileRegistry(by_content, by_place, frozenset(duplicates), refused, sizes)


def pending_files(
    landed: Sequence[LandedFile],
    known: FileRegistry,
    *,
    readers: str = "",
    again: Collection[str] = (),
) -> tuple[tuple[LandedFile, ...], tuple[FileRecord, ...]]:
    """Those of `landed` that wait to be read, and decisions that need no reading.

    A file with the bytes of an earlier one is a duplicate. A file whose bytes changed after it was
    taken is refused: what has landed is evidence, and a correction is another file. But one that
    was refused, or that has only grown since, was not complete: it is read as it is now.

    Args:
        landed: files of the landing zone.
        known: what has been decided.
        readers: the mark of the readers we have; what others refused waits again.
        again: refused files that wait again whoever refused them.
    """
    first = dict(known.by_content)
    waiting, clear = [], []
    for file in landed:
        content = (file.feed, file.sha256)
        earlier = first.setdefault(content, file.file)
        if earlier == file.file and content in known.by_content:
            if _is_due_again(file, known.refused.get(file.file), readers, again):
                waiting.append(file)
        elif _changed(file, known):
            reason = f"{_CHANGED}; land a correction beside it"
            clear.append(_verdict(file, "refused", reason))
        elif earlier == file.file:
            waiting.append(file)
        elif file.file not in known.duplicates:
            clear.append(_verdict(file, "duplicate", f"The same bytes are here as {earlier}"))
    return tuple(waiting), tuple(clear)


def _is_due_again(
    landed: LandedFile, last: Refusal | None, readers: str, again: Collection[str]
) -> bool:
    if last is None or last.sha256 != landed.sha256:
        return False
    return landed.file in again or bool(readers and last.readers != readers)


def _changed(landed: LandedFile, known: FileRegistry) -> bool:
    """Whether other bytes were taken from this place, which are not the start of these."""
    before = known.by_place.get(landed.file, landed.sha256)
    if before == landed.sha256 or landed.file in known.refused:
        return False
    size = known.sizes.get(landed.file, 0)
    return not (0 < size < landed.size and _hash_of_start(landed.path, size) == before)


def _hash_of_start(path: Path, size: int) -> str:
    """The SHA-256 of the first bytes of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while size and (chunk := stream.read(min(size, 1 << 20))):
            digest.update(chunk)
            size -= len(chunk)
    return digest.hexdigest()


def record(lake: Lake, records: Sequence[FileRecord], now: datetime) -> int:
    """Write decisions to control/files, each once; gives how many were new."""
    create_control_tables(lake)
    by_id = {file_record.transaction_id: file_record for file_record in records}
    stored = lake.recorded(FILES, list(by_id))
    fresh = [transaction_id for transaction_id in by_id if transaction_id not in stored]
    if not fresh:
        return 0
    rows = to_frame((by_id[transaction_id] for transaction_id in fresh), now)
    return lake.append_once(FILES, rows, transaction_ids=fresh).rows


def _verdict(landed: LandedFile, state: FileState, reason: str) -> FileRecord:
    return FileRecord(
        landed.feed,
        landed.file,
        landed.sha256,
        landed.arrival_date,
        state,
        reason,
        size=landed.size,
    )
