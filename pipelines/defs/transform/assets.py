"""Silver and gold: one dbt project, built in two halves with the reconciliation between them."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from pipelines.defs.resources import Moment
from pipelines.defs.transform.columns import are_known, with_columns
from pipelines.defs.transform.project import ensure_manifest, project
from pipelines.lake.lake import Lake
from pipelines.settings import build_in_memory, build_on_disk, speak_as_of


class HouseNames(DagsterDbtTranslator):
    """Asset key = lake path = dbt name: `layer/model` for models, seeds and sources alike."""

    def __init__(self) -> None:
        """Let dbt's data tests appear as asset checks."""
        super().__init__(
            DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_source_tests_as_checks=False
            )
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The layer is the dbt schema; a source may name its own key in its metadata."""
        stated = dbt_resource_props.get("meta", {}).get("dagster", {}).get("asset_key")
        if stated:
            return dg.AssetKey(stated)
        layer = dbt_resource_props.get("schema") or dbt_resource_props["source_name"]
        return dg.AssetKey([layer, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Groups are layers, as everywhere else."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The dbt group of a model owns it."""
        group = dbt_resource_props.get("group") or "data-platform"
        return [f"team:{group}"]


def _build(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, lake: Lake, moment: Moment
) -> Iterator[Any]:
    half = context.op_execution_context.op.name
    target = lake.scratch / "dbt" / f"{context.run_id}-{half}"
    speak_as_of(moment.as_of(lake))
    if are_known(lake.scratch, project.manifest_path, half):
        build_in_memory()
    else:
        build_on_disk(f"{context.run_id}-{half}")
    build = dbt.cli(["build"], context=context, target_path=target)
    yield from with_columns(build, lake.scratch, project.manifest_path, half)


@dbt_assets(
    manifest=ensure_manifest(),
    select="tag:silver",
    dagster_dbt_translator=HouseNames(),
    name="silver",
)
def silver(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    lake: dg.ResourceParam[Lake],
    moment: Moment,
) -> Iterator[Any]:
    """One name and one type for each thing; the newest version of each document."""
    yield from _build(context, dbt, lake, moment)


@dbt_assets(
    manifest=ensure_manifest(),
    select="tag:gold",
    dagster_dbt_translator=HouseNames(),
    name="gold",
)
def gold(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    lake: dg.ResourceParam[Lake],
    moment: Moment,
) -> Iterator[Any]:
    """Marts and feature tables."""
    yield from _build(context, dbt, lake, moment)
