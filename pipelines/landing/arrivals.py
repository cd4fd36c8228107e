"""Taking in a folder of somebody else's: which file belongs to which feed and day."""

import os
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from pipelines.feeds.parsing.archive_members import Limits, is_archive, unpack
from pipelines.feeds.reading import HEAD_BYTES, RefusedError
from pipelines.lake.lake import Lake
from pipelines.lake.synthetic import SYNTHETIC
from pipelines.landing.arrival_order import arrivals as recorded_arrivals
from pipelines.landing.arrival_order import number_arrivals
from pipelines.landing.file_stability import HeldFile
from pipelines.landing.zone import (
    UNKNOWN,
    GrowingError,
    LandedFile,
    arrival_day,
    copy_into_landing,
    safe_name,
    scan,
    sent_name,
    sha256_of,
    why_held,
)

_NOT_SENT = frozenset({"Thumbs.db", "desktop.ini", SYNTHETIC})


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not landed, and why."""

    feed: str
    arrival_date: date
    name: str
    sha256: str
    state: Literal["refused"]
    reason: str

    @property
    def file(self) -> str:
        """The place in the landing zone that it would have had."""
        return f"{self.feed}/{self.arrival_date}/{self.name}"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came of a folder: files that are new here, that were here, that did not come in.

    Those that are `held` are not finished, and wait for another time.
    """

    landed: tuple[LandedFile, ...] = ()
    present: int = 0
    refused: tuple[Refused, ...] = ()
    held: tuple[HeldFile, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a file's feed is found: by a folder that bears a feed's name, else by its content.

    `feed_of` sees the first 16 KiB and the name, and gives None for what it does not know.
    """

    feeds: Collection[str]
    feed_of: Callable[[bytes, str], str | None]


def land(
    lake: Lake,
    folder: Path,
    *,
    arrived: date,
    sorting: Sorting,
    limits: Limits | None = None,
    written_before: datetime | None = None,
    quiet: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Arrivals:
    """Copy the files of a folder into the landing zone, and put on record in which order they came.

    A file that lies in its folder as it was landed from there is not landed again, however often
    the folder is given. Bytes that are here but come from elsewhere, under another name, on another
    day or after other bytes of their name, have arrived once more and count anew.

    Args:
        lake: the lake to land in.
        folder: laid out as `<feed>/<yyyy-mm-dd>/<file>`, or any folder. Links are not followed.
        arrived: the day of arrival of files whose folder states none.
        sorting: how the feed of a file is found.
        limits: bounds on files and containers.
        written_before: files changed since then may still be written; they wait for another time.
        quiet: the same of files that changed a moment ago, whatever the time is.
        progress: hears what is being done, how many files are done, and of how many.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    if folder.resolve().is_relative_to(lake.root.resolve()):
        return Arrivals(present=len(scan(lake)))
    if (folder / SYNTHETIC).is_file():
        lake.landing.mkdir(parents=True, exist_ok=True)
        (lake.landing / SYNTHETIC).write_text(f"Files from {folder.name} are simulated.\n", "utf-8")
    number_arrivals(lake, scan(lake))
    session = _LandingSession(
        lake, sorting, limits or Limits(), _ArrivedFiles.of(lake), quiet=quiet
    )
    files = _in_order(folder, arrived)
    for number, (changed, path, location) in enumerate(files, 1):
        if written_before is not None and changed >= written_before.timestamp() * 1e9:
            session.hold(path, "it changed a moment ago; it is taken when it has been left alone")
        else:
            session.take(path, location)
        if progress:
            progress("landing", number, len(files))
    number_arrivals(lake, session.landed, session.sent_from)
    return Arrivals(
        tuple(session.landed), session.present, tuple(session.refused), tuple(session.held)
    )


def files_in(folder: Path) -> Iterator[Path]:
    """The files of a folder that `land` would look at."""
    return _walk(folder)


def _in_order(folder: Path, arrived: date) -> list[tuple[int, Path, "_Location"]]:
    """The files of a folder as they will be numbered: by day, time of writing and name."""
    files = [
        (path.lstat().st_mtime_ns, path, _location(path, folder, arrived)) for path in _walk(folder)
    ]
    return sorted(files, key=lambda file: (file[2].arrived, file[0], file[2].name, file[1]))


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in (*files, *links):
            if not name.startswith(".") and name not in _NOT_SENT:
                yield Path(parent) / name


@dataclass(frozen=True, slots=True)
class _Location:
    """What the folders say about a file: the name above the day, and the day."""

    label: str
    arrived: date
    name: str


def _location(path: Path, folder: Path, arrived: date) -> _Location:
    above = (folder.resolve() / path.relative_to(folder)).parent
    stated = arrival_day(above.name)
    if stated is None:
        return _Location("", arrived, path.name)
    return _Location(above.parent.name, stated, path.name)


@dataclass(slots=True)
class _ArrivedFiles:
    """What has arrived so far: contents by feed, and the last bytes of each name and each path."""

    contents: set[tuple[str, str]] = field(default_factory=set)
    by_name: dict[str, str] = field(default_factory=dict)
    by_path: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lake: Lake) -> "_ArrivedFiles":
        known = cls()
        for arrival in recorded_arrivals(lake):
            known.note(arrival.feed, arrival.file, arrival.sha256, arrival.sent_from)
        return known

    def note(self, feed: str, file: str, digest: str, path: str) -> None:
        """Take note of an arrival."""
        self.contents.add((feed, digest))
        folder, _, name = file.rpartition("/")
        self.by_name[f"{folder}/{sent_name(name, digest)}"] = digest
        if path:
            self.by_path[path] = digest

    def lies_here(self, file: str, digest: str, path: str) -> bool:
        """Whether these are the last bytes that came under this name of the day, or from there."""
        return digest in (self.by_name.get(file), self.by_path.get(path))


@dataclass(slots=True)
class _LandingSession:
    """One run of landing: takes files one after the other and knows what has arrived before."""

    lake: Lake
    sorting: Sorting
    limits: Limits
    known: _ArrivedFiles
    quiet: bool = False
    sent_from: dict[str, str] = field(default_factory=dict)
    landed: list[LandedFile] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    held: list[HeldFile] = field(default_factory=list)
    present: int = 0

    def hold(self, path: Path, reason: str) -> None:
        """Leave a file where it is for another time."""
        self.held.append(HeldFile(path.name, reason))

    def take(self, path: Path, location: _Location) -> None:
        """Take a file in, unless it is not finished."""
        try:
            status = path.lstat()
            reason = None
            if stat.S_ISREG(status.st_mode):
                reason = why_held(path, status, quiet=self.quiet)
            if reason:
                self.hold(path, reason)
            else:
                self._take(path, location, status)
        except GrowingError:
            self.hold(path, "it changed while it was copied; it is taken when it is complete")
        except FileNotFoundError:
            self.hold(path, "it was taken away or renamed meanwhile")

    def _take(self, path: Path, location: _Location, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            self._refuse(path, location, "A link or device is not taken; send the file itself")
        elif status.st_size > self.limits.file:
            size, most = status.st_size / 2**30, self.limits.file / 2**30
            self._refuse(path, location, f"The file has {size:.1f} GiB, more than {most:.1f} GiB")
        else:
            with path.open("rb") as stream:
                head = stream.read(HEAD_BYTES)
            known = self.sorting.feed_of(head, path.name)
            if known is None and is_archive(head):
                self._take_archive(path, location)
            else:
                self._take_file(path, head, location, path.absolute())

    def _take_archive(self, path: Path, location: _Location) -> None:
        room = self.lake.scratch / "unpacked"
        room.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=room) as into:
            try:
                members = unpack(path, Path(into), self.limits)
            except RefusedError as error:
                self._refuse(path, location, str(error))
                return
            written = path.stat().st_mtime_ns
            for member in sorted(members, key=lambda member: member.name):
                os.utime(member.path, ns=(written, written))
                inside = _Location(
                    location.label, location.arrived, f"{location.name}!{member.name}"
                )
                with member.path.open("rb") as stream:
                    head = stream.read(HEAD_BYTES)
                self._take_file(member.path, head, inside, path.absolute() / member.name)

    def _take_file(self, path: Path, head: bytes, location: _Location, sent_from: Path) -> None:
        digest, name = sha256_of(path), safe_name(location.name)
        feed, origin = self._feed(head, location), _text(sent_from)
        seen = (feed, digest) in self.known.contents
        if seen and self.known.lies_here(f"{feed}/{location.arrived}/{name}", digest, origin):
            self.present += 1
            return
        landed = copy_into_landing(
            self.lake, path, feed=feed, arrived=location.arrived, name=name, again=seen
        )
        self.known.note(feed, landed.file, landed.sha256, origin)
        self.sent_from[landed.file] = origin
        self.landed.append(landed)

    def _feed(self, head: bytes, location: _Location) -> str:
        if location.label in self.sorting.feeds:
            return location.label
        return self.sorting.feed_of(head, location.name) or UNKNOWN

    def _refuse(self, path: Path, location: _Location, reason: str) -> None:
        regular = path.is_file() and not path.is_symlink()
        feed = location.label if location.label in self.sorting.feeds else UNKNOWN
        digest = sha256_of(path) if regular else ""
        name = safe_name(location.name)
        self.refused.append(Refused(feed, location.arrived, name, digest, "refused", reason))


def _text(path: Path) -> str:
    """A path as text that any table can hold, whatever the disk allows in names."""
    return os.fsencode(path).decode("utf-8", "replace")
