"""A control evaluated on tables that are given as queries."""

from collections.abc import Mapping
from datetime import date

import duckdb

from quality.controls import CONTROLS, evaluate_controls
from quality.verdict import ControlResult

DAY = date(2026, 1, 31)
BY_NAME = {control.name: control for control in CONTROLS}
DUCK = duckdb.connect(config={"threads": 1})
"""One for all controls: opening a connection takes longer than a control of a few rows."""


def evaluated(name: str, tables: Mapping[str, str]) -> list[ControlResult]:
    """The results of one control on tables that are given as queries."""
    for schema in ("bronze", "silver", "control"):
        DUCK.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
    for table, query in tables.items():
        DUCK.execute(f"create view {table} as {query}")
    return evaluate_controls(DUCK, DAY, [BY_NAME[name]])


def outcomes(name: str, tables: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    return [
        (c.outcome, c.scope, None if c.difference is None else str(c.difference))
        for c in evaluated(name, tables)
    ]


def rows(columns: str, *values: str) -> str:
    listed = ", ".join(f"({value})" for value in values)
    return f"select * from (values {listed}) as t({columns})"


def journal(*lines: str) -> dict[str, str]:
    columns = "book, journal_id, currency, debit, credit, booking_date"
    return {"silver.stg_ledger_postings": rows(columns, *lines)}


def lent() -> dict[str, str]:
    loans = "loan_id, entity_id, currency, principal, instalment_amount, term_months, interest_rate"
    return {
        "silver.stg_loans": rows(
            loans,
            "'L1', 'B', 'CZK', 120.00, 10.00, 12, null",
            "'L2', 'B', 'CZK', 121.00, 10.00, 12, null",
            "'L3', 'B', 'CZK', 100.00, 60.00, 2, 0.05",
            "'L4', 'B', 'CZK', 100.00, 60.00, 2, 0.05",
        ),
        "silver.stg_loan_schedules": rows(
            "loan_id, principal_due", "'L3', 40.00", "'L3', 60.00", "'L4', 40.00", "'L4', 59.99"
        ),
    }
