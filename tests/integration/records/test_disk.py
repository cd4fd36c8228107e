"""A full disk and a lake that may not be written: a sentence, and nothing half done."""

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.ingestion import ensure_tables, ingest, land
from pipelines.ingestion.lake_formats import formats_of
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.landing.zone import scan
from pipelines.records.control_tables import FILES
from pipelines.records.damage import damaged_tables

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
"""By these root writes and reads whatever the permissions say (linux/capability.h)."""

LARGE = 200_000
BALANCES = (
    "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>1.00</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
)


def statement(name: str, *, padding: int = 0) -> str:
    """A camt.053 statement of one balance, with a comment of so many characters."""
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt>"
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>{name}</Id><!--{'x' * padding}-->"
        "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>"
        f"{BALANCES}</Stmt></BkToCstmrStmt></Document>"
    )


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with two files to land, of which one is large."""
    day = tmp_path / "sent" / "statements" / "2026-03-03"
    day.mkdir(parents=True)
    (day / "a.xml").write_text(statement("S1"), "utf-8")
    (day / "b.xml").write_text(statement("S2", padding=LARGE), "utf-8")
    return tmp_path


def heed_permissions() -> None:
    """Root gives up what lets it pass over the permissions of files, in programs it starts."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def run(place: Path, before: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    """`countinghouse run` as a user types it, in a process that `before` has bound."""
    program = Path(sys.executable).parent / "countinghouse"
    where = ["--lake", str(place / "lake"), "--landing", str(place / "sent")]
    return subprocess.run(
        [str(program), "run", *where],
        preexec_fn=before,
        cwd=place,
        env={**os.environ, "HOME": str(place), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("most", [300, 4_000, 100_000])
def test_where_no_more_can_be_written_a_run_says_so_and_the_next_catches_up(
    place: Path, most: int
) -> None:
    ended = run(place, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    assert ended.returncode == 2, ended.stderr[-2000:]
    assert "The disk is full, or a quota or limit is reached" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Damaged" not in ended.stderr

    lake = Lake(place / "lake")
    assert damaged_tables(lake) == ()
    sent = {path.name: path.read_bytes() for path in (place / "sent").rglob("*.xml")}
    for landed in lake.landing.rglob("*.xml"):
        assert landed.read_bytes() == sent[landed.name], "a file lies in landing in part"

    now = datetime(2026, 3, 4, tzinfo=UTC)
    ensure_tables(lake)
    land(lake, place / "sent", arrived=now.date(), formats=formats_of(lake), now=now)
    with connect(lake) as con:
        ingest(lake, con, list(scan(lake)), formats=formats_of(lake), now=now)
    states = lake.read(FILES).collect()
    assert set(states["state"]) == {"loaded"}
    balances = lake.read("bronze/statement_balances").collect()
    assert sorted(balances["statement_id"]) == ["S1/2026-03-02", "S2/2026-03-02"]


def test_a_lake_that_may_not_be_written_is_left_as_it_was(place: Path) -> None:
    lake = Lake(place / "lake")
    ensure_tables(lake)
    for path in (lake.root, *lake.root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = files_below(lake.root)
    ended = run(place, heed_permissions)
    for path in (lake.root, *(each for each in lake.root.rglob("*") if each.is_dir())):
        path.chmod(0o755)
    assert ended.returncode == 2, ended.stderr[-2000:]
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert files_below(lake.root) == before
