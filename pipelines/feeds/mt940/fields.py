"""The fields of a SWIFT message: `:61:` and its kin with the lines that follow them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TAG = re.compile(
    r":(20|21|25P?|28C?|60[FM]?|61|62[FM]?|64|65|86|NS|34F|13D?(?=:\d{10})|90[CD]|94[0-2]|950):(.*)"
)
_TYPE = re.compile(r"\{2:[IO](9\d\d)|^(94[0-2]|950)(?: |$)")
_CLOSING = ("62F", "62M", "62", "64", "65", "90C", "90D")


@dataclass(slots=True)
class Field:
    """A field as written: its tag, its lines, and where it begins."""

    tag: str
    lines: list[str]
    row: int

    @property
    def joined(self) -> str:
        """The value of a field that has no line structure of its own."""
        return "".join(self.lines).strip()


class _Cutter:
    """Cuts lines into fields, one line at a time."""

    def __init__(self) -> None:
        self.current: Field | None = None
        self.closed = False
        self.broken = ""

    def line(self, row: int, text: str) -> Iterator[Field]:
        """The field that this line completes, or the mark that it is."""
        text, self.broken = self.broken + text, ""
        if text == ":":
            self.broken = ":"
        elif match := _TAG.match(text):
            yield from self.end()
            self.current = Field(match[1], [match[2]], row)
            self.closed = match[1] in _CLOSING or (self.closed and match[1] != "20")
        elif text.startswith(("{", "-}")):
            yield from self.end()
            yield from _type(row, text)
        elif self.current is None:
            yield from _type(row, text)
        elif self.closed and text.strip() == "-":
            yield from self.end()
        else:
            self.current.lines.append(text)

    def end(self) -> Iterator[Field]:
        """The field that is open is complete."""
        if self.current is not None:
            if self.current.lines[-1].strip() == "-":
                self.current.lines.pop()
            yield self.current
        self.current = None


def _type(row: int, text: str) -> Iterator[Field]:
    if match := _TYPE.search(text):
        yield Field("type", [match[1] or match[2]], row)


def fields_of(lines: Iterable[tuple[int, str]]) -> Iterator[Field]:
    """Cut numbered lines into fields.

    A message type met in a header comes as a field `type`. Other lines between messages are passed
    over. A lone dash inside a text that a bank has wrapped badly stays text: it ends the message
    only behind a closing field or before the next message.
    """
    cutter = _Cutter()
    for row, text in lines:
        yield from cutter.line(row, text)
    yield from cutter.end()
