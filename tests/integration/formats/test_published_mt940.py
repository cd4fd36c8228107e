"""MT940 field by field against the results that another project publishes for its samples.

All 52 published results are compared on what the files say line by line, fragments included; what
whole statements make of it is compared on those that a bank could have sent.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.feeds.parsing.text import numbered_lines
from pipelines.feeds.reading import RefusedError, Source
from pipelines.feeds.statements.mt940 import MT940
from pipelines.feeds.statements.mt940.details import Details, details_of, non_swift
from pipelines.feeds.statements.mt940.fields import TagField, fields_of
from pipelines.feeds.statements.mt940.lines import Movement, balance, movement

BALANCES = {
    "60F": "final_opening_balance",
    "60M": "intermediate_opening_balance",
    "62F": "final_closing_balance",
    "62M": "intermediate_closing_balance",
    "64": "available_balance",
}

FRAGMENTS = [
    "betterplace__amount_formats",
    "betterplace__currency_in_25",
    "betterplace__empty_86",
    "betterplace__empty_entry_date",
    "betterplace__empty_line",
    "betterplace__missing_crlf_at_end",
    "cmxl__account_balance_credit",
    "cmxl__account_balance_debit",
    "cmxl__account_identification_iban",
    "cmxl__account_identification_legacy",
    "cmxl__available_balance",
    "cmxl__closing_balance",
    "cmxl__reference",
    "cmxl__statement_details",
    "cmxl__statement_line",
    "cmxl__statement_number",
    "self-provided__account_identification",
    "self-provided__empty_non_swift",
    "self-provided__sparkassen",
]
"""Single fields and pieces: no account, or nothing that could be loaded."""

UNKNOWN = "self-provided__invalid_statement"
QUOTED = "self-provided__transaction_details"


def words(text: Any) -> str:
    return "".join(str(text or "").split())


def published(folder: Path) -> dict[str, Any]:
    results = folder / "expected_plain_json"
    return {path.stem: json.loads(path.read_text("utf-8")) for path in results.glob("*.json")}


@pytest.fixture(scope="module")
def samples(shared_data: Path) -> Path:
    return shared_data / "statements" / "mt940_wolph"


@pytest.fixture(scope="module")
def results(samples: Path) -> dict[str, Any]:
    return published(samples)


def source_of(samples: Path, name: str) -> Source:
    folder, _, stem = name.partition("__")
    return Source(samples / folder / f"{stem}.sta", f"{stem}.sta")


def fields(samples: Path, name: str) -> list[TagField]:
    return list(fields_of(numbered_lines(source_of(samples, name))))


def movements(read: list[TagField]) -> list[tuple[Movement, Details | None]]:
    found: list[tuple[Movement, Details | None]] = []
    said: dict[int, list[str]] = {}
    for field in read:
        if field.tag == "61":
            found.append((movement("\n".join(field.lines)), None))
        elif field.tag == "86" and found:
            said.setdefault(len(found) - 1, []).extend(field.lines)
        elif field.tag == "NS" and found:
            found[-1] = found[-1][0], non_swift(field.lines)
        elif field.tag.startswith("6"):
            said.setdefault(len(found), [])
    return [
        (line, details if details or not said.get(at) else details_of(said[at]))
        for at, (line, details) in enumerate(found)
    ]


def comparable(results: dict[str, Any]) -> list[str]:
    return sorted(set(results) - {UNKNOWN, QUOTED})


def test_every_published_result_is_met(results: dict[str, Any]) -> None:
    assert len(results) == 52
    assert isinstance(results[QUOTED], str)


def test_amounts_dates_and_types_of_all_movements_agree(
    samples: Path, results: dict[str, Any]
) -> None:
    compared = reversed_credits = 0
    for name in comparable(results):
        read = movements(fields(samples, name))
        expected = results[name]["transactions"]
        assert len(read) == len(expected), name
        for (line, _), theirs in zip(read, expected, strict=True):
            amount = Decimal(theirs["amount"]["amount"])
            if line.reversal:
                reversed_credits += 1
                assert Decimal(line.amount) == -amount, name
            else:
                assert Decimal(line.amount) == amount, name
            assert line.value_date == theirs["date"], name
            assert line.booking_date == theirs.get("entry_date", theirs["date"]), name
            assert line.code == theirs["id"], name
            assert line.funds_code == theirs["funds_code"], name
            compared += 1
    assert compared == 211
    assert reversed_credits == 2, "a reversed credit takes money away: the balances there prove it"


def test_references_of_all_movements_agree(samples: Path, results: dict[str, Any]) -> None:
    for name in comparable(results):
        read = movements(fields(samples, name))
        for (line, details), theirs in zip(read, results[name]["transactions"], strict=True):
            assert words(line.bank_reference) == words(theirs.get("bank_reference")), name
            if details is None or details.dialect != "structured":
                expected = words(theirs.get("customer_reference"))
                assert words(line.customer_reference) == expected, name
                assert words(theirs.get("extra_details")) in words(line.supplement), name


def test_structured_details_agree(samples: Path, results: dict[str, Any]) -> None:
    compared = 0
    for name in comparable(results):
        read = movements(fields(samples, name))
        for (_, details), theirs in zip(read, results[name]["transactions"], strict=True):
            if details is None or "posting_text" not in theirs:
                continue
            compared += 1
            assert words(details.posting_text) == words(theirs["posting_text"]), name
            assert words(details.agent) == words(theirs["applicant_bin"]), name
            assert words(details.name) == words(theirs["applicant_name"]), name
            expected_id = words(theirs.get("end_to_end_reference"))
            assert words(details.end_to_end_id) == expected_id, name
            mandate = words(theirs.get("additional_position_reference"))
            assert words(details.mandate_id) == mandate, name
            assert words(theirs.get("purpose")) in words(details.remittance), name
            if "?38" not in details.rest and "account_number" not in details.rest:
                account = words(theirs.get("applicant_iban"))
                if not words(details.account).startswith("NUMERO"):
                    assert words(details.account) == account, name
    assert compared > 100


def test_free_text_agrees(samples: Path, results: dict[str, Any]) -> None:
    for name in comparable(results):
        read = movements(fields(samples, name))
        for (_, details), theirs in zip(read, results[name]["transactions"], strict=True):
            if details is not None and details.dialect == "free":
                assert words(details.remittance) == words(theirs["transaction_details"]), name


def test_the_last_balances_of_each_kind_agree(samples: Path, results: dict[str, Any]) -> None:
    for name in comparable(results):
        if name == "self-provided__raphaelm":
            continue  # its closing balances name no currency; theirs reads the amount as one
        last = {
            BALANCES[field.tag]: field for field in fields(samples, name) if field.tag in BALANCES
        }
        for kind, field in last.items():
            theirs = results[name]["data"][kind]
            ours = balance(field.joined)
            assert Decimal(ours.amount) == Decimal(theirs["amount"]["amount"]), (name, kind)
            assert ours.currency == theirs["amount"]["currency"], (name, kind)
            assert ours.day == theirs["date"], (name, kind)


def test_whole_statements_are_read_and_fragments_refused(
    samples: Path, results: dict[str, Any]
) -> None:
    for name in comparable(results):
        source = source_of(samples, name)
        assert MT940.recognises(source.head(), source.name), name
        if name in FRAGMENTS:
            with pytest.raises(RefusedError, match=r"names no account|holds no entry"):
                list(MT940.read(source))
        else:
            parts = list(MT940.read(source))
            count = sum(part.tables["statement_entries"].height for part in parts)
            assert count == len(results[name]["transactions"]), name
            assert all(part.rejected.is_empty() for part in parts), name


def test_a_list_of_numbers_is_no_statement(samples: Path) -> None:
    source = source_of(samples, UNKNOWN)
    assert not MT940.recognises(source.head(), source.name)
