"""camt.052, .053 and .054 field by field against the results another project publishes."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.feeds.reading import RefusedError, Source
from pipelines.feeds.statements.camt.reader import CAMT
from pipelines.feeds.statements.canonical_json import statement_objects

BALANCES = {
    "opening": ("OPBD", "PRCD"),
    "opening_available": ("OPAV",),
    "closing": ("CLBD",),
    "closing_available": ("CLAV",),
    "forward_available": ("FWAV",),
    "information": ("INFO",),
    "interim": ("ITBD",),
    "interim_available": ("ITAV",),
    "expected_credit": ("XPCD", "XPCR"),
}
PLACES = {"JPY": 0}
"""Decimal places that the published results count in, where not two."""


@pytest.fixture(scope="module")
def samples(shared_data: Path) -> dict[str, tuple[Any, list[dict[str, Any]]]]:
    folder = shared_data / "statements" / "camt_genkgo" / "test" / "data"
    found = {}
    for path in sorted(folder.glob("*.json")):
        source = Source(path.with_suffix(".xml"), path.with_suffix(".xml").name)
        ours = list(statement_objects(source, CAMT.read(source)))
        found[path.stem] = (json.loads(path.read_text("utf-8")), ours)
    return found


def money(node: dict[str, Any]) -> tuple[Decimal, str]:
    currency = node["getCurrency"]["getCode"]
    return Decimal(node["getAmount"]).scaleb(-PLACES.get(currency, 2)), currency


def day(node: Any) -> str | None:
    return node["0"][:10] if isinstance(node, dict) else None


def entries(theirs: Any) -> list[Any]:
    return [entry for entry in theirs["getEntries"] if isinstance(entry, dict)]


def records(theirs: Any) -> list[Any]:
    nested = [entry["getRecord"] for entry in entries(theirs)]
    direct = theirs["getRecords"]
    return [node for node in (*direct, *nested) if isinstance(node, dict)]


def pairs(theirs: Any, ours: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Any]]:
    """Our entries beside theirs; of a file of several statements they publish the last one's."""
    read = [entry for statement in ours for entry in statement["entries"]]
    expected = entries(theirs)
    assert len(read) == len(expected) or len(ours) > 1
    return list(zip(read[len(read) - len(expected) :], expected, strict=True))


def detail_of(entry: dict[str, Any]) -> dict[str, Any]:
    return entry["details"][0] if entry["details"] else entry


def test_every_published_result_is_met(samples: dict[str, Any]) -> None:
    assert len(samples) == 25


def test_entries_agree(samples: dict[str, Any]) -> None:
    for name, (theirs, ours) in samples.items():
        for entry, node in pairs(theirs, ours):
            amount, currency = money(node["getAmount"])
            assert Decimal(entry["amount"]) == amount, name
            assert entry["currency"] == currency, name
            assert entry["status"] == (node["getStatus"] or "BOOK"), name
            assert entry["credit_debit"] == node["getCreditDebitIndicator"], name
            assert entry["reversal"] is bool(node["getReversalIndicator"]), name
            assert entry["value_date"] == day(node["getValueDate"]), name
            if node["getBookingDate"]:
                assert entry["booking_date"] == day(node["getBookingDate"]), name
            assert entry["reference"] == (node["getReference"] or None), name


def test_bank_transaction_codes_agree(samples: dict[str, Any]) -> None:
    for name, (theirs, ours) in samples.items():
        for entry, node in pairs(theirs, ours):
            code = node["getBankTransactionCode"] or {}
            domain, own = code.get("getDomain"), code.get("getProprietary")
            said = json.dumps(entry, ensure_ascii=False)
            if domain:
                family = domain["getFamily"]
                parts = (domain["getCode"], family["getCode"], family["getSubFamilyCode"])
                assert "-".join(parts) in said, name
            elif own:
                assert own["getCode"] in said, name


def test_references_and_remittance_of_the_first_detail_agree(samples: dict[str, Any]) -> None:
    compared = 0
    for name, (theirs, ours) in samples.items():
        for entry, node in pairs(theirs, ours):
            if not isinstance(node["getTransactionDetail"], dict):
                continue
            compared += 1
            detail = detail_of(entry)
            references = node["getTransactionDetail"]["getReference"] or {}
            for ours_name, their_name in (
                ("end_to_end_id", "getEndToEndId"),
                ("instruction_id", "getInstructionId"),
                ("mandate_id", "getMandateId"),
                ("uetr", "getUuidEndToEndReference"),
                ("transaction_id", "getTransactionId"),
            ):
                assert detail.get(ours_name) == (references.get(their_name) or None), (
                    name,
                    ours_name,
                )
            said = node["getTransactionDetail"]["getRemittanceInformation"]
            if isinstance(said, dict) and said["getMessage"]:
                assert said["getMessage"] in (detail.get("remittance") or ""), name
    assert compared >= 20


def test_counterparties_of_the_first_detail_agree(samples: dict[str, Any]) -> None:
    compared = 0
    for name, (theirs, ours) in samples.items():
        for entry, node in pairs(theirs, ours):
            detail = node["getTransactionDetail"]
            parties = detail["getRelatedParties"] if isinstance(detail, dict) else []
            said = json.dumps(entry, ensure_ascii=False)
            for party in parties:
                compared += 1
                holder = party["getRelatedPartyType"]
                if holder["getName"]:
                    assert holder["getName"] in said, name
                if isinstance(party["getAccount"], dict):
                    assert party["getAccount"]["getIdentification"] in said, name
    assert compared > 30


def test_statements_and_balances_agree(samples: dict[str, Any]) -> None:
    compared = 0
    for name, (theirs, ours) in samples.items():
        known = {statement["statement_id"]: statement for statement in ours}
        for node in records(theirs):
            statement = known[node["getId"]]
            account = "".join(node["getAccount"]["getIdentification"].split())
            assert statement["account"]["id"] == account, name
            if node["getFromDate"] and node["getToDate"]:
                assert statement["from"] == day(node["getFromDate"]), name
                assert statement["to"] == day(node["getToDate"]), name
            balances = node.get("getBalances", [])
            assert len(statement["balances"]) == len(balances), name
            for balance, expected in zip(statement["balances"], balances, strict=True):
                amount, currency = money(expected["getAmount"])
                assert Decimal(balance["amount"]) == amount, name
                assert balance["currency"] == currency, name
                assert balance["date"] == day(expected["getDate"]), name
                assert balance["type"] in BALANCES[expected["getType"]], name
                compared += 1
    assert compared > 40


def test_a_message_without_a_statement_is_refused(shared_data: Path) -> None:
    path = shared_data / "statements/camt_genkgo/test/data/camt053.v2.wrong.xml"
    with pytest.raises(RefusedError, match="without a statement"):
        list(CAMT.read(Source(path, path.name)))
