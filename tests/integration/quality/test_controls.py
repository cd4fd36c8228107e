"""The controls on a real ledger: the Berka bank, read by the house's own reader."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.feeds.berka import FORMATS
from pipelines.feeds.reading import Source
from quality.admission import admit
from quality.contract import contract
from quality.controls import CONTROLS, evaluate_controls
from quality.verdict import ControlResult

DAY = date(1998, 12, 31)
FILES = {
    "trans.asc": "ledger_postings",
    "order.asc": "standing_orders",
    "loan.asc": "loans",
}


def read(path: Path) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    source = Source(path, path.name)
    (layout,) = [each for each in FORMATS if each.recognises(source.head(), path.name)]
    parts = list(layout.read(source))
    tables = {
        table: pl.concat([part.tables[table] for part in parts if table in part.tables])
        for table in {name for part in parts for name in part.tables}
    }
    return tables, pl.concat([part.rejected for part in parts])


@pytest.fixture(scope="module")
def bank(shared_data: Path) -> tuple[duckdb.DuckDBPyConnection, pl.DataFrame]:
    """The bank's ledger, orders and loans behind the door, and the lines that were unreadable."""
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'; create schema silver")
    unreadable = []
    for file, table in FILES.items():
        tables, rejected = read(shared_data / "berka" / file)
        con.register(f"waiting_{table}", tables[table])
        decided = admit(con, f"waiting_{table}", contract(table))
        assert decided.refused.is_empty()
        decided.loaded.create(f"silver.stg_{table}")
        unreadable.append(rejected)
    con.register("no_schedules", contract("loan_schedules").empty())
    con.execute(
        "create table silver.stg_loan_schedules as"
        " select *, instalment_id as given_instalment_id from no_schedules"
    )
    return con, pl.concat(unreadable)


def evaluated(con: duckdb.DuckDBPyConnection, name: str) -> list[ControlResult]:
    return evaluate_controls(con, DAY, [control for control in CONTROLS if control.name == name])


def test_the_ledger_comes_in_whole_but_for_the_line_that_is_cut(
    bank: tuple[duckdb.DuckDBPyConnection, pl.DataFrame],
) -> None:
    con, unreadable = bank
    assert con.sql("select count(*) from silver.stg_ledger_postings").fetchone() == (49_102,)
    assert unreadable.height == 1


def test_all_but_the_cut_day_chain(bank: tuple[duckdb.DuckDBPyConnection, pl.DataFrame]) -> None:
    passed, *failed = evaluated(bank[0], "account_chain")
    assert (passed.outcome, passed.actual) == ("passed", 39_932)
    assert passed.detail == "39,932 of 39,960 account-days hold"
    assert len(failed) == 28
    assert {control.scope.rsplit(" ", 1)[1] for control in failed} == {"1994-03-31"}


def test_every_outgoing_remittance_answers_to_its_one_standing_order(
    bank: tuple[duckdb.DuckDBPyConnection, pl.DataFrame],
) -> None:
    (control,) = evaluated(bank[0], "standing_orders")
    assert (control.outcome, control.actual) == ("passed", 6_343)


def test_every_loan_is_repaid_by_its_instalments(
    bank: tuple[duckdb.DuckDBPyConnection, pl.DataFrame],
) -> None:
    (control,) = evaluated(bank[0], "loan_instalments")
    assert (control.outcome, control.detail) == ("passed", "682 of 682 loans hold")


def test_laws_whose_tables_are_missing_are_on_record(
    bank: tuple[duckdb.DuckDBPyConnection, pl.DataFrame],
) -> None:
    controls = evaluate_controls(bank[0], DAY)
    assert {control.name for control in CONTROLS} == {control.name for control in controls}
    assert [(c.name, c.detail) for c in controls if c.outcome == "error"] == []
    assert {c.outcome for c in controls} == {"passed", "failed", "skipped"}
