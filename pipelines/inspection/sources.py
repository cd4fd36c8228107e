"""A file as it is handed over: itself, or the files in its zip container, within bounds.

For reading without a lake; what lands is unpacked by the landing zone under its own, wider limits.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.feeds.parsing.archives import SIGNATURES, is_damage, is_encrypted
from pipelines.feeds.parsing.workbook_sheets import is_workbook
from pipelines.feeds.reading import RefusedError, Source

_CHUNK = 1 << 20
_HEAD = 16_384


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a container may hold: members, bytes in all, and bytes per byte packed."""

    members: int = 1_000
    total: int = 2 << 30
    ratio: int = 200
    slack: int = 64 << 20


@contextmanager
def members(path: Path, bounds: Bounds | None = None) -> Iterator[list[Source]]:
    """The files to read: `path` itself, or the members of the zip archive that it is.

    Members lie in a temporary folder while the context is open and are called `archive.zip/member`.
    An Excel workbook, a zip archive too, counts as one file.

    Raises:
        RefusedError: the file is absent or empty, or the archive is damaged, encrypted, nested, or
            beyond the bounds.
    """
    if not path.is_file():
        raise RefusedError(f"There is no file {path.name}", advice="Check the path")
    if path.stat().st_size == 0:
        raise RefusedError(f"{path.name} is empty (0 bytes)", advice="Ask the sender for it again")
    source = Source(path, path.name)
    head = source.head()
    if not head.startswith(SIGNATURES) or is_workbook(head):
        yield [source]
        return
    with TemporaryDirectory(prefix="countinghouse-") as folder:
        yield _unpack(path, Path(folder), bounds or Bounds())


def _unpack(path: Path, folder: Path, bounds: Bounds) -> list[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            found = [member for member in archive.infolist() if not member.is_dir()]
            if not found or len(found) > bounds.members:
                raise _refused(f"has {len(found):,} members, not 1 to {bounds.members:,}", path)
            room = min(bounds.total, path.stat().st_size * bounds.ratio + bounds.slack)
            sources = []
            for number, member in enumerate(found):
                target = folder / str(number)
                room -= _unpack_one(archive, member, target, room)
                sources.append(Source(target, f"{path.name}/{member.filename}"))
            return sources
    except RefusedError:
        raise
    except Exception as error:
        if is_damage(error):
            raise _refused(f"is damaged: {error}", path) from None
        raise


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, room: int) -> int:
    if is_encrypted(member):
        raise _refused(f"keeps {member.filename} encrypted", Path(archive.filename or ""))
    size = 0
    with archive.open(member) as packed, target.open("wb") as plain:
        while chunk := packed.read(_CHUNK):
            nested = not size and chunk.startswith(SIGNATURES)
            if nested and not is_workbook(chunk[:_HEAD]):
                raise _refused(f"holds another one, {member.filename}", Path(target.name))
            size += len(chunk)
            if size > room:
                raise _refused(f"unpacks {member.filename} beyond bounds", Path(target.name))
            plain.write(chunk)
    return size


def _refused(what: str, path: Path) -> RefusedError:
    return RefusedError(
        f"The zip container {what}", place=path.name, advice="Unpack it and send the files"
    )
