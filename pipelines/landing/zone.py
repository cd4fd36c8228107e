"""The landing zone: files exactly as they arrived, `<feed>/<yyyy-mm-dd>/<file>`, never changed.

The dated folder is the day of arrival. A file enters whole or not at all: it is written aside, made
durable, and linked under its name; nothing that lies there is ever written over.
"""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4

from pipelines.lake.lake import Lake
from pipelines.lake.memory import recall, remember
from pipelines.landing.file_stability import HeldFile, why_incomplete, why_unstable

UNKNOWN = "unknown"
"""The feed of files that nobody could place."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FEED = re.compile(r"[a-z][a-z0-9_]*")
_UNSAFE = re.compile(r"[^\w .,;+=@()&~!#-]")
_LONGEST_NAME = 150
_MOST_TIMES = 10_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LandedFile:
    """A file in the landing zone, with the SHA-256 of its bytes."""

    feed: str
    arrival_date: date
    name: str
    sha256: str
    size: int
    path: Path

    @property
    def file(self) -> str:
        """Its place in the landing zone: what rows call their `source_file`."""
        return f"{self.feed}/{self.arrival_date}/{self.name}"

    @property
    def known_at(self) -> datetime:
        """The moment from which its rows count as known: the end of the day of arrival, UTC."""
        return end_of_day(self.arrival_date)


def end_of_day(day: date) -> datetime:
    """The last second of a day, UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def safe_name(name: str) -> str:
    """A file name that is harmless on any disk and in any shell or glob; recognisable still."""
    plain = unicodedata.normalize("NFC", name)
    plain = _UNSAFE.sub("_", plain).strip()
    plain = re.sub(r"^\.+", "_", plain) or "unnamed"
    if len(plain.encode()) <= _LONGEST_NAME:
        return plain
    mark = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    suffix = Path(plain).suffix[:16]
    stem = plain.encode()[: _LONGEST_NAME - 30].decode("utf-8", "ignore")
    return f"{stem}~{mark}{suffix}"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal, read in bounded pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class GrowingError(RuntimeError):
    """A file changed while it was copied: somebody is still writing it."""


def copy_into_landing(
    lake: Lake, source: Path, *, feed: str, arrived: date, name: str, again: bool = False
) -> LandedFile:
    """Copy a file into the landing zone, byte for byte, with the time at which it was written.

    The same bytes under the same name are there already; other bytes under a name that is taken get
    `~` and the start of their hash before the extension. With `again` the same bytes are laid down
    once more, under a name of their own: they arrived again.

    Raises:
        ValueError: the feed has no proper name.
        GrowingError: the file changed meanwhile; nothing was laid down.
    """
    if not _FEED.fullmatch(feed):
        raise ValueError(f"{feed!r} is not the name of a feed")
    folder = lake.landing / feed / arrived.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    aside = lake.scratch / "incoming" / uuid4().hex
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        digest, size = _copy(source, aside)
        for candidate in _names(Path(safe_name(name)), digest, again=again):
            target = folder / candidate
            if _link(aside, target) or (not again and sha256_of(target) == digest):
                return LandedFile(feed, arrived, candidate, digest, size, target)
    finally:
        aside.unlink(missing_ok=True)
    raise FileExistsError(f"{folder / name} and its marked names are taken by other bytes")


def _names(safe: Path, digest: str, *, again: bool) -> Iterator[str]:
    """The names under which bytes may lie: their own, marked by the hash, marked and counted."""
    mark = f"{safe.stem}~{digest[:8]}"
    yield safe.name
    yield f"{mark}{safe.suffix}"
    if again:
        for times in range(2, _MOST_TIMES):
            yield f"{mark}-{times}{safe.suffix}"


def sent_name(name: str, digest: str) -> str:
    """The name under which a landed file was sent, without the mark of `copy_into_landing`."""
    path = Path(name)
    return re.sub(rf"~{digest[:8]}(-[0-9]+)?$", "", path.stem) + path.suffix


def _copy(source: Path, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as given, target.open("wb") as taken:
        before = os.fstat(given.fileno())
        while chunk := given.read(_CHUNK):
            digest.update(chunk)
            size += taken.write(chunk)
        taken.flush()
        os.fsync(taken.fileno())
        after = os.fstat(given.fileno())
    written = after.st_mtime_ns
    if (before.st_size, before.st_mtime_ns) != (after.st_size, written) or size != after.st_size:
        raise GrowingError(f"{source.name} changed while it was copied")
    os.utime(target, ns=(written, written))
    target.chmod(0o400)
    return digest.hexdigest(), size


def _link(aside: Path, target: Path) -> bool:
    """Give the file its name, unless the name is taken: a link never replaces."""
    try:
        os.link(aside, target)
    except FileExistsError:
        return False
    return True


def scan(lake: Lake, feed: str | None = None, *, quiet: bool = False) -> tuple[LandedFile, ...]:
    """Every finished file in the landing zone, or of one feed, in the order of feed, day and name.

    Hashes are remembered beside the lake's scratch as long as size and times of a file stay the
    same; losing that memory costs only the time to read the files again.

    Args:
        lake: the lake.
        feed: the feed; None for all.
        quiet: leave out, too, what changed a moment ago: somebody may be copying it.
    """
    memory = lake.scratch / "landing.json"
    remembered = recall(memory)
    of_others = {} if feed is None else _others(remembered, feed)
    landed, fresh = [], dict(of_others)
    for name, day, path in _files(lake.landing, feed):
        status = path.stat()
        file = f"{name}/{day}/{path.name}"
        mark = _mark(status)
        *known, digest = remembered.get(file, (None,))
        if known != mark or not digest:
            if why_held(path, status, quiet=quiet):
                continue
            digest = sha256_of(path)
            if _mark(path.stat()) != mark:
                continue  # it changed while it was read
        fresh[file] = [*mark, digest]
        landed.append(LandedFile(name, day, path.name, str(digest), status.st_size, path))
    if fresh != remembered:
        remember(memory, fresh)
    return tuple(landed)


def _mark(status: os.stat_result) -> list[int | str]:
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def why_held(path: Path, status: os.stat_result, *, quiet: bool) -> str | None:
    """Why a file is not taken yet, or None."""
    return why_incomplete(path.name) or why_unstable(path, status, quiet=quiet)


def held(lake: Lake, today: date) -> tuple[HeldFile, ...]:
    """Files of the landing zone that wait: dated in the future, or not finished."""
    waiting = []
    for name, day, path in _files(lake.landing, None):
        with suppress(FileNotFoundError):
            reason = why_held(path, path.stat(), quiet=True)
            if day > today:
                reason = "it is dated in the future; it is taken in when its day comes"
            if reason:
                waiting.append(HeldFile(f"{name}/{day}/{path.name}", reason))
    return tuple(waiting)


def landed_paths(lake: Lake) -> Iterator[Path]:
    """The paths of all files in the landing zone."""
    return (path for _, _, path in _files(lake.landing, None))


def due(
    landed: Sequence[LandedFile], today: date
) -> tuple[tuple[LandedFile, ...], tuple[LandedFile, ...]]:
    """Files that have arrived, and those dated in the future.

    The latter wait for their day: they are not taken in, and the day of the figures does not move.
    """
    here = tuple(file for file in landed if file.arrival_date <= today)
    ahead = tuple(file for file in landed if file.arrival_date > today)
    return here, ahead


def newest_arrival(lake: Lake, today: date) -> date | None:
    """The latest day, up to today, on which a file arrived; None when nothing has."""
    here, _ = due(scan(lake, quiet=True), today)
    return max((file.arrival_date for file in here), default=None)


def _files(landing: Path, only: str | None) -> Iterator[tuple[str, date, Path]]:
    for feed in _folders(landing):
        if only is not None and feed.name != only:
            continue
        for day in _folders(feed):
            arrived = arrival_day(day.name)
            if arrived is None or not _FEED.fullmatch(feed.name):
                continue
            with os.scandir(day) as entries:
                names = sorted(e.name for e in entries if e.is_file(follow_symlinks=False))
            for name in names:
                if not name.startswith("."):
                    yield feed.name, arrived, day / name


def _folders(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(f for f in path.iterdir() if f.is_dir() and not f.is_symlink())


def arrival_day(folder: str) -> date | None:
    """The day that a folder's name states as `yyyy-mm-dd`, or None."""
    try:
        return date.fromisoformat(folder) if _DAY.fullmatch(folder) else None
    except ValueError:
        return None


def _others(remembered: Mapping[str, list[int | str]], feed: str) -> dict[str, list[int | str]]:
    return {file: mark for file, mark in remembered.items() if not file.startswith(f"{feed}/")}
