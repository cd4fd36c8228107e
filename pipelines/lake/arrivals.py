"""Taking in a folder of somebody else's: which file belongs to which feed and day."""

import os
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.lake.containers import ContainerError, Limits, is_container, unpack
from pipelines.lake.lake import Lake
from pipelines.lake.landing import UNKNOWN, Landed, arrival_day, place, safe_name, scan, sha256_of
from pipelines.simulated import SYNTHETIC

_HEAD = 16_384
_NOT_SENT = frozenset({"Thumbs.db", "desktop.ini", SYNTHETIC})


@dataclass(frozen=True, slots=True)
class Turned:
    """A file that did not come in: `duplicate` of one that is here, or `refused`, and why."""

    feed: str
    arrival_date: date
    name: str
    sha256: str
    state: str
    reason: str

    @property
    def file(self) -> str:
        """The place in the landing zone that it would have had."""
        return f"{self.feed}/{self.arrival_date}/{self.name}"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came of a folder: files that are new here, that were here, that did not come in."""

    landed: tuple[Landed, ...] = ()
    present: int = 0
    turned: tuple[Turned, ...] = ()


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
    settled_before: datetime | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Arrivals:
    """Copy the files of a folder into the landing zone.

    Args:
        lake: the lake to land in.
        folder: laid out as `<feed>/<yyyy-mm-dd>/<file>`, or any folder. Links are not followed.
        arrived: the day of arrival of files whose folder states none.
        sorting: how the feed of a file is found.
        limits: bounds on files and containers.
        settled_before: files touched since then are still being written and wait for another time.
        progress: told what is being done, how many files are done, and of how many.

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
    desk = _Desk(lake, sorting, limits or Limits())
    desk.here = {(landed.feed, landed.sha256): landed for landed in scan(lake)}
    files = sorted(_walk(folder))
    for number, path in enumerate(files, 1):
        status = path.lstat()
        if settled_before is None or status.st_mtime < settled_before.timestamp():
            desk.take(path, _address(path, folder, arrived))
        if progress:
            progress("landing", number, len(files))
    return Arrivals(tuple(desk.landed), desk.present, tuple(desk.turned))


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in (*files, *links):
            if not name.startswith(".") and name not in _NOT_SENT:
                yield Path(parent) / name


@dataclass(frozen=True, slots=True)
class _Address:
    """What the folders say about a file: the name above the day, and the day."""

    label: str
    arrived: date
    name: str


def _address(path: Path, folder: Path, arrived: date) -> _Address:
    above = (folder.resolve() / path.relative_to(folder)).parent
    stated = arrival_day(above.name)
    if stated is None:
        return _Address("", arrived, path.name)
    return _Address(above.parent.name, stated, path.name)


@dataclass(slots=True)
class _Desk:
    """Files on their way in, one after the other, against what is here already."""

    lake: Lake
    sorting: Sorting
    limits: Limits
    here: dict[tuple[str, str], Landed] = field(default_factory=dict)
    landed: list[Landed] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)
    present: int = 0

    def take(self, path: Path, address: _Address) -> None:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            self._refuse(path, address, "A link or device is not taken; send the file itself")
        elif status.st_size > self.limits.file:
            size, most = status.st_size / 2**30, self.limits.file / 2**30
            self._refuse(path, address, f"The file has {size:.1f} GiB, more than {most:.1f} GiB")
        else:
            with path.open("rb") as stream:
                head = stream.read(_HEAD)
            known = self.sorting.feed_of(head, path.name)
            if known is None and is_container(head):
                self._take_container(path, address)
            else:
                self._take_file(path, head, address)

    def _take_container(self, path: Path, address: _Address) -> None:
        room = self.lake.scratch / "unpacked"
        room.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=room) as into:
            try:
                members = unpack(path, Path(into), self.limits)
            except ContainerError as error:
                self._refuse(path, address, str(error))
                return
            for name, member in members:
                inside = _Address(address.label, address.arrived, f"{address.name}!{name}")
                with member.open("rb") as stream:
                    self._take_file(member, stream.read(_HEAD), inside)

    def _take_file(self, path: Path, head: bytes, address: _Address) -> None:
        digest, name = sha256_of(path), safe_name(address.name)
        feed = self._feed(head, address)
        twin = self.here.get((feed, digest))
        if twin is None:
            landed = place(self.lake, path, feed=feed, arrived=address.arrived, name=name)
            self.here[feed, digest] = landed
            self.landed.append(landed)
        elif _same_name(twin, name, digest):
            self.present += 1
        else:
            reason = f"The same bytes are here as {twin.file}"
            self.turned.append(Turned(feed, address.arrived, name, digest, "duplicate", reason))

    def _feed(self, head: bytes, address: _Address) -> str:
        if address.label in self.sorting.feeds:
            return address.label
        return self.sorting.feed_of(head, address.name) or UNKNOWN

    def _refuse(self, path: Path, address: _Address, reason: str) -> None:
        regular = path.is_file() and not path.is_symlink()
        feed = address.label if address.label in self.sorting.feeds else UNKNOWN
        digest = sha256_of(path) if regular else ""
        name = safe_name(address.name)
        self.turned.append(Turned(feed, address.arrived, name, digest, "refused", reason))


def _same_name(twin: Landed, name: str, digest: str) -> bool:
    safe = Path(name)
    return twin.name in (name, f"{safe.stem}~{digest[:8]}{safe.suffix}")
