"""The files to read of what is handed over: one file, or the members of a zip archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.feeds.parsing.archive_members import Limits, is_archive, unpack
from pipelines.feeds.parsing.workbook_sheets import is_workbook
from pipelines.feeds.reading import RefusedError, Source


@contextmanager
def sources_in(path: Path, limits: Limits | None = None) -> Iterator[list[Source]]:
    """The files to read: `path` itself, or the members of the zip archive that it is.

    Members lie in a temporary folder while the context is open and are called `archive.zip/member`.
    An Excel workbook, a zip archive too, counts as one file.

    Raises:
        RefusedError: the file is absent or empty, or the archive is damaged, encrypted, nested, or
            beyond the limits of the landing zone.
    """
    if not path.is_file():
        raise RefusedError(f"There is no file {path.name}", advice="Check the path")
    if path.stat().st_size == 0:
        raise RefusedError(f"{path.name} is empty (0 bytes)", advice="Ask the sender for it again")
    source = Source(path, path.name)
    head = source.head()
    if not is_archive(head) or is_workbook(head):
        yield [source]
        return
    with TemporaryDirectory(prefix="countinghouse-") as folder:
        members = unpack(path, Path(folder), limits or Limits())
        yield [Source(member.path, f"{path.name}/{member.name}") for member in members]
