"""A file as it is handed over: itself, or the files in its zip container, within bounds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.feeds.reading import RefusedError, Source
from pipelines.lake.containers import ContainerError, Limits, is_container, unpack

READ_LIMITS = Limits(file=2 << 30, members=1_000, total=2 << 30)
"""How much a container may hold that is read without a lake."""

_WORKBOOK = b"[Content_Types].xml"


@contextmanager
def members(path: Path, limits: Limits = READ_LIMITS) -> Iterator[list[Source]]:
    """The files to read: `path` itself, or the members of the zip archive that it is.

    Members lie in a temporary folder while the context is open and are called `archive.zip/member`.
    An Excel workbook, a zip archive too, counts as one file.

    Raises:
        RefusedError: the file is absent or empty, or the archive damaged, encrypted, nested, or
            beyond the limits.
    """
    if not path.is_file():
        raise RefusedError(f"There is no file {path.name}", advice="Check the path")
    if path.stat().st_size == 0:
        raise RefusedError(f"{path.name} is empty (0 bytes)", advice="Ask the sender for it again")
    source = Source(path, path.name)
    head = source.head()
    if not is_container(head) or _WORKBOOK in head:
        yield [source]
        return
    with TemporaryDirectory(prefix="countinghouse-") as folder:
        try:
            unpacked = unpack(path, Path(folder), limits)
        except ContainerError as error:
            raise RefusedError(str(error), advice="Unpack it and send the files") from None
        yield [Source(lies, f"{path.name}/{name}") for name, lies in unpacked]
