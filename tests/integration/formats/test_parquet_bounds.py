"""Parquet that asks for more than it may: refused by name, and the next file is read."""

import signal
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.feeds.contract_tables import parquet, parquet_process
from pipelines.feeds.contract_tables.parquet_decoder import SLACK, BeyondError, check
from pipelines.feeds.reading import RefusedError, Source

ROW = {
    "book": "general",
    "journal_id": "J1",
    "line_number": 1,
    "account_code": "1000",
    "booking_date": "2026-01-05",
    "posted_at": "2026-01-05T09:00:00Z",
    "debit": "1.00",
    "credit": "0.00",
    "currency": "EUR",
}


def ledger(folder: Path, rows: int = 1, **columns: Any) -> Source:
    path = folder / "postings.parquet"
    named = {name: pa.array([value] * rows) for name, value in ROW.items()}
    pq.write_table(pa.table({**named, **columns}), path, compression="zstd")
    return Source(path, path.name)


def repeated(text: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))


def test_a_dictionary_that_unpacks_to_a_hundred_gigabytes_is_refused_and_the_next_is_read(
    tmp_path: Path,
) -> None:
    bomb = ledger(tmp_path, 100_000, description=repeated("A" * 1_000_000, 100_000))
    assert bomb.path.stat().st_size < 100_000
    with pytest.raises(RefusedError, match="Parquet file") as refused:
        list(parquet.read(bomb))
    assert "hostile" in refused.value.advice
    (reading,) = parquet.read(ledger(tmp_path))
    assert reading.tables["ledger_postings"].height == 1


def test_text_that_is_not_utf8_is_refused_before_anybody_looks_at_it(tmp_path: Path) -> None:
    binary = pa.array([b"caf\xe9"])
    text = pa.Array.from_buffers(pa.string(), 1, binary.buffers())
    with pytest.raises(RefusedError, match="UTF8"):
        list(parquet.read(ledger(tmp_path, description=text)))


def test_many_small_values_are_counted_while_they_come_out(tmp_path: Path) -> None:
    bomb = ledger(tmp_path, 400_000, description=repeated("A" * 1_000, 400_000))
    with pytest.raises(RefusedError, match=r"beyond bounds: its [0-9,]+ bytes unpack to more than"):
        for _ in parquet.read(bomb):
            pass


def test_one_huge_value_is_refused_by_what_the_file_says_of_it(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="a value of the column description takes 3,0"):
        list(parquet.read(ledger(tmp_path, description=pa.array(["A" * 3_000_000]))))


def test_a_thousand_columns_too_many_and_types_in_types_are_refused(tmp_path: Path) -> None:
    wide = {f"c{number}": pa.array([1]) for number in range(2_001)}
    with pytest.raises(RefusedError, match="columns, more than 2,000"):
        list(parquet.read(ledger(tmp_path, **wide)))
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    with pytest.raises(RefusedError, match="description nests deeper than 8 levels"):
        list(parquet.read(ledger(tmp_path, description=pa.array([deep]))))


def test_rows_and_widths_are_held_against_the_size_of_the_file() -> None:
    chunk = SimpleNamespace(
        num_values=10**9, total_uncompressed_size=500, physical_type="INT64", path_in_schema="a"
    )
    group = SimpleNamespace(column=lambda _: chunk)
    metadata = SimpleNamespace(
        num_columns=1, num_row_groups=1, num_rows=10**9, row_group=lambda _: group
    )
    schema = pa.schema([("a", pa.int64())])
    with pytest.raises(BeyondError, match="its 4,000 bytes would unpack to 9,000,000,000"):
        check(metadata, schema, 4_000)
    check(metadata, schema, SLACK)


@pytest.mark.parametrize(
    ("blow", "words"), [(signal.SIGSTOP, "within 2 seconds"), (signal.SIGKILL, "breaks what")]
)
def test_a_decoder_that_hangs_or_dies_is_a_refusal(
    tmp_path: Path, blow: signal.Signals, words: str
) -> None:
    source = ledger(tmp_path, 40_000)  # more than a pipe holds
    process = parquet_process.ParquetProcess(longest_wait=30)
    answers = process.ask(source.path, rows=True)
    assert next(answers).names == list(ROW)
    process.signal(blow)
    process.longest_wait = 2
    with pytest.raises(RefusedError, match=words):
        list(answers)
    process.longest_wait = 30
    (schema,) = process.ask(source.path, rows=False)  # by another one
    assert schema.names == list(ROW)
    process.end()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8)
)
def test_a_spoilt_file_is_read_or_refused(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    source = ledger(tmp_path, 3)
    data = bytearray(source.path.read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    source.path.write_bytes(data)
    with suppress(RefusedError):
        assert all(known.feed for known in parquet.FORMATS if known.recognises(bytes(data), "x"))
        list(parquet.read(source))
