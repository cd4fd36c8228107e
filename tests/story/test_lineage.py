"""What Dagster knows after the very first run of a house: columns, and where they come from."""

from typing import Any

import dagster as dg
import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.views import columns_of
from tests.conftest import House
from tests.dagster_records import records

WITHOUT_LINEAGE = {"bank_code_categories", "break_owners", "provider_names", "state_limits"}
"""Seeds: their columns come from a file that people keep."""


@pytest.fixture(scope="module")
def told(house: House) -> Any:
    """The metadata of the newest materialisation of each asset, by key."""
    with records(house.lake) as instance:
        found = {}
        for key in instance.all_asset_keys():
            event = instance.get_latest_materialization_event(key)
            if event is not None and event.asset_materialization is not None:
                found[tuple(key.path)] = event.asset_materialization.metadata
        return found


def test_every_table_says_its_columns(told: Any) -> None:
    tables = {
        key for key in told if (key[0] in {"bronze", "silver", "gold", "features", "control"})
    }
    tables -= {("features", "online_store")}
    silent = [key for key in tables if not told[key]["dagster/column_schema"].value.columns]
    assert len(tables) > 100
    assert silent == []


def test_every_model_says_where_its_columns_come_from(told: Any, house: House) -> None:
    lake = Lake(house.lake)

    def stated(key: dg.AssetKey) -> set[str]:
        said = told.get(tuple(key.path))  # what people write to is no asset, but a table
        if said is None:
            return set(columns_of(lake.open("/".join(key.path))))
        return {column.name for column in said["dagster/column_schema"].value.columns}

    models = [key for key, said in told.items() if "unique_id" in said]
    lineages = {
        key: told[key]["dagster/column_lineage"].value.deps_by_column
        for key in models
        if key[1] not in WITHOUT_LINEAGE
    }
    assert len(lineages) > 70
    assert [key for key, columns in lineages.items() if not any(columns.values())] == []
    for key, columns in lineages.items():
        assert set(columns) == stated(dg.AssetKey(list(key))), key
        for parents in columns.values():
            for parent in parents:
                assert parent.column_name in stated(parent.asset_key), (key, parent)


def test_a_mart_is_traced_to_the_files_columns(told: Any) -> None:
    lineage = told["gold", "fct_cash_position"]["dagster/column_lineage"].value.deps_by_column
    assert dg.AssetKey(["silver", "int_daily_balances"]) in {
        dep.asset_key for dep in lineage["closing_balance"]
    }
