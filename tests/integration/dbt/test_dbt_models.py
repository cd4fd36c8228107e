import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml

from pipelines.dbt_runner.columns import ModelColumns, is_ephemeral
from pipelines.dbt_runner.plugin import CONTENT
from pipelines.lake.lake import Lake
from quality.contract import INSTANT, contracts

EARLIER = date(2026, 3, 5)


def on(day: int, month: int = 3) -> date:
    return date(2026, month, day)


def test_every_model_is_published_with_the_run_and_the_day_it_was_made_for(built: Any) -> None:
    for table in built.first:
        if table.split("/")[0] in ("gold", "features"):
            newest = built.lake.open(table).history(1)[0]
            assert newest["as_of"] == str(built.as_of), table
            assert newest["invocation_id"], table
            assert newest[CONTENT], table


def test_the_unit_tests_of_the_sql_run_and_pass(built: Any, repository: Path) -> None:
    files = (repository / "dbt_project" / "models").rglob("*.yml")
    stated = [
        test for file in files for test in yaml.safe_load(file.read_text()).get("unit_tests", ())
    ]
    assert len(stated) > 20
    ran = {name.rpartition(".")[2] for name in built.unit_tests}
    assert ran == {test["name"] for test in stated}


def test_an_empty_lake_gives_empty_tables_with_the_types_of_their_contracts(built: Any) -> None:
    gold = [each for each in contracts().values() if built.lake.exists(f"gold/{each.name}")]
    assert len(gold) == 19
    for each in gold:
        then = built.lake.read(f"gold/{each.name}", version=0).collect()
        assert then.is_empty(), each.name
        assert dict(then.schema) == each.schema, each.name


def test_a_run_that_changes_nothing_adds_no_version(built: Any) -> None:
    assert built.again == built.first
    assert built.first["gold/fct_cash_position"] == 1
    assert built.first["gold/fct_loan_receivable"] == 0


def test_a_corrected_statement_takes_its_entries_with_it(built: Any) -> None:
    entries = built.rows("silver/stg_statement_entries")
    assert [(e["movement_date"], e["amount"]) for e in entries] == [(on(3), 60), (on(6), -30)]
    older = built.lake.read("bronze/statement_entries").collect()
    assert older.height == 5


def test_the_position_rolls_from_stated_balances_and_meets_the_ledger(built: Any) -> None:
    position = built.rows("gold/fct_cash_position")
    told = [
        (
            p["date"].day,
            p["opening_balance"],
            p["inflow"],
            p["outflow"],
            p["closing_balance"],
            p["ledger_balance"],
            p["difference"],
            p["is_stated"],
        )
        for p in position
    ]
    assert told[:4] == [
        (3, 1000, 60, 0, 1060, 1060, 0, True),
        (4, 1060, 0, 0, 1060, 1105, -45, True),
        (5, 1060, 0, 0, 1060, 1105, -45, False),
        (6, 1060, 0, 30, 1030, 1105, -75, True),
    ]
    assert [p["date"] for p in position] == [on(day) for day in range(3, 11)]
    assert all(p["unexplained_movement"] == 0 for p in position)


def test_cash_flows_are_named_by_the_matched_journal(built: Any) -> None:
    flows = built.rows("gold/fct_cash_flows")
    assert [(f["category"], f["amount"]) for f in flows] == [("premium", 60), ("other", -30)]


def test_a_payment_is_banked_when_its_ledger_line_is_matched(built: Any) -> None:
    paid = built.row("gold/fct_payments", payment_id="P1")
    assert (paid["state"], paid["banked_at"]) == (
        "banked",
        datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC),
    )
    refused = built.row("gold/fct_payments", payment_id="P2")
    assert (refused["state"], refused["amount_base"]) == ("rejected", 20)
    stuck = built.row("gold/fct_payments", payment_id="P3")
    assert (stuck["state"], stuck["is_stuck"]) == ("initiated", True)


def test_receivables_age_and_known_flows_follow_from_them(built: Any) -> None:
    states = {
        r["instalment_id"]: (r["state"], r["days_late"], r["days_past_due"])
        for r in built.rows("gold/fct_premium_receivable")
    }
    assert states == {
        "P1-01": ("paid", 2, 0),
        "P1-02": ("overdue", None, 4),
        "P1-03": ("open", None, 0),
    }
    flows = {
        f["flow_id"]: (f["source"], f["amount"], f["account_id"])
        for f in built.rows("gold/fct_known_flows")
    }
    assert flows == {
        "P1-02": ("premium", 100, built.account),
        "P1-03": ("premium", 100, built.account),
        "P3": ("payment_order", -30, built.account),
    }


def test_a_break_has_an_age_in_business_days_and_somebody_who_answers(built: Any) -> None:
    found = built.row("gold/fct_breaks")
    assert (found["age_business_days"], found["owner"]) == (4, "treasury")


def test_feature_rows_say_what_was_known_at_the_end_of_their_day(built: Any) -> None:
    behaviour = {
        r["event_timestamp"].date(): r
        for r in built.rows("features/ftr_customer_payment_behaviour", customer_id="C1")
    }
    assert behaviour[on(3)]["outstanding_overdue_base"] == 40
    assert behaviour[on(3)]["days_past_due_max"] == 1
    assert behaviour[on(3)]["failed_payments_30d"] == 1
    assert (
        behaviour[on(4)]["outstanding_overdue_base"],
        behaviour[on(4)]["days_past_due_max"],
    ) == (0, 0)
    assert behaviour[on(4)]["average_days_late_180d"] == 2.0
    assert behaviour[on(10)]["days_past_due_max"] == 4
    velocity = built.row(
        "features/ftr_customer_velocity",
        customer_id="C1",
        event_timestamp=datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC),
    )
    assert (velocity["payments_1d"], velocity["amount_1d"], velocity["devices_30d"]) == (2, 80, 2)
    cash = {
        r["event_timestamp"].date(): r["closing_balance"]
        for r in built.rows("features/ftr_account_cash")
    }
    assert (cash[on(4)], cash[on(5)], cash[on(7)]) == (1060, 1075, 1030)


def test_what_came_later_does_not_change_the_features_of_earlier_days(
    built: Any, tmp_path: Path
) -> None:
    past = Lake(tmp_path / "past")
    for layer in ("bronze", "control", "silver"):
        shutil.copytree(built.lake.root / layer, past.root / layer)
    built.build("--select", "+path:models/features", as_of=EARLIER, root=past.root)
    tables = [table for table in built.first if table.startswith("features/")]
    assert len(tables) == 6
    until = pl.col("event_timestamp") < datetime(2026, 3, 6, tzinfo=UTC)
    for table in tables:
        then = past.read(table).collect()
        now = built.lake.read(table).filter(until).collect()
        key = then.columns[:2]
        assert then.sort(key).equals(now.sort(key)), table
    assert not past.read("features/ftr_account_cash").collect().is_empty()


def test_one_model_can_be_built_alone_in_a_fresh_scratch(
    built: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    monkeypatch.setenv("DBT_SCRATCH", str(tmp_path / "scratch.duckdb"))
    before = built.versions()
    built.build("--select", "fct_known_flows")
    assert built.versions() == before
    DuckDBConnectionManager.close_all_connections()
    with duckdb.connect(str(tmp_path / "scratch.duckdb"), read_only=True) as con:
        stored = con.execute("select count(*) from duckdb_tables()").fetchall()
    assert stored == [(0,)]


def test_every_column_of_every_model_is_traced(built: Any) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text("utf-8"))
    nodes = manifest["nodes"].values()
    models = [n for n in nodes if n["resource_type"] == "model" and not is_ephemeral(n)]
    assert len(models) > 60
    columns = ModelColumns(built.lake, manifest, built.target)
    traced = {model["name"]: columns.lineage(model["unique_id"]) for model in models}
    for model in models:
        listed = {column.name for column in columns.columns(model["unique_id"])}
        assert set(traced[model["name"]]) == listed, model["name"]
    assert traced["fct_matches"]["amount"] == [(["silver", "recon_matches"], "amount")]


def real_columns(built: Any, node: dict[str, Any]) -> list[str]:
    """The columns of a model's table, or of the query that an ephemeral model is."""
    if not is_ephemeral(node):
        return list(built.lake.read(f"{node['schema']}/{node['name']}").collect_schema())
    compiled = built.target / "compiled" / node["package_name"] / node["original_file_path"]
    anywhere = re.sub(r'"\w+"\.("\w+"\."\w+")', r"\1", compiled.read_text("utf-8"))
    with duckdb.connect(":memory:") as con:
        built.lake.register(con, *built.first)
        return [row[0] for row in con.execute(f"describe {anywhere}").fetchall()]


def test_silver_describes_the_columns_that_it_has_each_in_a_sentence(built: Any) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text("utf-8"))
    silver = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"].startswith(("stg_", "int_"))
    ]
    assert len(silver) > 90
    for node in silver:
        assert set(node["columns"]) == set(real_columns(built, node)), node["name"]
        vague = [
            column["name"]
            for column in node["columns"].values()
            if not column["description"].endswith(".") or "{{" in column["description"]
        ]
        assert vague == [], node["name"]


def test_no_figure_without_a_day(built: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AS_OF", raising=False)
    with pytest.raises(RuntimeError, match="Say which"):
        built.build("--select", "stg_fx_rates", as_of="")
    monkeypatch.setenv("AS_OF", str(built.as_of))
    built.build("--select", "stg_fx_rates", as_of="")
    assert built.versions()["silver/stg_fx_rates"] == built.first["silver/stg_fx_rates"]


def test_instants_are_stored_in_utc_and_money_as_decimals(built: Any) -> None:
    for table in built.first:
        if table.startswith(("silver/", "gold/", "features/")):
            schema = built.lake.read(table).collect_schema()
            for name, dtype in schema.items():
                if isinstance(dtype, pl.Datetime):
                    assert dtype == INSTANT, (table, name)
                if dtype in (pl.Float64, pl.Float32):
                    assert name in ("score", "hours_in_state", "average_days_late_180d"), (
                        table,
                        name,
                    )
