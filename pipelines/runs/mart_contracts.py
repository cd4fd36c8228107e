"""Whether what is published keeps the contracts under which it is published."""

from dataclasses import replace
from datetime import date

import duckdb

from pipelines.ingestion.bronze_check import prove
from pipelines.lake.lake import Lake
from quality.contract import Contract, contracts
from quality.suite_rules import rules_of
from quality.verdict import Control, compare, held

CONTROL = "marts_keep_their_contracts"
"""How the control is recorded, once for each mart."""


def published() -> tuple[Contract, ...]:
    """The contracts of all marts, those of models among them."""
    return tuple(table for table in contracts().values() if table.layer == "gold")


def hold(lake: Lake, con: duckdb.DuckDBPyConnection, table: Contract, as_of: date) -> Control:
    """The control that a mart keeps every rule of its contract; one that cannot be held errs."""
    (control,) = held(CONTROL, as_of, lambda: iter((_compared(lake, con, table, as_of),)))
    return replace(control, scope=f"{table.layer}/{table.name}")


def _compared(lake: Lake, con: duckdb.DuckDBPyConnection, table: Contract, as_of: date) -> Control:
    proof, rules = prove(lake, con, table), len(rules_of(table))
    broken = "; ".join(f"{verdict.rule}: {verdict.detail}" for verdict in proof.broken[:5])
    return compare(
        CONTROL,
        table.name,
        as_of,
        expected=rules,
        actual=rules - len(proof.broken),
        detail=broken or f"{rules} of {rules} rules hold",
    )
