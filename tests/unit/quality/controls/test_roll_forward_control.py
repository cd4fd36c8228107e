"""The roll-forward as a control: one for each balance, and both signs fail."""

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
import pytest

from quality.controls import evaluate_controls
from quality.controls.accounting.roll_forward import ROLL_FORWARD
from quality.reconciliation.reporting.roll_forward import ROLL_FORWARD as SCHEMA
from quality.verdict import ControlResult


def evaluated(unexplained: str) -> list[ControlResult]:
    rows = [
        {"account_id": "A", "currency": "EUR", "side": side, "period": "2026-01"}
        | {name: Decimal(0) for name, kind in SCHEMA.items() if kind != pl.String()}
        | {"closing": Decimal(7), "matched": Decimal(7) - Decimal(gap), "unexplained": Decimal(gap)}
        for side, gap in (("bank", unexplained), ("ledger", "0"))
    ]
    con = duckdb.connect()
    con.register("proof", pl.DataFrame(rows, schema=dict(SCHEMA)).to_arrow())
    con.execute("create schema silver; create table silver.recon_roll_forward as from proof")
    return evaluate_controls(con, date(2026, 1, 31), [ROLL_FORWARD])


@pytest.mark.parametrize(("gap", "difference"), [("0.01", "-0.01"), ("-0.01", "0.01")])
def test_an_unexplained_cent_fails_its_balance_and_no_other(gap: str, difference: str) -> None:
    assert [(c.outcome, c.scope, c.difference) for c in evaluated(gap)] == [
        ("passed", "A EUR ledger 2026-01", 0),
        ("failed", "A EUR bank 2026-01", Decimal(difference)),
    ]


def test_each_balance_is_a_control_of_its_own() -> None:
    assert [(c.outcome, c.scope) for c in evaluated("0")] == [
        ("passed", "A EUR bank 2026-01"),
        ("passed", "A EUR ledger 2026-01"),
    ]
