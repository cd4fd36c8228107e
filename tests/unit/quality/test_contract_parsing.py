"""A contract is read whole or not at all: what cannot be run is an error, never skipped."""

import polars as pl
import pytest
import yaml

from quality.contract import CONTRACTS, ORIGIN, contract, contracts, parse_contract


def changed(change: dict[str, object], *, column: int | None = None) -> str:
    """The contract of FX rates with one thing changed in its table, or in one column."""
    node = yaml.safe_load(
        (CONTRACTS / "bronze" / "treasury" / "fx_rates.odcs.yaml").read_text("utf-8")
    )
    table = node["schema"][0]
    (table if column is None else table["properties"][column]).update(change)
    return yaml.safe_dump(node)


def test_a_contract_gives_schema_key_and_rules() -> None:
    postings = contract("ledger_postings")
    assert postings.schema["debit"] == pl.Decimal(18, 3)
    assert list(postings.stored_schema)[-len(ORIGIN) :] == list(ORIGIN)
    assert postings.key == ("book", "journal_id", "line_number")
    named = [rule.name for rule in postings.rules]
    assert named[-2:] == ["sides_are_not_negative", "one_side_only"]
    assert {"currency_is_a_currency", "debit_has_the_decimals_of_its_currency"} <= set(named)
    assert "booking_date_is_in_range" in named
    assert postings.empty().schema == postings.stored_schema


def test_no_contract_holds_money_in_floats() -> None:
    floats = [
        f"{each.name}.{column.name}"
        for each in contracts().values()
        for column in each.columns
        if column.dtype.is_float() and ("amount" in column.name or "balance" in column.name)
    ]
    assert floats == []


@pytest.mark.parametrize(
    "check",
    [
        {"type": "library", "metric": "duplicateValues", "mustBe": 0},
        {"type": "library", "metric": "invalidValues", "mustBeLessThan": 5, "arguments": {}},
        {"type": "library", "metric": "invalidValues", "mustBe": 0, "arguments": {"min": 1}},
        {"type": "custom", "engine": "soda", "implementation": "x"},
    ],
)
def test_a_check_of_a_column_that_cannot_be_run_is_an_error(check: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not known"):
        parse_contract(changed({"quality": [check]}, column=1))


@pytest.mark.parametrize("constraint", ["unique", "logicalTypeOptions"])
def test_a_constraint_that_nothing_enforces_is_an_error(constraint: str) -> None:
    with pytest.raises(ValueError, match=constraint):
        parse_contract(changed({constraint: True}, column=0))


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "text", "name": "words", "description": "Rates look right."},
        {"type": "sql", "name": "lax", "query": "select 1 from ${table} where x", "mustBe": 0},
        {
            "type": "sql",
            "name": "some",
            "query": "select count(*) from ${table} where rate < 0",
            "mustBeLessThan": 3,
        },
    ],
)
def test_a_rule_that_is_not_a_count_of_violations_is_an_error(rule: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=str(rule["name"])):
        parse_contract(changed({"quality": [rule]}))


def test_accepted_values_with_an_apostrophe_stay_text() -> None:
    text = changed(
        {
            "quality": [
                {
                    "type": "library",
                    "metric": "invalidValues",
                    "mustBe": 0,
                    "arguments": {"validValues": ["l'euro"]},
                }
            ]
        },
        column=1,
    )
    accepted = [rule for rule in parse_contract(text).rules if rule.kind == "accepted"]
    assert accepted[0].violation.endswith("not in ('l''euro')")
