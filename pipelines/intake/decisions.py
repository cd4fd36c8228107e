"""Decisions about files, on record in control/files: each is taken once and then stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.intake.records import FileRecord, to_frame
from pipelines.lake.control import FILES, create_control_tables
from pipelines.lake.lake import Lake
from pipelines.lake.landing import Landed

_FINAL = frozenset({"loaded", "empty", "refused"})


@dataclass(frozen=True, slots=True)
class Decided:
    """What has been decided so far, by content and by place."""

    by_content: dict[tuple[str, str], str] = field(default_factory=dict)
    """(feed, sha256) to the file that had this content first."""

    by_place: dict[str, str] = field(default_factory=dict)
    """File to the SHA-256 it had when it was taken."""

    duplicates: frozenset[str] = frozenset()
    """Files known to repeat another."""


def decided(lake: Lake) -> Decided:
    """Read what has been decided."""
    if not lake.exists(FILES):
        return Decided()
    columns = ["feed", "sha256", "file", "state"]
    rows = lake.read(FILES, columns=columns).collect().iter_rows()
    by_content: dict[tuple[str, str], str] = {}
    by_place: dict[str, str] = {}
    duplicates = set()
    for feed, sha256, file, state in rows:
        if state in _FINAL:
            by_content[feed, sha256] = file
            by_place.setdefault(file, sha256)
        else:
            duplicates.add(file)
    return Decided(by_content, by_place, frozenset(duplicates))


def sort_out(
    landed: Sequence[Landed], known: Decided
) -> tuple[tuple[Landed, ...], tuple[FileRecord, ...]]:
    """Those of `landed` that wait to be read, and decisions that need no reading.

    A file with the bytes of an earlier one is a duplicate. A file whose bytes changed after it was
    taken is refused: what has landed is evidence, and a correction is another file.
    """
    first = dict(known.by_content)
    waiting, clear = [], []
    for one in landed:
        twin = first.setdefault((one.feed, one.sha256), one.file)
        before = known.by_place.get(one.file, one.sha256)
        if twin == one.file and (one.feed, one.sha256) in known.by_content:
            continue
        if before != one.sha256:
            reason = "The landed file was changed after it was taken; land a correction beside it"
            clear.append(_verdict(one, "refused", reason))
        elif twin == one.file:
            waiting.append(one)
        elif one.file not in known.duplicates:
            clear.append(_verdict(one, "duplicate", f"The same bytes are here as {twin}"))
    return tuple(waiting), tuple(clear)


def record(lake: Lake, records: Sequence[FileRecord], now: datetime) -> int:
    """Write decisions to control/files, each once; gives how many were new."""
    create_control_tables(lake)
    by_token = {one.token: one for one in records}
    stored = lake.recorded(FILES, list(by_token))
    fresh = [token for token in by_token if token not in stored]
    if not fresh:
        return 0
    rows = to_frame((by_token[token] for token in fresh), now)
    return lake.append_once(FILES, rows, tokens=fresh).rows


def _verdict(landed: Landed, state: str, reason: str) -> FileRecord:
    return FileRecord(landed.feed, landed.file, landed.sha256, landed.arrival_date, state, reason)
