"""Zip containers, unpacked within bounds: what they claim about themselves is not believed."""

import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.feeds.parsing.archives import SIGNATURES, is_damage, is_encrypted

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of anything is taken, in bytes unless said otherwise."""

    file: int = 4 << 30
    """The largest file."""

    members: int = 10_000
    """The most members of a container."""

    total: int = 8 << 30
    """The most that a container unpacks to."""

    ratio: int = 200
    """How many times its size a container may unpack to, beyond the first `slack` bytes."""

    slack: int = 64 << 20


class ContainerError(ValueError):
    """A container is not taken; the message says why, for people."""


def is_container(head: bytes) -> bool:
    """Whether the first bytes are those of a zip archive."""
    return head.startswith(SIGNATURES)


def unpack(container: Path, into: Path, limits: Limits) -> list[tuple[str, Path]]:
    """Unpack all members of a container, or none.

    Args:
        container: a zip archive.
        into: an empty folder for the members, which get numbers as names there.
        limits: bounds that hold for what really comes out.

    Returns:
        For each member, in the archive's order, the name it has inside and where it lies now.

    Raises:
        ContainerError: damaged, encrypted, too big, too many, nested, or reaching outside itself.
    """
    try:
        with zipfile.ZipFile(container) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_members(members, limits)
            room = min(limits.total, container.stat().st_size * limits.ratio + limits.slack)
            unpacked = []
            for number, member in enumerate(members):
                target = into / str(number)
                room -= _unpack_one(archive, member, target, min(room, limits.file))
                unpacked.append((member.filename, target))
            return unpacked
    except ContainerError:
        raise
    except Exception as error:
        if is_damage(error):
            raise ContainerError(
                f"The zip container is damaged or not readable: {error}"
            ) from error
        raise


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if not members:
        raise ContainerError("The zip container is empty")
    if len(members) > limits.members:
        raise ContainerError(
            f"The zip container has {len(members):,} members, more than {limits.members:,}"
        )
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or re.match(r"[A-Za-z]:", member.filename):
            raise ContainerError(f"Member {member.filename!r} reaches outside the zip container")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ContainerError(f"Member {member.filename!r} is a link; links are not followed")
        if is_encrypted(member):
            raise ContainerError(f"Member {member.filename!r} is encrypted; send it unencrypted")


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, room: int) -> int:
    size = 0
    with archive.open(member) as packed, target.open("wb") as plain:
        while chunk := packed.read(_CHUNK):
            if not size and is_container(chunk):
                raise ContainerError(f"Member {member.filename!r} is itself a zip container")
            size += len(chunk)
            if size > room:
                raise ContainerError(
                    f"Member {member.filename!r} unpacks to more than the container may hold"
                )
            plain.write(chunk)
    return size
