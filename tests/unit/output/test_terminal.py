"""Nothing that strangers write reaches a terminal as anything but text."""

import io
import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from pipelines.output.printable import PrintableFormatter, printable
from pipelines.output.terminal import Terminal, progress, write_json, write_lines

HOSTILE = (
    "[/unknown] hello [bold red]",
    "[blink][link=http://evil.example]click[/link]",
    "\x1b]0;pwned\x07\x1b[2J\x1b[31mred",
    "\x9b31m c1 \x9d0;t\x9c",
    "abc\u202egpj.exe",
    "half \udce4 name",
    "back\x08\x08\rover",
    ":smiley:",
)


def on_screen(draw: Any) -> str:
    out = io.StringIO()
    draw(Terminal(file=out, force_terminal=True, width=300, color_system=None))
    return out.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_a_problem_a_table_and_a_progress_show_text_as_text(text: str) -> None:
    def table(console: Terminal) -> None:
        rows = Table(title=text)
        rows.add_column(text)
        rows.add_row(text)
        console.print(rows)

    def steps(console: Terminal) -> None:
        with progress(console) as shown:
            shown.update(shown.add_task(text, total=1), completed=1)

    for draw in (
        lambda console: console.print(text),
        lambda console: console.problem(text, text),
        table,
    ):
        shown = on_screen(draw)
        assert printable(text) in shown
        assert shown.replace("\n", "").isprintable()
    moved = on_screen(steps)
    assert printable(text) in moved
    assert "\x07" not in moved
    assert "pwned\x07" not in moved


@given(st.text())
def test_what_is_printable_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = printable(text)
    assert not set(shown) & {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))}
    assert printable(shown) == shown


@given(st.text(alphabet=st.characters()))
def test_json_says_the_same_when_it_is_printable(text: str) -> None:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        write_json({text: [text]})
    assert json.loads(out.getvalue()) == {text: [text]}
    assert printable(out.getvalue()) == out.getvalue()


def test_plain_lines_and_log_records_are_printable(capsys: Any) -> None:
    write_lines(["a\x1b[2J", "[/x]"])
    assert capsys.readouterr().out == "a\\u001b[2J\n[/x]\n"
    record = logging.LogRecord("n", 30, "p", 1, "file %s", ("\x1b]0;x\x07",), None)
    assert PrintableFormatter().format(record) == "file \\u001b]0;x\\u0007"
