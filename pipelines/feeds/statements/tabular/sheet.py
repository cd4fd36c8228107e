"""Tables of movements as rows of text, from delimited text or from an Excel workbook."""

import csv
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pipelines.feeds.parsing.text import head_text, numbered_lines, utf8_head
from pipelines.feeds.parsing.workbook_sheets import Sheet, is_workbook, sheets
from pipelines.feeds.reading import RefusedError, Source

MOST_ROWS = 1_000_000
_DELIMITERS = (";", ",", "\t", "|")

Row = tuple[int, list[str]]


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
    plain = utf8_head(head)
    if b"\x00" in plain or plain.lstrip(b" \t\r\n").startswith((b"<", b"{", b"[")):
        return []
    lines = head_text(plain).splitlines()
    return text_rows(lines[:30] if len(lines) <= 30 else lines[:29])


def tables_of(source: Source) -> list[tuple[str, Callable[[], Iterator[Row]]]]:
    """Every table of a file, by its name: the sheets of a workbook, or its one table without name.

    Raises:
        RefusedError: a hostile or damaged workbook.
    """
    if not is_workbook(source.head()):
        return [("", partial(rows_of, source))]
    return [(name, partial(_numbered, rows)) for name, rows in sheets(source).items()]


def _numbered(rows: Sheet) -> Iterator[Row]:
    return enumerate(map(list, rows), 1)


def _filled(rows: Sheet) -> int:
    return sum(sum(map(bool, row)) for row in rows)


def rows_of(source: Source) -> Iterator[Row]:
    """Rows with their numbers, as text; of a workbook those of the sheet that holds the most.

    Raises:
        RefusedError: a hostile or damaged workbook, or text that is no table.
    """
    if is_workbook(source.head()):
        by_sheet = sheets(source)
        largest = max(by_sheet.values(), key=_filled, default=())
        yield from _numbered(largest)
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
