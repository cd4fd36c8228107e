"""The asset graph: whole from landing to forecast, and every asset says what it is and whose."""

import re
from typing import Any

import dagster as dg
import pytest

from pipelines.lake.lake import LAYERS
from pipelines.settings import Settings
from quality.contract import ORIGIN, contracts
from quality.controls import CONTROLS


@pytest.fixture(scope="module")
def house() -> dg.Definitions:
    from pipelines.definitions import defs

    return defs()


@pytest.fixture(scope="module")
def graph(house: dg.Definitions) -> Any:
    return house.resolve_asset_graph()


def test_every_feed_of_the_contracts_is_an_asset_behind_a_blocking_check(graph: Any) -> None:
    bronze = {name for name, table in contracts().items() if table.layer == "bronze"}
    assert {key.path[1] for key in graph.get_all_asset_keys() if key.path[0] == "bronze"} == bronze
    for name in bronze:
        key = dg.AssetCheckKey(dg.AssetKey(["bronze", name]), "stands_by_its_contract")
        assert graph.get(key).blocking


@pytest.mark.parametrize(
    "mart", ["fct_liquidity_forecast", "fct_collections_queue", "fct_fraud_alerts"]
)
def test_what_models_publish_descends_from_the_files_that_landed(graph: Any, mart: str) -> None:
    waiting, ancestors = [dg.AssetKey(["gold", mart])], set()
    while waiting:
        key = waiting.pop()
        if key not in ancestors:
            ancestors.add(key)
            waiting.extend(graph.get(key).parent_keys)
    layers = {key.path[0] for key in ancestors}
    assert {"landing", "bronze", "silver", "gold", "features", "models"} <= layers
    assert dg.AssetKey(["landing", "files"]) in ancestors
    if mart == "fct_liquidity_forecast":
        assert dg.AssetKey(["silver", "recon_matches"]) in ancestors


def test_no_edge_leads_to_an_asset_that_is_not_there(graph: Any) -> None:
    from pipelines.defs.operate.records import WRITTEN

    parents = {
        parent
        for key in graph.get_all_asset_keys()
        if graph.get(key).is_executable
        for parent in graph.get(key).parent_keys
    }
    assert parents <= set(graph.get_all_asset_keys())
    made_by_no_step = {key for key in parents if not graph.get(key).is_executable}
    assert {"/".join(key.path) for key in made_by_no_step} == set(WRITTEN)
    # Dagster invents a nameless asset for a parent that nobody has defined.
    for key in made_by_no_step:
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.metadata["dagster/table_name"] == ".".join(key.path)


def test_every_asset_says_what_it_is_whose_it_is_and_where_it_belongs(graph: Any) -> None:
    silent = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if graph.get(key).is_executable
        and not (
            graph.get(key).description
            and graph.get(key).owners
            and graph.get(key).group_name
            and graph.get(key).kinds
        )
    ]
    assert silent == []


def test_arrival_days_partition_the_landing_zone_in_single_run_backfills(graph: Any) -> None:
    landing = graph.get(dg.AssetKey(["landing", "files"]))
    assert isinstance(landing.partitions_def, dg.DailyPartitionsDefinition)
    assert landing.backfill_policy == dg.BackfillPolicy.single_run()


def test_an_owner_is_a_team_and_a_table_is_placed_in_the_lake(graph: Any) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        if not node.is_executable:
            continue
        assert all(re.fullmatch(r"team:[a-z-]+", owner) for owner in node.owners), node.owners
        stored = str(node.metadata.get("dagster/table_name", ""))
        if str(node.metadata.get("dagster_dbt/unique_id", "")).startswith("seed."):
            assert stored == f"{key.path[1]}.csv"
        elif key.path[0] in LAYERS and key.path[1] != "online_store":
            assert stored == ".".join(key.path)
            assert node.metadata["dagster/uri"].value == str(Settings().root / "/".join(key.path))


def test_every_check_says_what_must_hold(graph: Any) -> None:
    specs = [graph.get_check_spec(key) for key in graph.asset_check_keys]
    assert len(specs) > 140
    assert [spec.key for spec in specs if not spec.description] == []


def test_every_table_of_bronze_and_gold_has_a_contract(graph: Any) -> None:
    """What README and docs/governance.md claim."""
    tables = {tuple(key.path) for key in graph.get_all_asset_keys()}
    layers = {"bronze", "gold"}
    stated = {(t.layer, t.name) for t in contracts().values() if t.layer in layers}
    assert {key for key in tables if key[0] in layers} == stated


def test_every_row_that_is_taken_in_knows_its_origin() -> None:
    """What README claims."""
    bronze = [table for table in contracts().values() if table.layer == "bronze"]
    assert all(ORIGIN.items() <= table.stored_schema.items() for table in bronze)


def test_every_control_is_a_check_on_a_table_that_is_made(graph: Any) -> None:
    for control in CONTROLS:
        spec = graph.get_check_spec(
            dg.AssetCheckKey(dg.AssetKey(list(control.about)), control.name)
        )
        assert control.statement in (spec.description or "")
        assert not spec.blocking
        assert graph.get(spec.asset_key).is_executable


def test_every_mart_stands_behind_a_check_of_its_contract(graph: Any) -> None:
    marts = {name for name, table in contracts().items() if table.layer == "gold"}
    assert {"fct_liquidity_forecast", "fct_collections_queue", "fct_fraud_alerts"} <= marts
    for name in marts:
        key = dg.AssetCheckKey(dg.AssetKey(["gold", name]), "stands_by_its_contract")
        assert graph.get_check_spec(key)


def test_the_job_of_everything_holds_every_check(house: dg.Definitions, graph: Any) -> None:
    layer = house.resolve_job_def("everything").asset_layer
    for key in graph.asset_check_keys:
        assert layer.get_op_output_handle(key), key


@pytest.mark.parametrize(
    "table", ["gold/fct_breaks", "gold/fct_fraud_alerts", "silver/int_statements"]
)
def test_one_table_can_be_made_anew_with_its_checks_alone(
    house: dg.Definitions, table: str
) -> None:
    everything = house.resolve_implicit_global_asset_job_def()
    job = everything.get_subset(asset_selection={dg.AssetKey(table.split("/"))})
    assert 1 <= len(list(job.nodes)) <= 3
