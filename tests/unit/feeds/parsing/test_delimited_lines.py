"""Lines, records and quotes of delimited text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.parsing.delimited import DelimitedLayout, RecordBatch, batches, layouts
from pipelines.feeds.reading import RefusedError
from tests.unit.feeds.conftest import InMemory


def read(data: bytes, block_bytes: int = 1 << 20) -> list[RecordBatch]:
    return list(batches(InMemory(data), layouts(data)[0], block_bytes))


def rows(found: list[RecordBatch]) -> list[tuple[Any, ...]]:
    return [row for batch in found for row in batch.records.rows()]


def broken(found: list[RecordBatch]) -> list[tuple[int, str]]:
    return [(line.line, line.reason) for batch in found for line in batch.broken]


def test_a_plain_line_is_a_record_with_its_physical_number() -> None:
    assert rows(read(b"a,b\n1,2\n3,\n")) == [("1", "2", 2), ("3", None, 3)]


def test_lines_with_too_few_or_too_many_fields_cost_only_themselves() -> None:
    found = read(b"a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert rows(found) == [("1", "2", 2), ("7", "8", 5)]
    assert [line for line, _ in broken(found)] == [3, 4]


def test_a_cut_last_line_is_named_by_its_number() -> None:
    found = read(b"a,b,c\n1,2,3\n4,5")
    assert rows(found) == [("1", "2", "3", 2)]
    reason = "the file is cut off in this line (too few fields: 2 where the header has 3)"
    assert broken(found) == [(3, reason)]
    assert [finding.code for finding in found[-1].findings] == ["no_final_newline"]


def test_a_quoted_field_may_hold_separators_quotes_and_line_ends() -> None:
    found = read(b'a,b\n"1,5","say ""x"""\n"two\nlines",y\nlast,z\n')
    assert rows(found) == [("1,5", 'say "x"', 2), ("two\nlines", "y", 3), ("last", "z", 5)]


def test_a_quote_that_is_never_closed_costs_one_line() -> None:
    found = read(b'a,b\n1,"open\n2,x\n3,y\n')
    assert rows(found) == [("2", "x", 3), ("3", "y", 4)]
    assert [line for line, _ in broken(found)] == [2]


def test_a_quoted_field_may_run_over_the_edge_of_a_block() -> None:
    text = 'a,b\n"one\ntwo\nthree",x\n4,y\n'
    for size in range(1, len(text)):
        assert rows(read(text.encode(), size)) == [("one\ntwo\nthree", "x", 2), ("4", "y", 5)]


def test_a_byte_order_mark_and_windows_line_ends_are_taken() -> None:
    assert rows(read(b"\xef\xbb\xbfa;b\r\n1;2\r\n\r\n3;4\r\n")) == [("1", "2", 2), ("3", "4", 4)]


def test_old_mac_line_ends_are_taken() -> None:
    assert rows(read(b"a;b\r1;2\r3;4\r")) == [("1", "2", 2), ("3", "4", 3)]


def test_a_separator_hint_of_excel_shifts_the_lines_by_one() -> None:
    assert rows(read(b"sep=;\r\na;b\r\n1;2\r\n")) == [("1", "2", 3)]


def test_blank_lines_above_the_header_count_as_lines() -> None:
    assert rows(read(b"\n\na,b\n1,2\n")) == [("1", "2", 4)]


def test_text_that_is_not_utf_8_is_read_as_cp1252_and_says_so() -> None:
    found = read("a,b\nMüller,€\n".encode("cp1252"))
    assert rows(found) == [("Müller", "€", 2)]
    assert found[0].findings[0].message == "not UTF-8; read as cp1252"


def test_a_line_with_nul_bytes_is_turned_away() -> None:
    assert broken(read(b"a,b\n1,\0\n2,3\n")) == [(2, "the line holds NUL bytes")]


def test_a_line_of_many_megabytes_refuses_the_file_with_its_place() -> None:
    with pytest.raises(RefusedError, match="line 3"):
        read(b"a,b\n1,2\n" + b"x" * (3 << 20), 1 << 20)


def test_a_header_alone_is_zero_records() -> None:
    found = read(b"a,b\n")
    assert [batch.records.columns for batch in found] == [["a", "b", "source_row"]]
    assert rows(found) == []


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=8), st.integers(1, 200))
def test_what_a_csv_writer_writes_is_read_back_whatever_the_block_size(
    records: Any, size: int
) -> None:
    written = "a,b,c\n" + "".join(
        ",".join('"' + field.replace('"', '""') + '"' for field in record) + "\n"
        for record in records
    )
    found = read(written.encode(), size)
    assert broken(found) == []
    got = [row[:3] for row in rows(found)]
    assert got == [tuple(field or None for field in record) for record in records]


@given(st.binary(max_size=300), st.integers(1, 100))
def test_any_bytes_give_records_or_broken_lines_and_nothing_else(body: bytes, size: int) -> None:
    layout = DelimitedLayout(",", ("a", "b"))
    found = list(batches(InMemory(b"a,b\n" + body), layout, size))
    numbers = [row[-1] for row in rows(found)] + [line for line, _ in broken(found)]
    assert len(numbers) == len(set(numbers))
    assert all(number >= 2 for number in numbers)
