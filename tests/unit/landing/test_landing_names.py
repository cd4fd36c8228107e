from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lake.lake import Lake
from pipelines.landing.zone import LandedFile, arrival_day, safe_name


@given(st.text(min_size=1, max_size=400))
def test_a_safe_name_is_one_plain_file_name(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert not set(safe) & set("/\\\0\n\r\t[]{}*?<>|:\"'`$%")
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 200


@given(st.text(min_size=1, max_size=400))
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    assert safe_name(safe_name(name)) == safe_name(name)


def test_ordinary_names_are_kept() -> None:
    for name in (
        "camt.053_2026-01-02.xml",
        "Kontoauszug März (2).csv",
        "a.zip!b.xml",
        "x~1f2e.mt940",
    ):
        assert safe_name(name) == name


def test_a_name_cannot_climb() -> None:
    assert safe_name("../../etc/passwd") == "__.._etc_passwd"
    assert safe_name("..") == "_"


def test_long_names_differ_when_the_originals_differ() -> None:
    assert safe_name("a" * 300 + "1.csv") != safe_name("a" * 300 + "2.csv")
    assert safe_name("a" * 300 + ".csv").endswith(".csv")


@pytest.mark.parametrize(
    "table",
    [
        "ledger",
        "bronze/../x",
        "/etc/passwd",
        "bronze/",
        "bronze/A",
        "landing/x",
        "bronze/a/b",
        "",
        "raw/x",
    ],
)
def test_what_is_not_a_table_has_no_path(table: str) -> None:
    with pytest.raises(ValueError, match="not the name of a table"):
        Lake(Path("/nowhere")).path(table)


def test_rows_are_known_from_the_end_of_the_day_of_arrival() -> None:
    landed = LandedFile("ledger", date(2026, 2, 28), "a.csv", "0" * 64, 1, Path("a.csv"))
    assert landed.known_at == datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert landed.file == "ledger/2026-02-28/a.csv"


@pytest.mark.parametrize(
    "folder", ["2026-02-30", "20260228", "2026-W09-1", "ledger", "2026-2-3", ""]
)
def test_a_folder_that_states_no_day_is_no_arrival(folder: str) -> None:
    assert arrival_day(folder) is None
