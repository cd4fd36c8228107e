"""Contracts run as Great Expectations suites inside DuckDB.

A table is asked first whether any row breaks any rule, as one query, for Great Expectations spends
more on an expectation than DuckDB on its rows. Only where that fails is every rule asked by itself,
for yes or no; and the rules that fail once more, for how many rows and which.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from quality.column_rules import Rule
from quality.contract import ORIGIN, Contract
from quality.suite_rules import expectation_of, in_short, rules_of
from quality.verdict import Verdict

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.validator.validator import Validator

_SHOWN = 5
_YES_OR_NO: Mapping[str, Any] = {"result_format": "BOOLEAN_ONLY"}


def suite_of(
    contract: Contract, present: Sequence[str] = (), rules: Sequence[Rule] | None = None
) -> "ExpectationSuite":
    """The contract as a Great Expectations suite, for a table that has the columns `present`.

    Args:
        contract: what must hold.
        present: the columns that the table really has.
        rules: which rules; by default all of them.

    Raises:
        ValueError: the contract has a rule of a kind for which there is no expectation.
    """
    from great_expectations.core import ExpectationSuite

    asked = rules_of(contract) if rules is None else rules
    expectations = [expectation_of(rule, contract, present) for rule in asked]
    return ExpectationSuite(name=contract.name, expectations=expectations)


def validate(
    con: duckdb.DuckDBPyConnection,
    relation: str | duckdb.DuckDBPyRelation,
    contract: Contract,
) -> tuple[Verdict, ...]:
    """Hold a table against its contract: columns, types, key, and every rule about rows.

    Args:
        con: the connection on which `relation` is known; it is left as it was.
        relation: a relation of that connection, or the name of a table or view as SQL writes it.
            More columns than the contract has are allowed; a key is unique within a `source_file`
            where there is one.
        contract: what must hold.

    Returns:
        One verdict per rule, in the order of `rules_of`. A rule that could not be run has not
        passed, and its detail says why.

    Raises:
        ValueError: the contract has a rule of a kind for which there is no expectation.
    """
    if isinstance(relation, str):
        return _validated(con, relation, contract)
    view = f"contract_of_{contract.name}"
    con.register(view, relation)
    try:
        return _validated(con, view, contract)
    finally:
        con.unregister(view)


def _validated(
    con: duckdb.DuckDBPyConnection, relation: str, contract: Contract
) -> tuple[Verdict, ...]:
    from quality.duckdb_engine import validator_of

    present = con.sql(f"select * from {relation} limit 0").columns
    short = suite_of(contract, present, in_short(contract))
    if all(result.success for result in _run(validator_of(con, relation, short), short).values()):
        return tuple(_held(rule, contract) for rule in rules_of(contract))
    suite = suite_of(contract, present)
    validator = validator_of(con, relation, suite)
    results = _run(validator, suite)
    failed = {name for name, result in results.items() if not result.success}
    if failed:
        place = [name for name in (*contract.key, *ORIGIN) if name in present]
        counted = {
            "result_format": "COMPLETE",
            "partial_unexpected_count": _SHOWN,
            **({"unexpected_index_column_names": place} if place else {}),
        }
        results |= _run(validator, suite, {"result_format": counted}, failed)
    return tuple(_verdict(rule, contract, results.get(rule.name)) for rule in rules_of(contract))


def _run(
    validator: "Validator",
    suite: "ExpectationSuite",
    runtime: Mapping[str, Any] = _YES_OR_NO,
    only: set[str] | None = None,
) -> dict[str, "ExpectationValidationResult"]:
    asked = [
        expectation.configuration
        for expectation in suite.expectations
        if only is None or expectation.meta["rule"] in only
    ]
    results = validator.graph_validate(asked, dict(runtime))
    return {result.expectation_config.meta["rule"]: result for result in results}


def _held(rule: Rule, contract: Contract) -> Verdict:
    return Verdict(rule.name, contract.name, True, 0, (), rule.severity, rule.description)


def _verdict(
    rule: Rule, contract: Contract, result: "ExpectationValidationResult | None"
) -> Verdict:
    def say(*, passed: bool, rows: int | None, sample: tuple[str, ...], detail: str) -> Verdict:
        return Verdict(rule.name, contract.name, passed, rows, sample, rule.severity, detail)

    if result is None:
        return say(passed=False, rows=None, sample=(), detail="It was not run.")
    if result.success:
        return _held(rule, contract)
    result_details: Mapping[str, Any] = result.result or {}
    rows = _failing_rows(result_details) if rule.kind not in ("columns", "types") else None
    return say(
        passed=False, rows=rows, sample=_sample(result_details), detail=_detail(rule, result, rows)
    )


def _failing_rows(result_details: Mapping[str, Any]) -> int | None:
    count = result_details.get("unexpected_count", result_details.get("observed_value"))
    return count if isinstance(count, int) else None


def _sample(result_details: Mapping[str, Any]) -> tuple[str, ...]:
    details = result_details.get("details", {})
    shown = (
        result_details.get("partial_unexpected_index_list")
        or result_details.get("partial_unexpected_list")
        or details.get("unexpected_rows")
        or details.get("mismatched", {}).get("missing")
        or ()
    )
    return tuple(json.dumps(_given(item), default=str) for item in shown[:_SHOWN])


def _given(item: object) -> object:
    """A row without the columns that hold nothing."""
    if isinstance(item, Mapping):
        return {name: value for name, value in item.items() if value is not None}
    return item


def _detail(rule: Rule, result: "ExpectationValidationResult", rows: int | None) -> str:
    problem = _problem(result.exception_info or {})
    if problem:
        return f"It could not be run: {problem}"
    if rows is None:
        return rule.description
    return f"{rule.description} {rows} {'row breaks' if rows == 1 else 'rows break'} it."


def _problem(info: Mapping[str, Any]) -> str:
    """The first line of the first exception; Great Expectations keys several by metric."""
    if "exception_message" in info:
        return next(iter(str(info["exception_message"] or "").strip().splitlines()), "")
    several = [_problem(one) for one in info.values() if isinstance(one, Mapping)]
    return next(filter(None, several), "")
