"""The fields of a SWIFT message: `:61:` and its kin with the lines that follow them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TAG = re.compile(
    r":(20|21|25P?|28C?|60[FM]?|61|62[FM]?|6[45]F?|86|NS|34F|13D?(?=:\d{10})|90[CD]|94[0-2]|950):(.*)"
)
_TYPE = re.compile(r"\{2:[IO](\d{3})|^(94[0-2]|950)(?: |$)")
_CLOSING = ("62F", "62M", "62", "64", "65", "64F", "65F", "90C", "90D")
_MARKS = "{}- \t"
"""What a line that ends a message may begin with."""
_WORD_MARK = re.compile(r"-[A-Z]{3,4}\s*$")
"""A bank's own mark behind a message, such as `-XXX`: it says no more, but it is kept."""


@dataclass(slots=True)
class TagField:
    """A field as written: its tag, its lines, and where it begins."""

    tag: str
    lines: list[str]
    row: int

    @property
    def joined(self) -> str:
        """The value of a field that has no line structure of its own."""
        return "".join(self.lines).strip()


def fields_of(lines: Iterable[tuple[int, str]]) -> Iterator[TagField]:
    """Cut numbered lines into fields.

    A message type met in a header comes as a field `type`. Other lines between messages are passed
    over. A lone dash inside a text that a bank has wrapped badly stays text: it ends the message
    only behind a closing field or before the next message. A balance has no further lines, so
    whatever mark follows a closing one ends the message.
    """
    current: TagField | None = None
    closed, broken = False, ""
    for row, line in _unindented(iter(lines)):
        text = broken + line
        broken = ""
        if text.startswith(":") and (match := _TAG.match(text)):
            if current is not None:
                yield _whole(current)
            tag, value = match.groups()
            current = TagField(tag, [value], row)
            closed = tag in _CLOSING or (closed and tag != "20")
        elif text == ":":
            broken = text
        elif current is None or (text[:1] in _MARKS and _ends(text, current, closed=closed)):
            if current is not None:
                is_text = current.tag not in _CLOSING and _WORD_MARK.match(text)
                current.lines.extend([text] if is_text else [])
                yield _whole(current)
            current = None
            yield from _header(row, text)
        elif current is not None:
            current.lines.append(text)
    if current is not None:
        yield _whole(current)


def _unindented(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Take the blanks before the first field, which are the file's indent, off every line."""
    for row, line in lines:
        text = line.lstrip(" \t")
        yield row, text
        if _TAG.match(text):
            if indent := line[: len(line) - len(text)]:
                lines = ((row, line.removeprefix(indent)) for row, line in lines)
            yield from lines


def _ends(text: str, current: TagField, *, closed: bool) -> bool:
    """Whether a line that opens no field stands outside of any."""
    if text.startswith(("{", "-}")):
        return True
    if current.tag in _CLOSING and text.startswith(("-", "}")):
        return True
    return closed and (text.strip() == "-" or bool(_WORD_MARK.match(text)))


def _header(row: int, text: str) -> Iterator[TagField]:
    if match := _TYPE.search(text):
        yield TagField("type", [match[1] or match[2]], row)


def _whole(field: TagField) -> TagField:
    last = field.lines[-1]
    if field.tag in _CLOSING:
        last = field.lines[-1] = last.partition("-}")[0]
    if last.strip() == "-":
        field.lines.pop()
    elif last.endswith(" -}"):
        field.lines[-1] = last[:-3].rstrip()
    return field
