"""Sheets of a workbook as rows of text, by the calamine engine: Excel of any age, OpenDocument.

Polars hands the file to calamine, which passes over styles; other readers give up at an empty
`<fill/>`, as many report writers make.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.feeds.parsing.archives import is_damage, member_names
from pipelines.feeds.reading import RefusedError, Source

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_PARTS = ("[Content_Types].xml", "_rels/", "docProps/", "xl/", "customXml/", "docMetadata/")
_LARGEST = 256 << 20
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00(?:\.0+)?")

Sheet = Sequence[Sequence[str]]


def is_workbook(head: bytes) -> bool:
    """Whether a file begins like a workbook: by the names of its first parts, wherever they end."""
    if head.startswith(_OLD):
        return True
    names = member_names(head)
    if names[:1] == ["mimetype"]:
        return _OPEN_DOCUMENT in head[:200]
    return bool(names) and all(name.startswith(_PARTS) for name in names)


def sheets(source: Source) -> Mapping[str, Sheet]:
    """Every sheet that holds anything, by its name; row 1 of the sheet stands first.

    Raises:
        RefusedError: hostile, damaged, encrypted, or too large.
    """
    with source.open() as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise RefusedError("The workbook has more than 256 MB", advice="Split it")
    if not data.startswith(_OLD):
        _check(source)
    try:
        frames = pl.read_excel(
            data,
            sheet_id=0,
            engine="calamine",
            has_header=False,
            read_options={"dtypes": "string", "skip_rows": 0},
            drop_empty_rows=False,
            drop_empty_cols=False,
            raise_if_empty=False,
        )
    except Exception as error:  # calamine has an exception of its own for whatever is wrong
        message = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise RefusedError(
            f"The workbook cannot be read: {message}",
            advice="Open it, save it again without a password, or save the sheet as CSV",
        ) from None
    return {name: rows for name, frame in frames.items() if (rows := _rows(frame))}


def _rows(frame: pl.DataFrame) -> list[list[str]]:
    rows = [[_cell(value) for value in row] for row in frame.iter_rows()]
    return rows if any(any(row) for row in rows) else []


def _cell(value: str | None) -> str:
    if value is None:
        return ""
    day = _MIDNIGHT.fullmatch(value)
    return day[1] if day else " ".join(value.split("\n")).strip()


def _check(source: Source) -> None:
    """Refuse what no office writes: a bomb, or XML that defines entities."""
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST:
                raise RefusedError("The workbook unpacks to more than 256 MB", advice="Split it")
            for member in archive.infolist():
                with archive.open(member) as part:
                    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", part.read(4096)):
                        raise RefusedError(
                            "The workbook declares a document type (DTD)",
                            place=member.filename,
                            advice="Take the file as hostile",
                        )
    except RefusedError:
        raise
    except Exception as error:
        if is_damage(error):
            raise RefusedError("The workbook is damaged", advice="Save it again") from None
        raise
