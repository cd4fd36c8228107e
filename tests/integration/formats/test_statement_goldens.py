"""Every statement sample: read as our hand-checked golden says, or refused for the reason it says.

The goldens were made by the readers and checked against the amounts and directions that a plain
search for `:61:`, `TRNAMT`, `16,` and `Ntry` finds in the files.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import RefusedError
from pipelines.inspection.file_report import read_file

GOLDEN = Path(__file__).parent / "golden"
FAMILIES = sorted(path.stem for path in GOLDEN.glob("*.json"))


def golden(family: str) -> dict[str, Any]:
    return dict(json.loads((GOLDEN / f"{family}.json").read_text("utf-8")))


def amount_of(balance: dict[str, Any] | None) -> str | None:
    return balance["amount"] if balance else None


def summary(path: Path) -> dict[str, Any]:
    statements: list[dict[str, Any]] = []
    source: dict[str, str] = {}
    try:
        for said in read_file(path, FORMATS):
            source = said["source"]
            statements.append(
                {
                    "account": said["account"]["id"],
                    "id": said["statement_id"],
                    "opening": amount_of(said["opening"]),
                    "closing": amount_of(said["closing"]),
                    "control": said["balance_control"]["outcome"],
                    "difference": said["balance_control"]["difference"],
                    "entries": [
                        [
                            entry["amount"],
                            entry["currency"],
                            entry["booking_date"],
                            entry["value_date"],
                        ]
                        for entry in said["entries"]
                    ],
                    "findings": sorted({finding["code"] for finding in said["findings"]}),
                }
            )
    except RefusedError as refused:
        return {"refused": refused.reason}
    return {"format": source["format"], "version": source["version"], "statements": statements}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_sample_is_read_or_refused_as_its_golden_says(family: str, shared_data: Path) -> None:
    for name, expected in golden(family).items():
        assert summary(shared_data / "statements" / name) == expected, name


def test_every_sample_has_a_golden(shared_data: Path) -> None:
    folder = shared_data / "statements"
    known = {name for family in FAMILIES for name in golden(family)}
    there = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".json" and not path.name.startswith("LICENSE")
    }
    assert {name for name in there if not name.startswith("pain001/")} == known


def test_the_balance_control_is_right_wherever_both_balances_are_stated() -> None:
    stated = 0
    for family in FAMILIES:
        for name, file in golden(family).items():
            for statement in file.get("statements", ()):
                if statement["opening"] is None or statement["closing"] is None:
                    assert statement["control"] == "not_stated", name
                    continue
                if "balance_currencies_differ" in statement["findings"]:
                    assert statement["control"] == "differs", name
                    continue
                moved = sum((Decimal(entry[0]) for entry in statement["entries"]), Decimal(0))
                missing = Decimal(statement["closing"]) - Decimal(statement["opening"]) - moved
                stated += 1
                assert statement["control"] == ("differs" if missing else "holds"), name
                assert Decimal(statement["difference"]) == missing, name
    assert stated > 100
