"""Contracts are valid ODCS, and mean the same at admission and in Great Expectations."""

import dataclasses
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any, cast

import duckdb
import jsonschema  # type: ignore[import-untyped]
import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from open_data_contract_standard.model import OpenDataContractStandard

from pipelines.records.control_tables import QUARANTINE_SCHEMA
from quality.admission import admit
from quality.column_rules import Rule, RuleKind
from quality.contract import CONTRACTS, contract, contracts
from quality.suite import suite_of, validate
from quality.suite_rules import rules_of
from quality.verdict import Verdict

PATHS = sorted(CONTRACTS.rglob("*.yaml"))
MOVEMENTS = dataclasses.replace(
    contract("claim_transactions"),
    stated_rules=(
        *contract("claim_transactions").stated_rules,
        Rule("odd", "Braces: {x}.", r"payee_name similar to 'a{2}|b:c|\?' or payee_name = 'd''e'"),
    ),
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name.split(".")[0])
def test_a_contract_is_valid_by_the_official_schema(path: Any) -> None:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
    text = path.read_text("utf-8")
    jsonschema.validators.validator_for(schema)(schema).validate(yaml.safe_load(text))
    assert OpenDataContractStandard.from_string(text).apiVersion == "v3.1.0"


def test_every_contract_has_an_owner_a_purpose_a_grain_and_a_key() -> None:
    for each in contracts().values():
        assert all((each.owner, each.purpose, each.grain, each.domain, each.key)), each.name


def test_every_rule_of_every_contract_becomes_an_expectation() -> None:
    for each in contracts().values():
        named = [expectation.meta["rule"] for expectation in suite_of(each).expectations]
        assert named == [rule.name for rule in rules_of(each)]


def test_a_rule_of_an_unknown_kind_is_an_error_and_not_left_out() -> None:
    riddle = Rule("x", "X.", "true", kind=cast("RuleKind", "riddle"))
    strange = dataclasses.replace(MOVEMENTS, stated_rules=(riddle,))
    with pytest.raises(ValueError, match="rule x is of kind 'riddle'"):
        suite_of(strange)


@pytest.mark.parametrize("name", sorted(contracts()))
def test_an_empty_table_keeps_its_contract(name: str) -> None:
    con = duckdb.connect()
    con.register("nothing", contract(name).empty())
    assert [v for v in validate(con, "nothing", contract(name)) if not v.passed] == []


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "claim_transaction_id": st.sampled_from(["a", "b", "c", "d", None]),
            "claim_id": st.sampled_from(["c1", None]),
            "transaction_type": st.sampled_from(["paid", "reserve", "gift", None]),
            "amount": st.sampled_from([Decimal(-1), Decimal(0), Decimal("9.995"), None]),
            "currency": st.sampled_from(["EUR", "EURO", "eur", "", None]),
            "payee_name": st.sampled_from([None, "aa", "b:c", "?", "d'e", "a{2}"]),
        }
    ),
    max_size=8,
)


def table_of(rows: list[dict[str, object]]) -> duckdb.DuckDBPyConnection:
    given = [
        {**row, "transaction_date": date(2026, 1, 5), "source_file": "f", "source_row": number}
        for number, row in enumerate(rows)
    ]
    con = duckdb.connect()
    con.register("given", pl.DataFrame(given, schema=MOVEMENTS.stored_schema, orient="row"))
    con.execute("create table movements as from given")
    return con


def broken(verdicts: tuple[Verdict, ...]) -> dict[str, int | None]:
    return {v.rule: v.failing_rows for v in verdicts if not v.passed}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_the_door_and_the_suite_find_the_same_rules_broken_by_as_many_rows(rows: Any) -> None:
    con = table_of(rows)
    decided = admit(con, "movements", MOVEMENTS)
    refused = Counter(name for names in decided.refused["rule"] for name in names.split(", "))
    found = broken(validate(con, "movements", MOVEMENTS))
    assert ("key_is_unique" in found) or ("key_is_unique" not in refused)
    found.pop("key_is_unique", None)
    refused.pop("key_is_unique", None)
    assert found == dict(refused)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_what_the_door_lets_in_keeps_the_whole_contract(rows: Any) -> None:
    con = table_of(rows)
    admit(con, "movements", MOVEMENTS).loaded.create("loaded")
    assert broken(validate(con, "loaded", MOVEMENTS)) == {}


def sound() -> duckdb.DuckDBPyConnection:
    row = {
        "claim_transaction_id": "a",
        "claim_id": "c1",
        "transaction_type": "paid",
        "amount": Decimal(5),
        "currency": "EUR",
    }
    return table_of([row, row | {"claim_transaction_id": "b", "currency": "EURO"}])


def test_a_failing_rule_shows_which_rows_without_telling_names() -> None:
    con = sound()
    con.execute("update movements set payee_name = 'Jane Doe'")
    (failed,) = [v for v in validate(con, "movements", MOVEMENTS) if not v.passed]
    assert failed.rule == "currency_is_a_currency"
    assert json.loads(failed.sample[0]) == {
        "claim_transaction_id": "b",
        "currency": "EURO",
        "source_file": "f",
        "source_row": 1,
    }


def test_a_missing_column_fails_its_rules_and_says_that_they_could_not_be_run() -> None:
    con = sound()
    con.execute("alter table movements drop column currency")
    failed = {v.rule: v for v in validate(con, "movements", MOVEMENTS) if not v.passed}
    assert set(failed) == {
        "columns_are_there", "currency_is_present", "currency_is_a_currency",
        "amount_has_the_decimals_of_its_currency",
    }  # fmt: skip
    assert failed["currency_is_a_currency"].failing_rows is None
    assert failed["currency_is_present"].detail.startswith("It could not be run: ")


def test_a_column_of_another_scale_is_not_as_stated() -> None:
    con = sound()
    con.execute("delete from movements where currency = 'EURO'")
    con.execute("alter table movements alter amount type decimal(18, 2)")
    (failed,) = [v for v in validate(con, "movements", MOVEMENTS) if not v.passed]
    assert failed.rule == "types_are_as_stated"
    assert json.loads(failed.sample[0])["column_type"] == "DECIMAL(18,2)"


def test_validation_leaves_the_connection_and_its_transaction_alone() -> None:
    con = sound()
    con.begin()
    con.execute("update movements set currency = 'EUR'")
    assert broken(validate(con, "movements", MOVEMENTS)) == {}
    con.rollback()
    assert broken(validate(con, "movements", MOVEMENTS)) == {"currency_is_a_currency": 1}


def test_a_relation_is_validated_like_a_table_and_leaves_no_view_behind() -> None:
    con = sound()
    before = con.sql("select count(*) from duckdb_views()").fetchall()
    found = broken(validate(con, con.sql("select * from movements"), MOVEMENTS))
    assert found == {"currency_is_a_currency": 1}
    assert con.sql("select count(*) from duckdb_views()").fetchall() == before


def test_a_suite_runs_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "currency_is_a_currency" in broken(validate(sound(), "movements", MOVEMENTS))


def test_importing_the_contracts_does_not_import_great_expectations() -> None:
    code = (
        "import sys, quality, quality.contract, quality.admission, quality.suite, quality.verdict;"
        "sys.exit('great_expectations' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], env=os.environ, check=False)
    assert ran.returncode == 0


def test_the_quarantine_has_a_contract_and_its_text_is_personal() -> None:
    columns = {column.name: column for column in contract("quarantine").columns}
    assert columns.keys() <= QUARANTINE_SCHEMA.keys()
    says = {name for name, column in columns.items() if column.classification == "personal"}
    assert says >= {"content", "reason", "file"}
