"""Delimited text of any size, block by block: records with their line numbers, and broken lines.

A block whose every line is plainly one record of the right width goes to Polars as it is. Any other
block is walked line by line, so that one broken line costs itself and nothing else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import polars as pl

from pipelines.feeds.parsing.delimited_lines import BrokenLine, split_records
from pipelines.feeds.parsing.text import Encoding, encoding_of, head_text, open_lines, utf8_head
from pipelines.feeds.reading import HEAD_BYTES, Finding, RefusedError, Source

BLOCK_BYTES = 16 << 20
"""How much of a file stands in memory at once."""

MAX_LINE_BYTES = 1 << 20
"""A longer line is no record of a back office."""

SEPARATORS = (",", ";", "\t", "|")

LINE = "source_row"


@dataclass(frozen=True, slots=True)
class DelimitedLayout:
    """How a delimited file is written.

    `header` holds the column names as written, `first_line` is the physical line number of the
    first record (the header of a plain file stands on line 1). Headings without a name at its end
    are no columns: a record may have as many empty fields more as `unnamed` says, or none.
    """

    separator: str
    header: tuple[str, ...]
    first_line: int = 2
    old_mac: bool = False
    unnamed: int = 0


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Records of one block, as text columns of the header and `source_row`, and broken lines."""

    records: pl.DataFrame
    broken: tuple[BrokenLine, ...] = ()
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=4)
def layouts(head: bytes) -> tuple[DelimitedLayout, ...]:
    """The ways in which the first line can be a header: one for each separator found in it."""
    return tuple(_layouts(head))


def _layouts(head: bytes) -> Iterator[DelimitedLayout]:
    head = utf8_head(head)
    old_mac = b"\n" not in head and b"\r" in head
    lines = (head.replace(b"\r", b"\n") if old_mac else head).split(b"\n")
    given = (at for at, line in enumerate(lines) if line.strip())
    first = next(given, 0)
    if lines[first].strip().lower().startswith(b"sep="):
        first = next(given, first)
    text = head_text(lines[first].rstrip(b"\r"))
    for separator in SEPARATORS:
        if separator in text:
            header = split_records(text, 1, separator, None).records
            if header:
                names, unnamed = named_headings(header[0][1])
                yield DelimitedLayout(separator, names, first + 2, old_mac, unnamed)


def named_headings(cells: Sequence[str | None]) -> tuple[tuple[str, ...], int]:
    """The headings up to the last that has a name, and how many follow it without one."""
    names = [(name or "").strip() for name in cells]
    while len(names) > 1 and not names[-1]:
        names.pop()
    return tuple(names), len(cells) - len(names)


def batches(
    source: Source, layout: DelimitedLayout, block_bytes: int = BLOCK_BYTES
) -> Iterator[RecordBatch]:
    """Yield the records of the file, block by block, in order; at least one batch.

    Raises:
        RefusedError: a line is too long to be a record.
    """
    line, carry = layout.first_line, b""
    encoding = cache(
        lambda: encoding_of(source, by_mark=False)
    )  # asked only where a block is not UTF-8
    header = _header_bytes(source, layout)
    with open_lines(source) as stream:
        stream.read(header or 0)
        last = header is None
        while True:
            read = stream.read(block_bytes) if not last else b""
            last = len(read) < block_bytes
            data = carry + (read.replace(b"\r", b"\n") if layout.old_mac else read)
            cut = len(data) if last else data.rfind(b"\n") + 1
            block, carry = data[:cut], data[cut:]
            batch, tail = _batch(block, line, layout, encoding, last=last)
            line += block.count(b"\n") - tail.count(b"\n")
            carry = tail + carry
            if len(carry) > MAX_LINE_BYTES:
                raise _too_long(line)
            yield batch
            if last:
                return


def _header_bytes(source: Source, layout: DelimitedLayout) -> int | None:
    """How many bytes stand before the first record; None where the file ends within the header."""
    end = b"\r" if layout.old_mac else b"\n"
    with open_lines(source) as stream:
        head = stream.read(HEAD_BYTES)
    at = 0
    for _ in range(layout.first_line - 1):
        at = head.find(end, at) + 1
        if not at:
            return None
    return at


def _too_long(line: int) -> RefusedError:
    return RefusedError(
        f"a line is longer than {MAX_LINE_BYTES:,} bytes",
        place=f"line {line}",
        advice="Send one record a line",
    )


def _batch(
    block: bytes,
    line: int,
    layout: DelimitedLayout,
    encoding: Callable[[], Encoding],
    *,
    last: bool,
) -> tuple[RecordBatch, bytes]:
    findings: list[Finding] = []
    if not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            words = f"not UTF-8; read as {encoding()}"
            findings.append(Finding("encoding", words, f"lines from {line}"))
            block = block.decode(encoding(), "replace").encode("utf-8")
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    cut = last and bool(block) and not block.endswith(b"\n")
    if last and block:
        if cut:
            place = f"line {line + block.count(10)}"
            findings.append(Finding("no_final_newline", "the last line has no end", place))
        block = block.rstrip(b"\n") + b"\n"
    records = _plain(block, line, layout)
    if records is not None:
        return RecordBatch(records, (), tuple(findings)), b""
    walked = split_records(
        block.decode("utf-8"),
        line,
        layout.separator,
        len(layout.header),
        last=last,
        unnamed=layout.unnamed,
    )
    broken = _cut_off(walked.broken, block, line) if cut else walked.broken
    batch = RecordBatch(_frame(walked.records, layout), broken, tuple(findings))
    return batch, walked.tail.encode("utf-8")


def _cut_off(broken: tuple[BrokenLine, ...], block: bytes, line: int) -> tuple[BrokenLine, ...]:
    """Say of a broken last line that the file ends in the middle of it."""
    final = line + block.count(b"\n") - 1
    return tuple(
        replace(broken_line, reason=f"the file is cut off in this line ({broken_line.reason})")
        if broken_line.line == final
        else broken_line
        for broken_line in broken
    )


def _frame(walked: list[tuple[int, list[str | None]]], layout: DelimitedLayout) -> pl.DataFrame:
    columns = {
        name: pl.Series(name, [fields[at] for _, fields in walked], dtype=pl.String)
        for at, name in enumerate(layout.header)
    }
    return pl.DataFrame(columns).with_columns(
        pl.Series(LINE, [number for number, _ in walked], dtype=pl.Int64)
    )


def _plain(block: bytes, line: int, layout: DelimitedLayout) -> pl.DataFrame | None:
    """The records of a block in which every line is one record of the right width, else None.

    No record runs over lines (there are as many as lines), none is too long (Polars refuses it),
    and none is too short (there are as many separators outside the values as there must be).
    """
    lines, quoted = block.count(b"\n"), b'"' in block
    schema = dict.fromkeys(layout.header, pl.String())
    if not lines:
        return pl.DataFrame(schema={**schema, LINE: pl.Int64()})
    if b"\0" in block or b"\n\n" in block or block[:1] == b"\n" or b"\r" in block:
        return None
    try:
        frame = pl.read_csv(
            block,
            has_header=False,
            schema=schema,
            separator=layout.separator,
            quote_char='"' if quoted else None,
            null_values="",
        )
    except pl.exceptions.PolarsError:
        return None
    separators = block.count(layout.separator.encode())
    if quoted:
        separators -= _separators_within(frame, layout.separator)
    if frame.height != lines or separators != lines * (len(layout.header) - 1):
        return None
    return frame.with_columns(pl.int_range(line, line + lines, dtype=pl.Int64).alias(LINE))


def _separators_within(frame: pl.DataFrame, separator: str) -> int:
    counts = frame.select(pl.all().str.count_matches(separator, literal=True).sum())
    return int(sum(counts.row(0)))
