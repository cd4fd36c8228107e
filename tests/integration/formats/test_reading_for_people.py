"""`countinghouse read` for people: a reason for each row turned away; nothing is no success."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.commands.read import read

HEADING = "account_id,booking_date,amount,currency\n"
GOOD = "DE89370400440532013000,2026-01-15,1.00,EUR\n"
BAD = "DE89370400440532013000,2026-01-15,abc,EUR\nDE89370400440532013000,30 June,2.00,EUR\n"


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Any:
    monkeypatch.setenv("LAKE_ROOT", str(tmp_path / "lake"))

    def of(text: str, *, as_json: bool = False) -> tuple[int, str]:
        path = tmp_path / "table.csv"
        path.write_text(text)
        ended = read([path], as_json=as_json)
        told = capsys.readouterr()
        return ended, told.out + told.err

    return of


def test_every_row_that_was_turned_away_is_said_with_its_place_and_reason(said: Any) -> None:
    ended, text = said(HEADING + GOOD + BAD)
    assert ended == 0
    assert "2 rows turned away" in text
    assert text.count("turned away at row") == 2
    assert (
        "turned away at row 3: amount 'abc' is not an amount with at most three decimals\n" in text
    )
    assert "turned away at row 4: booking_date '30 June' is not a date" in text


@pytest.mark.parametrize("as_json", [False, True])
def test_a_file_of_which_nothing_was_read_is_no_success(as_json: bool, said: Any) -> None:
    ended, text = said(HEADING + BAD, as_json=as_json)
    assert ended == 2
    assert "every row was turned away" in " ".join(text.split())


def test_totals_that_a_file_states_are_counted(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(tmp_path / "lake"))
    path = tmp_path / "a.bai"
    path.write_text(
        "01,US,BANK,260116,0600,1,80,,2/\n02,BANK,US,1,260115,2359,USD,2/\n"
        "03,1,,010,10000,,/\n49,10001,2/\n98,10000,1,4/\n99,10000,1,6/\n"
    )
    assert read([path], as_json=False) == 0
    assert "totals that the file states: 7 hold, 1 do not" in capsys.readouterr().out
