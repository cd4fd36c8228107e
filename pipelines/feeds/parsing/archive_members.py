"""The members of a zip archive, unpacked within bounds.

What an archive claims about itself is not believed: the bounds hold for what really comes out.
"""

import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.feeds.parsing.archives import SIGNATURES, is_damage, is_encrypted
from pipelines.feeds.parsing.workbook_sheets import is_workbook
from pipelines.feeds.reading import HEAD_BYTES, RefusedError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file or an archive is taken, in bytes unless said otherwise."""

    file: int = 4 << 30
    """The largest file, alone or as a member."""

    members: int = 10_000
    """The most members of an archive."""

    total: int = 8 << 30
    """The most that an archive unpacks to."""

    ratio: int = 200
    """How many times its size an archive may unpack to, beyond the first `slack` bytes.

    Deflate packs at most 1,032 to 1, and only what is one byte over and over; the 419 files of the
    demo above 20 kB pack 1.1 to 22 to 1, half of them beyond 9 to 1.
    """

    slack: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: the name that it has inside, and where it lies unpacked."""

    name: str
    path: Path


def is_archive(head: bytes) -> bool:
    """Whether the first bytes are those of a zip archive; an Excel workbook is one too."""
    return head.startswith(SIGNATURES)


def unpack(archive: Path, folder: Path, limits: Limits) -> list[Member]:
    """Unpack all members of an archive, or none.

    A workbook is a file like any other, though it is an archive too.

    Args:
        archive: a zip archive.
        folder: an empty folder for the members, which get numbers as names there.
        limits: bounds that hold for what really comes out.

    Returns:
        The members in the archive's order, folders left out.

    Raises:
        RefusedError: damaged, encrypted, too big, too many, nested, or reaching outside itself.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            _check_entries(entries, limits, archive)
            room = min(limits.total, archive.stat().st_size * limits.ratio + limits.slack)
            members = []
            for number, entry in enumerate(entries):
                target = folder / str(number)
                room -= _unpack_one(opened, entry, target, min(room, limits.file))
                members.append(Member(entry.filename, target))
            return members
    except RefusedError:
        raise
    except Exception as error:
        if is_damage(error):
            raise _refused(
                f"The zip container is damaged or not readable: {error}", archive
            ) from error
        raise


def _refused(reason: str, archive: Path) -> RefusedError:
    return RefusedError(reason, place=archive.name, advice="Unpack it and send the files")


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits, archive: Path) -> None:
    if not entries:
        raise RefusedError("The zip container is empty", place=archive.name)
    if len(entries) > limits.members:
        raise _refused(
            f"The zip container has {len(entries):,} members, more than {limits.members:,}", archive
        )
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or re.match(r"[A-Za-z]:", entry.filename):
            raise _refused(f"Member {entry.filename!r} reaches outside the zip container", archive)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(f"Member {entry.filename!r} is a link; links are not followed", archive)
        if is_encrypted(entry):
            raise _refused(f"Member {entry.filename!r} is encrypted; send it unencrypted", archive)


def _unpack_one(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, room: int) -> int:
    size, archive = 0, Path(opened.filename or "")
    with opened.open(entry) as packed, target.open("wb") as plain:
        while chunk := packed.read(_CHUNK):
            if not size and is_archive(chunk) and not is_workbook(chunk[:HEAD_BYTES]):
                raise _refused(f"Member {entry.filename!r} is itself a zip container", archive)
            size += len(chunk)
            if size > room:
                raise _refused(
                    f"Member {entry.filename!r} unpacks to more than the container may hold",
                    archive,
                )
            plain.write(chunk)
    return size
