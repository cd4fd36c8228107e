"""Tables of movements as rows of text, from delimited text or from an Excel workbook."""

import csv
import re
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pipelines.feeds.reading import RefusedError, Source
from pipelines.feeds.text_lines import numbered_lines
from pipelines.zip_archive import is_damage

MOST_ROWS = 1_000_000
_DELIMITERS = (";", ",", "\t", "|")
_LARGEST_SHEET = 256 << 20
_BOOK = b"[Content_Types].xml"

Row = tuple[int, list[str]]


def is_workbook(head: bytes) -> bool:
    """Whether a file begins like an Excel workbook."""
    return head.startswith(b"PK\x03\x04") and (_BOOK in head or b"xl/" in head)


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that cuts the first lines into the most, and equally many, fields."""

    def score(mark: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1]
        common = max(set(widths), key=widths.count) if widths else 0
        return widths.count(common) if common > 1 else 0, common

    return max(_DELIMITERS, key=score)


def text_rows(lines: Sequence[str]) -> list[list[str]]:
    """The first lines of a text file cut into fields."""
    if not lines:
        return []
    try:
        return list(csv.reader(lines, delimiter=delimiter_of(lines)))
    except csv.Error:
        return []


def head_rows(head: bytes) -> list[list[str]]:
    """The first rows of a table of text, from a file's first bytes; none where it is no such table.

    The last line may be cut off, so it counts only where there are few.
    """
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    if b"\x00" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"[")):
        return []
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = head.decode("cp1252", "replace")
    lines = text.splitlines()
    return text_rows(lines[:30] if len(lines) <= 30 else lines[:29])


def rows_of(source: Source) -> Iterator[Row]:
    """Rows with their numbers, as text.

    Raises:
        RefusedError: a hostile or damaged workbook, or text that is no table.
    """
    if is_workbook(source.head()):
        yield from _sheet_rows(source)
        return
    first = [line for _, (_, line) in zip(range(30), numbered_lines(source), strict=False)]
    lines = (f"{line}\n" for _, line in numbered_lines(source))
    reader = csv.reader(lines, delimiter=delimiter_of(first))
    try:
        for row in reader:
            yield reader.line_num, [cell.replace("\n", " ").strip() for cell in row]
    except csv.Error as error:
        raise RefusedError(
            f"The table cannot be read: {error}", place=f"line {reader.line_num}"
        ) from None


def _sheet_rows(source: Source) -> Iterator[Row]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    _check_workbook(source)
    try:
        book = load_workbook(source.open(), read_only=True, data_only=True)
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, [_cell(value) for value in cells]
    except RefusedError:
        raise
    except Exception as error:
        raise RefusedError(
            f"The workbook cannot be read: {type(error).__name__}", advice="Save the sheet as CSV"
        ) from None


def _check_workbook(source: Source) -> None:
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_SHEET:
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


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return str(value).strip()
