"""Characters that a terminal would obey, shown as their codes instead."""

import io
import logging
import re
import sys

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""C0 and C1 controls but tab and line feed, marks of direction, and halves of characters."""


def printable(text: str) -> str:
    r"""The text with every character that a terminal would obey, not show, as `\uXXXX`."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


class PrintableFormatter(logging.Formatter):
    """Log records of one line for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's text, printable."""
        return printable(super().format(record))


def guard_terminal() -> None:
    """What libraries log reaches the terminal printable, and letters it lacks are no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(PrintableFormatter())
