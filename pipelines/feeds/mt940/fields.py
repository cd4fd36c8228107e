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
    """Cuts lines into fields, one line at a time; whole fields wait in `ready`."""

    def __init__(self) -> None:
        self.ready: list[Field] = []
        self.current: Field | None = None
        self.closed = False
        self.broken = ""

    def line(self, row: int, text: str) -> None:
        """Take the next line."""
        if self.broken:
            text, self.broken = self.broken + text, ""
        if text.startswith(":"):
            if match := _TAG.match(text):
                self.end()
                tag = match[1]
                self.current = Field(tag, [match[2]], row)
                self.closed = tag in _CLOSING or (self.closed and tag != "20")
                return
            if text == ":":
                self.broken = ":"
                return
        if self.current is None or text.startswith(("{", "-}")):
            self.end()
            if match := _TYPE.search(text):
                self.ready.append(Field("type", [match[1] or match[2]], row))
        elif self.closed and text.strip() == "-":
            self.end()
        else:
            self.current.lines.append(text)

    def end(self) -> None:
        """The field that is open is whole."""
        if self.current is not None:
            if self.current.lines[-1].strip() == "-":
                self.current.lines.pop()
            self.ready.append(self.current)
        self.current = None


def fields_of(lines: Iterable[tuple[int, str]]) -> Iterator[Field]:
    """Cut numbered lines into fields.

    A message type met in a header comes as a field `type`. Other lines between messages are passed
    over. A lone dash inside a text that a bank has wrapped badly stays text: it ends the message
    only behind a closing field or before the next message.
    """
    cutter = _Cutter()
    for row, text in lines:
        cutter.line(row, text)
        if cutter.ready:
            yield from cutter.ready
            cutter.ready = []
    cutter.end()
    yield from cutter.ready
