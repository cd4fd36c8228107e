"""Whether what is published keeps the contracts under which it is published."""

from dataclasses import replace
from datetime import date

import duckdb

from pipelines.ingestion.contract_check import check_contract
from pipelines.lake.lake import Lake
from quality.contract import Contract, contracts
from quality.suite_rules import rules_of
from quality.verdict import ControlResult, compare, evaluated

CONTROL = "marts_keep_their_contracts"
"""How the control is recorded, once for each mart."""


def published() -> tuple[Contract, ...]:
    """The contracts of all marts, those of models among them."""
    return tuple(table for table in contracts().values() if table.layer == "gold")


def evaluate_mart(
    lake: Lake, con: duckdb.DuckDBPyConnection, table: Contract, as_of: date
) -> ControlResult:
    """Whether one mart keeps every rule of its contract; `error` where it cannot be checked."""
    (result,) = evaluated(CONTROL, as_of, lambda: iter((_compared(lake, con, table, as_of),)))
    return replace(result, scope=f"{table.layer}/{table.name}")


def _compared(
    lake: Lake, con: duckdb.DuckDBPyConnection, table: Contract, as_of: date
) -> ControlResult:
    proof, rules = check_contract(lake, con, table), len(rules_of(table))
    broken = "; ".join(f"{verdict.rule}: {verdict.detail}" for verdict in proof.broken[:5])
    return compare(
        CONTROL,
        table.name,
        as_of,
        expected=rules,
        actual=rules - len(proof.broken),
        detail=broken or f"{rules} of {rules} rules hold",
    )
