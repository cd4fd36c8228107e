"""`read` holds the statements of several files against each other."""

from pathlib import Path

import pytest

from pipelines.commands.read import read


def test_several_files_on_the_command_line_are_held_against_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = []
    for number, opening, closing in ((1, 0, 10), (2, 10, 15), (4, 20, 21)):
        path = tmp_path / f"{number}.sta"
        day = f"26010{number}"
        path.write_text(
            f":20:R\n:25:DE89370400440532013000\n:28C:{number}/1\n:60F:C{day}EUR{opening},\n"
            f":61:{day}C{closing - opening},NTRFX\n:62F:C{day}EUR{closing},\n-\n"
        )
        files.append(path)
    assert read(files, as_json=False) == 0
    said = capsys.readouterr().out
    assert "3 statements held against each other: 1 findings" in said
    assert "difference 5; statement 3 is missing" in said
    assert read(files, as_json=True) == 0
    assert capsys.readouterr().out.count("statement_gap") == 1
