"""A file that is still being written is not taken; it comes in when it is complete."""

import os
import time
from datetime import date
from pathlib import Path

import pytest

from pipelines.lake.lake import Lake
from pipelines.landing.arrivals import Sorting, files_in, land
from pipelines.landing.file_stability import QUIET_SECONDS, wait_until_stable
from pipelines.landing.zone import copy_into_landing, held, landed_paths, scan

DAY = date(2026, 6, 30)
SORTING = Sorting({"statements"}, lambda head, name: "statements")


def _sent(tmp_path: Path, name: str = "a.sta", text: str = "one\n") -> Path:
    folder = tmp_path / "sent"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def _aged(path: Path, seconds: float = 60.0) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def _landed(lake: Lake) -> list[str]:
    return [landed.file for landed in scan(lake)]


@pytest.mark.parametrize(
    "name",
    ["a.sta.part", "a.sta.filepart", "a.CRDOWNLOAD", "a.tmp", "a.sta.part-1", "~$a.xlsx", "a.sta~"],
)
def test_a_name_that_says_incomplete_waits_for_another_name(
    lake: Lake, tmp_path: Path, name: str
) -> None:
    path = _aged(_sent(tmp_path, name))
    arrivals = land(lake, path.parent, arrived=DAY, sorting=SORTING)
    assert [one.file for one in arrivals.held] == [name]
    assert _landed(lake) == []
    path.rename(path.with_name("a.sta"))
    land(lake, path.parent, arrived=DAY, sorting=SORTING)
    assert _landed(lake) == ["statements/2026-06-30/a.sta"]


@pytest.mark.parametrize("name", ["part.sta", "temporary.csv", "download.csv", "parts.tmp.csv"])
def test_an_ordinary_name_is_no_sign(lake: Lake, tmp_path: Path, name: str) -> None:
    path = _aged(_sent(tmp_path, name))
    assert land(lake, path.parent, arrived=DAY, sorting=SORTING).held == ()


def test_a_file_that_somebody_has_open_for_writing_is_not_taken_however_long_he_pauses(
    lake: Lake, tmp_path: Path
) -> None:
    path = _sent(tmp_path)
    with path.open("a", encoding="utf-8") as writer:
        _aged(path)
        arrivals = land(lake, path.parent, arrived=DAY, sorting=SORTING, quiet=True)
        assert [one.file for one in arrivals.held] == ["a.sta"]
        assert "still being written" in arrivals.held[0].reason
        writer.write("two\n")
    _aged(path)
    arrivals = land(lake, path.parent, arrived=DAY, sorting=SORTING, quiet=True)
    assert arrivals.held == ()
    assert scan(lake)[0].path.read_text("utf-8") == "one\ntwo\n"


def test_a_file_that_changed_a_moment_ago_waits_and_an_older_one_does_not(
    lake: Lake, tmp_path: Path
) -> None:
    old, young = _aged(_sent(tmp_path, "old.sta")), _sent(tmp_path, "young.sta", "two\n")
    arrivals = land(lake, old.parent, arrived=DAY, sorting=SORTING, quiet=True)
    assert [one.file for one in arrivals.held] == ["young.sta"]
    assert _landed(lake) == ["statements/2026-06-30/old.sta"]
    _aged(young, QUIET_SECONDS + 1)
    assert land(lake, old.parent, arrived=DAY, sorting=SORTING, quiet=True).held == ()


def test_a_file_copied_straight_into_landing_is_not_taken_while_it_grows(lake: Lake) -> None:
    path = lake.landing / "statements" / "2026-06-30" / "a.sta"
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8") as writer:
        writer.write("one\n")
        writer.flush()
        _aged(path)
        assert scan(lake) == ()
        assert [one.file for one in held(lake, DAY)] == ["statements/2026-06-30/a.sta"]
        writer.write("two\n")
    assert scan(lake, quiet=True) == ()
    _aged(path)
    assert [landed.size for landed in scan(lake, quiet=True)] == [8]
    assert held(lake, DAY) == ()


def test_what_landing_laid_down_itself_is_finished_however_young(
    lake: Lake, tmp_path: Path
) -> None:
    copy_into_landing(lake, _sent(tmp_path), feed="statements", arrived=DAY, name="a.sta")
    assert len(scan(lake, quiet=True)) == 1


def test_waiting_for_files_to_settle_takes_a_moment_and_for_old_ones_none(
    lake: Lake, tmp_path: Path
) -> None:
    path = _aged(_sent(tmp_path))
    started = time.monotonic()
    wait_until_stable([*files_in(path.parent), *landed_paths(lake)])
    assert time.monotonic() - started < 0.5
    _aged(path, QUIET_SECONDS - 0.2)
    wait_until_stable([path])
    assert 0.1 < time.monotonic() - started < QUIET_SECONDS
    assert land(lake, path.parent, arrived=DAY, sorting=SORTING, quiet=True).held == ()


def test_a_time_in_the_future_does_not_keep_a_file_out_for_ever(lake: Lake, tmp_path: Path) -> None:
    path = _aged(_sent(tmp_path), -86_400)
    assert land(lake, path.parent, arrived=DAY, sorting=SORTING, quiet=True).held == ()


def test_a_file_dated_in_the_future_is_held_and_said(lake: Lake, tmp_path: Path) -> None:
    copy_into_landing(
        lake, _sent(tmp_path), feed="statements", arrived=date(2062, 1, 1), name="a.sta"
    )
    assert [one.file for one in held(lake, DAY)] == ["statements/2062-01-01/a.sta"]
    assert "future" in held(lake, DAY)[0].reason
    assert held(lake, date(2062, 1, 1)) == ()
