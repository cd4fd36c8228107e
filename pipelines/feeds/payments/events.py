"""Events of a payment hub: one JSON object a line, its keys the columns of `payment_events`."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import polars as pl

from pipelines.feeds.parsing import json_safe
from pipelines.feeds.parsing.rejects import Reject, content, rejected
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source
from quality.contract import contract

TABLE = contract("payment_events")
BLOCK_BYTES = 16 << 20
MAX_LINE_BYTES = 1 << 20
EXACT_DIGITS = 15
"""As many digits survive a binary number unharmed; longer JSON numbers are read as they stand."""

_SCHEMA = {name: pl.String() for name in TABLE.schema}
_REQUIRED = {column.name for column in TABLE.columns if column.required}


def recognises(head: bytes, _name: str) -> bool:
    """Whether the first line is a JSON object with an event's required keys."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
    if not line.startswith(b"{"):
        return False
    try:
        return bool(json_safe.loads(line).keys() >= _REQUIRED)
    except ValueError:
        return all(f'"{key}"'.encode() in line for key in _REQUIRED)


def read(source: Source, block_bytes: int = BLOCK_BYTES) -> Iterator[Reading]:
    """Read the events, block by block; a line that is no object is rejected by its number.

    Raises:
        RefusedError: a line is too long to be an event.
    """
    with source.open() as stream:
        for block, line in _blocks(stream, block_bytes):
            yield _reading(block, line)


def _blocks(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    line, carry, last = 1, b"", False
    while not last:
        read = stream.read(size)
        last = len(read) < size
        data = carry + read
        if line == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        cut = len(data) if last else data.rfind(b"\n") + 1
        block, carry = data[:cut], data[cut:]
        if block or last:  # a piece of the file in which no line ends is nothing to read yet
            yield block, line
        line += block.count(b"\n")
        if len(carry) > MAX_LINE_BYTES:
            raise RefusedError(
                f"a line is longer than {MAX_LINE_BYTES:,} bytes",
                place=f"line {line}",
                advice="Send one event a line",
            )


def _reading(block: bytes, line: int) -> Reading:
    plain = _plain(block, line)
    records, rejects = _walk(block, line) if plain is None else (plain, [])
    rows, turned_away = typed(TABLE, records)
    return Reading(
        format="JSON lines",
        version=TABLE.version,
        tables={TABLE.name: rows},
        rejected=pl.concat([turned_away, rejected(rejects)]).sort("source_row"),
        findings=_unknown_keys(block, line),
    )


_KNOWN = frozenset(name.encode() for name in _SCHEMA)
_KEY = re.compile(rb'"([^"\\]*)"\s*:')


def _plain(block: bytes, line: int) -> pl.DataFrame | None:
    """The events of a block in which every line is one object, else None."""
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    if not block.strip() or not _KNOWN.issuperset(_KEY.findall(block)):
        return None
    if block.count(b"[") + block.count(b"{") > lines:
        return None  # objects in objects are measured line by line
    try:
        frame = pl.read_ndjson(block, schema=_SCHEMA)
    except pl.exceptions.PolarsError:
        return None
    if frame.height != lines or (frame["amount"].str.len_chars() > EXACT_DIGITS).any():
        return None
    return frame.with_columns(pl.int_range(line, line + lines, dtype=pl.Int64).alias("source_row"))


def _walk(block: bytes, first: int) -> tuple[pl.DataFrame, list[Reject]]:
    records: list[dict[str, Any]] = []
    rejects = []
    for number, raw in enumerate(block.split(b"\n"), first):
        if not raw.strip():
            continue
        try:
            event = json_safe.loads(raw, parse_float=str, parse_int=str)
            if not isinstance(event, dict):
                raise TypeError("a line must hold one JSON object")
            texts = _texts(event)
        except (ValueError, TypeError) as error:
            shown = content({"line": raw.decode("utf-8", "replace")})
            rejects.append(Reject(TABLE.name, number, f"no event: {error}", shown))
            continue
        records.append({**texts, "source_row": number})
    return pl.DataFrame(records, schema={**_SCHEMA, "source_row": pl.Int64()}), rejects


def _texts(event: dict[str, Any]) -> dict[str, str | None]:
    texts = {
        key: value if value is None or isinstance(value, str) else json.dumps(value)
        for key, value in event.items()
        if key in _SCHEMA
    }
    rest = {key: value for key, value in event.items() if key not in _SCHEMA}
    if rest and texts.get("remainder") is None:
        texts["remainder"] = json.dumps(rest, ensure_ascii=False)
    "".join(text or "" for text in texts.values()).encode("utf-8")  # half a surrogate pair raises
    return texts


def _unknown_keys(block: bytes, line: int) -> tuple[Finding, ...]:
    try:
        first = json_safe.loads(block.split(b"\n", 1)[0])
        unknown = [key for key in first if key not in _SCHEMA]
    except (ValueError, TypeError):
        return ()
    place = f"line {line}"
    return tuple(
        Finding("unknown_key", f"no column for the key {key}; it is kept in the remainder", place)
        for key in unknown
    )


FORMATS = (Format("payment_events.jsonl", "payments", recognises, read),)
