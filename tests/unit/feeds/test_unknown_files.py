"""A file that nobody can read is refused in words that help."""

import pytest

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import RefusedError
from tests.recognised import recognise
from tests.unit.feeds.conftest import InMemory


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \n\t", "nothing but blanks"),
        (b"%PDF-1.4 ...", "PDF document"),
        (b"PK\x03\x04....", "zip archive that is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel workbook"),
        ("\ufeffhello there".encode("utf-16-le"), "begins with 'hello there'"),
        (b"<!DOCTYPE html><html><body>Please sign in", "web page"),
        (b"<html><body>502 Bad Gateway", "web page"),
        (b"<?xml version='1.0'?><Recipe/>", "XML, but no message"),
        (b"\x00\x01\x02\x03", "binary data"),
        (b"hello there", "no known format"),
        (
            b"book,journal_id,line_number,account_code,debit,currency\n",
            "lacks booking_d",
        ),
    ],
)
def test_the_refusal_says_what_the_file_seems_to_be(
    source: type[InMemory], data: bytes, said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        recognise(source(data, "file"))


def test_every_format_has_a_name_of_its_own() -> None:
    names = [known.name for known in FORMATS]
    assert len(names) == len(set(names))
