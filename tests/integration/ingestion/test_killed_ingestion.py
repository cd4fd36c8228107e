"""An intake that was killed is taken up again, and leaves no row out and none twice."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.ingestion import ensure_tables, ingest, land
from pipelines.lake.lake import Lake
from pipelines.landing.zone import scan
from pipelines.records.control_tables import QUARANTINE
from tests.integration.ingestion.journals import (
    DAY,
    FORMATS,
    LEDGER,
    NOW,
    contents,
    take,
    write,
)


class KilledError(BaseException):
    """Stands for a SIGKILL: nothing in the pipeline catches it."""


def test_a_half_taken_batch_appends_only_the_rows_that_are_missing(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        write(tmp_path / "in", f"{number}.csv", f"J{number};1;1;0;EUR", f"J{number};2;-1;0;EUR")
    land(lake, tmp_path / "in", arrived=DAY, formats=FORMATS, now=NOW)
    ensure_tables(lake)
    once = Lake._once

    def dying(self: Any, table: Any, transaction_ids: Any, write: Any) -> Any:
        once(self, table, transaction_ids, write)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "_once", dying)
        with pytest.raises(KilledError):
            ingest(lake, con, scan(lake)[:2], formats=FORMATS, now=NOW)
    taken = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    assert taken.total("loaded").rows == 4
    assert taken.total("quarantined").rows == 4
    assert sorted(lake.read(LEDGER).collect()["journal_id"]) == ["J0", "J1", "J2", "J3"]
    assert lake.read(QUARANTINE).collect().height == 4


@pytest.mark.parametrize("survived", range(3))
def test_killed_between_any_two_writes_and_run_again_gives_the_undisturbed_tables(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    survived: Any,
) -> None:
    lines = ("J1;1;5.00;0;EUR", "rubbish", "J1;2;-1;0;EUR")
    for number in range(3):
        write(tmp_path / "in", f"{number}.csv", *lines, f"J7;{number};1;0;EUR")
    calm = Lake(tmp_path / "calm")
    take(calm, con, tmp_path / "in")
    ensure_tables(lake)
    once = Lake._once
    written: list[Any] = []

    def dying(self: Any, table: Any, transaction_ids: Any, write: Any) -> Any:
        if len(written) == survived:
            raise KilledError
        written.append(once(self, table, transaction_ids, write))
        return written[-1]

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "_once", dying)
        with pytest.raises(KilledError):
            take(lake, con, tmp_path / "in")
    write(tmp_path / "in", "late.csv", "J9;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    take(calm, con, tmp_path / "in")
    assert contents(lake) == contents(calm)
