"""What the door admits can be built: no row stops silver or gold."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.records.withdrawals import record_withdrawal
from quality.contract import contracts
from quality.controls import evaluate_controls
from tests.integration.dbt.conftest import builder, create_tables
from tests.integration.dbt.extreme_rows import extreme_rows

AS_OF = date(2026, 3, 10)


@pytest.fixture(scope="module")
def extreme(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Lake, Callable[..., tuple[str, ...]], dict[str, set[str]]]]:
    """A lake with a row at each end of each column of each bronze table."""
    room = tmp_path_factory.mktemp("extreme")
    lake = Lake(room / "lake")
    create_tables(lake)
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    bare = {}
    for number, each in enumerate(contracts().values()):
        if each.layer != "bronze":
            continue
        rows, missing = extreme_rows(con, each)
        bare[each.name] = missing
        origin = {
            "source_file": pl.lit(f"{each.feed}/2026-03-02/{each.name}"),
            "source_sha256": pl.lit(f"{number:064}"),
            "known_at": pl.lit(datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)),
        }
        stored = rows.with_columns(**origin).select(list(each.stored_schema))
        lake.append_once(
            f"bronze/{each.name}",
            stored.cast(pl.Schema(each.stored_schema)),
            transaction_ids=[each.name],
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_SCRATCH", str(room / "memory.duckdb"))
        yield lake, builder(repository / "dbt_project", lake.root, room / "target", patch), bare


def test_a_lake_of_nothing_but_extremes_is_built_and_held_against_every_law(extreme: Any) -> None:
    lake, build, bare = extreme
    assert {table: missing for table, missing in bare.items() if missing} == {}
    build(as_of=AS_OF)
    assert lake.read("gold/fct_cash_position").collect().height > 0
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    tables = [
        f"{layer}/{folder.name}"
        for layer in ("bronze", "silver", "gold", "control")
        for folder in sorted((lake.root / layer).glob("*"))
    ]
    lake.register(con, *tables)
    controls = evaluate_controls(con, AS_OF)
    assert [c for c in controls if c.outcome == "error"] == []
    told = {(c.name, c.scope): c for c in controls if c.outcome == "failed"}
    twice = told["instalment_named_once", "instalment X-01"]
    assert twice.detail.startswith("given to LA number 1, LB number 1 in loans/2026-03-02/")
    receivable = lake.read("gold/fct_loan_receivable").collect()
    assert {"X-01/LA|1", "X-01/LB|1"} <= set(receivable["instalment_id"])


def test_what_is_withdrawn_is_not_built_from(extreme: Any) -> None:
    lake, build, _ = extreme
    build("--select", "stg_holidays", as_of=AS_OF)
    before = lake.read("silver/stg_holidays").collect()
    row = before.row(0, named=True)
    act = {
        "withdrawal_id": "w", "action": "withdrawn", "sha256": row["source_sha256"],
        "source_row": row["source_row"], "as_of": AS_OF,
        "decided_at": datetime(2026, 3, 10, tzinfo=UTC),
    }  # fmt: skip
    record_withdrawal(lake, act, transaction_id="w")
    build("--select", "stg_holidays", as_of=AS_OF)
    assert lake.read("silver/stg_holidays").collect().height == before.height - 1
