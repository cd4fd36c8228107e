"""`countinghouse retry` reads refused files again, says what became of each, and records it."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from notebooks.page_queries import PageQueries
from pipelines.commands.retry import retry
from pipelines.lake.lake import Lake
from pipelines.records.control_tables import FILES
from tests.integration.ingestion.journals import FORMATS, LEDGER, take, write

CUT, TORN = "ledger/2026-02-28/cut.csv", "ledger/2026-02-28/torn.csv"


@pytest.fixture(autouse=True)
def our_lake(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    monkeypatch.setattr("pipelines.commands.retry.formats_of", lambda _: FORMATS)


@pytest.fixture
def refused(lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for name, journal in (("cut.csv", "J2"), ("torn.csv", "J3")):
        write(tmp_path / "in", name, f"{journal};1;5.00;0;EUR", "and no more", end="")
    assert take(lake, con, tmp_path / "in").count("refused") == 2


def _states(lake: Lake) -> list[Any]:
    rows = lake.read(FILES).sort("file", "attempt").collect()
    return list(rows.select("file", "state", "attempt").iter_rows())


def test_with_nothing_refused_there_is_nothing_to_do(
    lake: Lake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert retry([], folder=lake.root) == 2
    assert "nothing to try again" in capsys.readouterr().out


@pytest.mark.usefixtures("refused")
def test_what_is_refused_again_is_said_and_counted_as_one_file(
    lake: Lake, capsys: pytest.CaptureFixture[str]
) -> Any:
    assert retry([], folder=lake.root) == 1
    assert capsys.readouterr().out.count("refused again (attempt 2)") == 2
    assert [attempt for *_, attempt in _states(lake)] == [1, 2, 1, 2]
    (feed,) = PageQueries(lake.root).freshness().iter_rows(named=True)
    assert (feed["Files"], feed["Refused"]) == (2, 2)


@pytest.mark.usefixtures("refused")
def test_a_named_file_alone_is_read_again_and_comes_in(
    lake: Lake, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setattr("tests.integration.ingestion.journals.LAST", "")
    assert retry(["cut.csv"], folder=lake.root) == 0
    assert f"{CUT}: 1 rows loaded" in capsys.readouterr().out
    assert _states(lake) == [(CUT, "refused", 1), (CUT, "loaded", 2), (TORN, "refused", 1)]
    assert lake.read(LEDGER).collect()["journal_id"].to_list() == ["J2"]
    (feed,) = PageQueries(lake.root).freshness().iter_rows(named=True)
    assert (feed["Files"], feed["Refused"]) == (2, 1)


@pytest.mark.usefixtures("refused")
def test_a_name_that_is_not_refused_is_said_and_changes_nothing(
    lake: Lake, capsys: pytest.CaptureFixture[str]
) -> Any:
    before = _states(lake)
    assert retry(["other.csv"], folder=lake.root) == 2
    assert "other.csv is not among the refused files" in capsys.readouterr().out
    assert _states(lake) == before
