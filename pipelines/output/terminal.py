r"""The one way to a terminal: text is text, whoever wrote it.

File names, references and reasons come from strangers. Nothing in them is taken for markup, and a
character that would move the cursor, ring, rename the window or turn the writing round is shown as
its code (`\u001b`). Inside JSON such a code says the same as the character. Rich's console and the
standard streams are used here and nowhere else.
"""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.segment import Segment
from rich.text import Text

from pipelines.output.printable import printable


class Terminal(Console):
    """A console that prints what it is given: no markup, no emoji codes, no control characters."""

    def __init__(self, *, stderr: bool = False, **more: Any) -> None:
        """Print on standard output, or on standard error."""
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False, **more)

    def render_str(self, text: str, **more: Any) -> Text:
        """Text as it stands; also what asks for markup gets none."""
        return super().render_str(printable(text), **{**more, "markup": False, "emoji": False})

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments of anything that is printed, each with its control characters shown."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(printable(segment.text), segment.style)

    def problem(self, what: str, words: str = "") -> None:
        """Say what went wrong: its name in red, then the words."""
        self.print(Text.assemble((what, "red"), " ", printable(words)), soft_wrap=True)


class _Described(TextColumn):
    """What a task does; its name may be a stranger's, such as that of a folder in landing."""

    def render(self, task: Task) -> Text:
        return Text(printable(task.description))


def progress(console: Terminal, *columns: ProgressColumn) -> Progress:
    """A progress display with what is being done, for how long, and `columns` between."""
    described = _Described("{task.description}", markup=False)
    return Progress(SpinnerColumn(), described, *columns, TimeElapsedColumn(), console=console)


def write_lines(lines: Iterable[str]) -> None:
    """Write lines of plain text on standard output."""
    sys.stdout.writelines(f"{printable(line)}\n" for line in lines)


def write_json(said: Any, *, indent: int | None = None) -> None:
    """Write one JSON value on standard output; what JSON does not know is written as text.

    Where the output is not UTF-8, JSON's own escapes say what it cannot: nothing is lost.
    """
    plain = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    write_lines([json.dumps(said, indent=indent, ensure_ascii=not plain, default=str)])
