"""Files that attack their reader are refused by name, and everything else in landing goes on."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import READER_FAILURES
from pipelines.ingestion import ensure_tables, land
from pipelines.ingestion.ingest import ingest
from pipelines.inspection.profile_proposal import propose, save
from pipelines.lake.lake import Lake
from pipelines.landing.zone import scan

NOW = datetime(2026, 6, 30, 20, tzinfo=UTC)
EVENT = (
    '{"event_id":"x","payment_id":"p","event_type":"initiated","occurred_at":"2026-06-28T13:02:45Z"'
)
KNOWN = "Payout ID,Type,Order,Amount,Currency,Date\nP1,Sale,O-1,100.00,EUR,2026-03-01\n"


def test_attacks_cost_their_own_file_only(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    landing = tmp_path / "given"
    for feed, name, data in (
        ("payments", "deep.jsonl", b'{"a":' * 3_000),
        ("payments", "[bold]x\x1b[2J.txt", b"[/x] \x1b]0;pwned\x07"),
        ("payments", "sound.jsonl", f"{EVENT}}}\n".encode()),
    ):
        path = landing / feed / "2026-06-30" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    bomb = pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), ["A" * 900_000])
    (landing / "ledger" / "2026-06-30").mkdir(parents=True)
    pq.write_table(
        pa.table({"journal_id": bomb}), landing / "ledger" / "2026-06-30" / "bomb.parquet"
    )
    ensure_tables(lake)
    land(lake, landing, arrived=date(2026, 6, 30), formats=FORMATS, now=NOW)
    done = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    states = {Path(one.file).name: (one.state, one.reason) for one in done.files}
    assert states.pop("sound.jsonl")[0] == "loaded"
    assert {state for state, _ in states.values()} == {"refused"}
    assert "nests deeper than 64 levels" in states["deep.jsonl"][1]
    assert (
        "Parquet file" in states["bomb.parquet"][1] or "fit no table" in states["bomb.parquet"][1]
    )
    assert lake.read("bronze/payment_events").collect().height == 1


def test_a_panic_of_native_code_is_a_failure_of_its_reader() -> None:
    import polars as pl

    assert pl.exceptions.PanicException in READER_FAILURES


def test_a_settlement_profile_is_proposed_saved_and_read_by(lake: Lake, tmp_path: Path) -> None:
    from pipelines.ingestion.lake_formats import formats_of

    file = tmp_path / "acme pay.csv"
    file.write_text(KNOWN, "utf-8")
    proposed: Any = propose(file)
    assert (proposed.kind, proposed.name) == ("settlements", "acme_pay")
    assert proposed.report.rows == {"settlement_lines": 1, "settlement_payouts": 1}
    assert save(lake, proposed) == lake.profiles / "settlements" / "acme_pay.yaml"
    head = KNOWN.encode()
    chosen = next(known for known in formats_of(lake) if known.knows(head, file.name))
    assert chosen.name == "settlement.csv"
