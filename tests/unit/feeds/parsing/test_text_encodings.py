"""One decoder of text: every reader of tables and statements reads what it reads in UTF-8."""

import codecs
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.parsing.delimited import batches, layouts
from pipelines.feeds.parsing.text import encoding_of, head_text, numbered_lines, utf8_head
from pipelines.feeds.reading import Reading
from tests.recognised import recognise
from tests.unit.feeds.conftest import InMemory, Whole

LEDGER = (
    "book,journal_id,line_number,account_code,booking_date,debit,credit,currency\n"
    "general,J1,1,1000,2026-01-05,12.50,0,EUR\n"
    "general,Jé,2,4000,2026-01-05,0,12.50,EUR\n"
)
SETTLEMENT = (
    "provider,transaction_id,type,gross,fee,net,currency,payout_id,date\n"
    "shop,T1,sale,10.00,0.30,9.70,EUR,P1,2026-01-05\n"
    "shop,T2,salé,20.00,0.60,19.40,EUR,P1,2026-01-05\n"
)
BANK = (
    "account_id;booking_date;amount;currency;balance;remittance\n"
    "DE89370400440532013000;2026-01-15;-1.10;EUR;8.90;Café\n"
    "DE89370400440532013000;2026-01-16;2.20;EUR;11.10;Ω\n"
)
SWIFT = (
    ":20:REF\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C260114EUR0,\r\n"
    ":61:2601150115C10,NTRFNONREF\r\n:86:ein Müller\r\n:62F:C260115EUR10,\r\n-\r\n"
)
UTF16: list[Callable[[str], bytes]] = [
    lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
]


@pytest.mark.parametrize("encoded", UTF16, ids=["little", "big"])
@pytest.mark.parametrize("text", [LEDGER, SETTLEMENT, BANK, SWIFT])
def test_a_file_in_utf_16_is_known_and_read_as_in_utf_8(
    source: type[InMemory],
    read: Callable[..., list[Reading]],
    whole: Callable[..., Whole],
    text: str,
    encoded: Callable[[str], bytes],
) -> None:
    plain, wide = text.encode(), encoded(text)
    known = recognise(source(plain, "file.csv"))
    assert recognise(source(wide, "file.csv")).name == known.name
    expected, found = whole(read(known, plain, "file.csv")), whole(read(known, wide, "file.csv"))
    assert any(expected.rows.values())
    assert found == expected


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0\ufeff")))
def test_the_first_bytes_of_any_encoding_give_the_same_text(text: str) -> None:
    for encoded in UTF16:
        assert utf8_head(encoded(text)).decode() == text
        assert head_text(encoded(text)) == text
    assert utf8_head(codecs.BOM_UTF8 + text.encode()).decode() == text


def test_a_letter_cut_off_at_the_end_of_the_head_is_left_out() -> None:
    assert head_text("café".encode()[:-1]) == "caf"
    assert utf8_head((codecs.BOM_UTF16_LE + "café".encode("utf-16-le"))[:-1]).decode() == "caf"


@pytest.mark.parametrize(
    ("written", "encoding"),
    [("Müller", "cp852"), ("Müller", "cp1252"), ("Müller \x81", "latin-1")],
)
def test_a_delimited_table_is_decoded_as_a_list_of_lines_is(
    source: type[InMemory], written: str, encoding: str
) -> None:
    file = source(f"name;day\n{written};1\n".encode(encoding))
    (layout, *_) = layouts(file.head())
    (batch,) = batches(file, layout)
    assert encoding_of(file) == encoding
    assert batch.findings[0].message == f"not UTF-8; read as {encoding}"
    lines = [line for _, line in numbered_lines(file)]
    assert batch.records["name"].to_list() == [lines[1].split(";")[0]]


def test_a_mark_of_utf_8_before_other_text_loses_no_letter(source: type[InMemory]) -> None:
    file: Any = source(codecs.BOM_UTF8 + "name;day\nMüller;1\n".encode("cp1252"))
    (layout, *_) = layouts(file.head())
    (batch,) = batches(file, layout)
    assert batch.records["name"].to_list() == ["Müller"]


def test_every_format_looks_at_a_head_in_utf_16_without_failing(source: type[InMemory]) -> None:
    head = source(UTF16[0](LEDGER)).head()
    assert [known.name for known in FORMATS if known.recognises(head, "x")] == [
        "ledger_postings.csv"
    ]
