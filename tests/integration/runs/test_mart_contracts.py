"""What is published is held against its contract, and what is found is a control."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines.ingestion.contract_check import check_contract
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.runs.mart_contracts import evaluate_mart, published
from quality.contract import CONTRACTS, contract

DAY = date(2026, 6, 30)
MART = contract("fct_statement_chain")
_SAMPLES = {
    pl.String: "x",
    pl.Int64: 1,
    pl.Date: DAY,
    pl.Boolean: True,
    pl.Float64: 0.5,
    pl.Decimal: Decimal("1.000"),
}


def _rows(count: int, **other: object) -> pl.DataFrame:
    """Rows that keep the contract but for what is said otherwise."""
    row = {name: _SAMPLES.get(dtype.base_type()) for name, dtype in MART.schema.items()}
    row |= {column.name: column.valid_values[0] for column in MART.columns if column.valid_values}
    row["known_at"] = "2026-06-30T12:00:00Z"
    rows = [{**row, **other} for _ in range(count)]
    frame = pl.DataFrame(rows).with_columns(pl.col("known_at").str.to_datetime(time_zone="UTC"))
    return frame.cast(pl.Schema(MART.schema))


def test_the_marts_of_models_are_published_under_contract_too() -> None:
    names = {table.name for table in published()}
    assert {"fct_liquidity_forecast", "fct_collections_queue", "fct_fraud_alerts"} <= names
    for name in names:
        about = yaml.safe_load(next(CONTRACTS.rglob(f"{name}.odcs.yaml")).read_text("utf-8"))
        assert {"property": "access", "value": "public"} in about["customProperties"]


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        (_rows(1, state="elsewhere"), "state_is_accepted"),
        (_rows(1, account_id=None), "account_id_is_present"),
        (_rows(2), "key_is_unique"),
        (_rows(1).drop("state"), "columns_are_there"),
        (_rows(1).with_columns(pl.col("arrived_late").cast(pl.String)), "types_are_as_stated"),
    ],
)
def test_a_mart_that_breaks_a_rule_is_a_failed_control_that_names_it(
    lake: Lake, rows: Any, broken: str
) -> None:
    lake.overwrite("gold/fct_statement_chain", rows)
    with connect(lake) as con:
        control = evaluate_mart(lake, con, MART, DAY)
    assert control.outcome == "failed"
    assert control.scope == "gold/fct_statement_chain"
    assert broken in control.detail
    assert control.difference is not None
    assert control.difference < 0


def test_a_mart_that_keeps_its_contract_passes_and_is_not_looked_at_twice(lake: Lake) -> None:
    lake.overwrite("gold/fct_statement_chain", _rows(1))
    with connect(lake) as con:
        first, again = (evaluate_mart(lake, con, MART, DAY) for _ in range(2))
        assert check_contract(lake, con, MART).looked_at == "nothing changed since it was proven"
    assert first.outcome == "passed"
    assert first == again  # a run that was killed in between records what any other does
    lake.overwrite("gold/fct_statement_chain", _rows(1, state="elsewhere"))
    with connect(lake) as con:
        assert evaluate_mart(lake, con, MART, DAY).outcome == "failed"


def test_a_mart_that_is_not_there_is_an_error_of_its_control(lake: Lake) -> None:
    with connect(lake) as con:
        control = evaluate_mart(lake, con, MART, DAY)
    assert (control.outcome, control.scope) == ("error", "gold/fct_statement_chain")
