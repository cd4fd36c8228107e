"""Delimited text walked line by line, for the blocks in which something is amiss."""

import csv
from dataclasses import dataclass

MAX_JOINED_LINES = 100
"""A quoted field that is still open after so many lines was never meant to be open."""

NEVER_CLOSED = "a quoted field is opened and never closed"


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that is no record: its physical number, why, and its text."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class SplitRecords:
    """Records with their line numbers, broken lines, and the text that waits for its next lines."""

    records: list[tuple[int, list[str | None]]]
    broken: tuple[BrokenLine, ...]
    tail: str = ""


def split_records(
    text: str,
    first_line: int,
    separator: str,
    width: int | None,
    *,
    last: bool = True,
    unnamed: int = 0,
) -> SplitRecords:
    """Split `text` into records of `width` fields and broken lines; `None` takes any width.

    A record may run over several lines inside quotes; its number is that of its first line. Blank
    lines say nothing and are passed over. An empty field is null; up to `unnamed` empty fields more
    than the width are none. Unless it is the `last` text of
    a file, a record still open at its end is handed back as the tail.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    records: list[tuple[int, list[str | None]]] = []
    broken: list[BrokenLine] = []
    at = 0
    while at < len(lines):
        line, number = lines[at].rstrip("\r"), first_line + at
        if not line.strip():
            at += 1
            continue
        fields, used, reason = _record(lines, at, separator)
        if reason == NEVER_CLOSED and not last and len(lines) - at < MAX_JOINED_LINES:
            return SplitRecords(records, tuple(broken), "\n".join([*lines[at:], ""]))
        if width is not None and width < len(fields) <= width + unnamed and not any(fields[width:]):
            fields = fields[:width]
        reason = reason or _misfit(len(fields), width)
        if reason:
            broken.append(BrokenLine(number, reason, line))
            used = 1
        else:
            records.append((number, [field or None for field in fields]))
        at += used
    return SplitRecords(records, tuple(broken))


def _misfit(count: int, width: int | None) -> str:
    if width is None or count == width:
        return ""
    which = "few" if count < width else "many"
    return f"too {which} fields: {count} where the header has {width}"


def _record(lines: list[str], at: int, separator: str) -> tuple[list[str], int, str]:
    """The fields of the record that starts at `at`, the lines it takes, and why it is none."""
    line = lines[at].rstrip("\r")
    if "\0" in line:
        return [], 1, "the line holds NUL bytes"
    if '"' not in line:
        return line.split(separator), 1, ""
    for used in range(1, min(MAX_JOINED_LINES, len(lines) - at) + 1):
        if used > 1 and '"' not in lines[at + used - 1]:
            continue
        try:
            joined = "\n".join(lines[at : at + used]).rstrip("\r")
            return next(csv.reader([joined], delimiter=separator, strict=True)), used, ""
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                return [], 1, f"the quoting is broken: {error}"
    return [], 1, NEVER_CLOSED
