"""Hostile, broken and cut-off statements are refused in words, at once."""

from typing import Any

import pytest

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.bai2 import BAI2
from pipelines.feeds.statements.camt.reader import CAMT
from pipelines.feeds.statements.mt940 import MT940
from pipelines.feeds.statements.ofx import OFX
from pipelines.feeds.xml.stream import refuse_doctype

DOCUMENT = (
    b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt>"
    b"<Id>S</Id>%s</Stmt></BkToCstmrStmt></Document>"
)
LAUGHS = (
    b"<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
    + DOCUMENT % b"<Ntry>&a9;</Ntry>"
)
OUTSIDE = b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + DOCUMENT % b"<Id>&x;</Id>"

HOSTILE_XML = {
    "entities": LAUGHS,
    "outside file": OUTSIDE,
    "deep nesting": DOCUMENT % (b"<a>" * 100_000 + b"</a>" * 100_000),
    "huge text": DOCUMENT % (b"<Id>" + b"x" * (5 << 20) + b"</Id>"),
    "endless garbage": DOCUMENT % (b"<x>%s</x>" % (b"y" * 100) * (1 << 16)),
    "cut off": (DOCUMENT % b"<Ntry><Amt Ccy='EUR'>1</Amt></Ntry>")[:-60],
    "mismatched": DOCUMENT.replace(b"</Stmt>", b"</Rpt>") % b"",
    "no element": b"<?xml version='1.0'?>",
    "long prolog": b"<!--" + b"x" * (3 << 20) + b"-->" + DOCUMENT % b"",
    "undefined entity": DOCUMENT % b"<Ntry><Amt Ccy='EUR'>&x;</Amt></Ntry>",
}


@pytest.mark.parametrize("name", HOSTILE_XML)
def test_hostile_xml_is_refused_in_words(name: str, source: Any) -> None:
    with pytest.raises(RefusedError) as refused:
        list(CAMT.read(source(HOSTILE_XML[name])))
    assert refused.value.reason
    assert refused.value.advice


def test_names_are_found_without_following_anything(source: Any) -> None:
    assert refuse_doctype(source(DOCUMENT % b""))[1] == ("Document", "BkToCstmrStmt")
    with pytest.raises(RefusedError, match="document type"):
        refuse_doctype(source(LAUGHS))


STATEMENT = (
    b":20:REF\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C260114EUR0,\r\n"
    b":61:2601150115C10,NTRFNONREF\r\n:86:a text\r\n:62F:C260115EUR10,\r\n-\r\n"
)


@pytest.mark.parametrize("cut", [60, 75, 90, 100, len(STATEMENT) - 14])
def test_a_cut_off_swift_statement_is_refused(cut: int, source: Any) -> None:
    with pytest.raises(RefusedError):
        list(MT940.read(source(STATEMENT + STATEMENT.replace(b"1/1", b"2/1")[:cut])))


def test_a_line_without_end_is_refused(source: Any) -> None:
    with pytest.raises(RefusedError, match="longer than"):
        list(MT940.read(source(b":20:X\r\n:86:" + b"x" * (3 << 20))))


def test_a_bai2_file_without_trailer_is_refused(source: Any) -> None:
    text = b"01,A,B,260115,0600,1,80,1,2/\n02,B,A,1,260114,2359,USD,2/\n03,1,USD,010,100,,/\n"
    with pytest.raises(RefusedError, match="trailer"):
        list(BAI2.read(source(text)))


@pytest.mark.parametrize(
    "text", [b"<!DOCTYPE OFX [<!ENTITY a 'b'>]><OFX></OFX>", b"<OFX><STMTRS>", b"<OFX></OFX>"]
)
def test_a_hostile_cut_or_empty_download_is_refused(text: bytes, source: Any) -> None:
    with pytest.raises(RefusedError):
        list(OFX.read(source(text)))
