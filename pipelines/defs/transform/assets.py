"""Silver and gold: one dbt project, built in two halves with the reconciliation between them."""

import functools
import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_subset_selection_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from pipelines.dbt_runner.columns import ModelColumns
from pipelines.dbt_runner.invoke import build, ensure_manifest
from pipelines.defs.resources import RunClock
from pipelines.defs.transform.columns import column_metadata
from pipelines.defs.transform.translator import LayerKeyTranslator
from pipelines.lake.lake import Lake
from pipelines.settings import set_as_of

TRANSLATOR = LayerKeyTranslator()


def _half(layer: str) -> dg.AssetsDefinition:
    """The models and seeds of one tag, built and tested by one dbt build."""

    @dbt_assets(
        manifest=ensure_manifest(),
        select=f"tag:{layer}",
        dagster_dbt_translator=TRANSLATOR,
        name=layer,
    )
    def models(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
    ) -> Iterator[Any]:
        set_as_of(run_clock.as_of(lake))
        manifest = json.loads(ensure_manifest().read_text("utf-8"))
        target_path = lake.scratch / "dbt" / f"{context.run_id}-{layer}"
        selection, indirect = get_subset_selection_for_context(
            context=context.op_execution_context,
            manifest=manifest,
            select=f"tag:{layer}",
            exclude=None,
            selector=None,
            dagster_dbt_translator=TRANSLATOR,
            current_dbt_indirect_selection_env=None,
        )
        if indirect:
            selection += ["--indirect-selection", indirect]
        columns = ModelColumns(lake, manifest, target_path)
        for result in build(selection, target_path=target_path):
            message = DbtCoreCliEventMessage(dict(result), {})
            for event in message.to_default_asset_events(
                manifest, TRANSLATOR, context.op_execution_context, target_path
            ):
                if isinstance(event, dg.Output):
                    node = result["data"]["node_info"]["unique_id"]
                    yield event.with_metadata({**event.metadata, **column_metadata(columns, node)})
                else:
                    yield event

    return models


@functools.cache
def silver() -> dg.AssetsDefinition:
    """One name and one type for each thing; the newest version of each document."""
    return _half("silver")


@functools.cache
def gold() -> dg.AssetsDefinition:
    """Marts and feature tables."""
    return _half("gold")


@dg.definitions
def dbt_models() -> dg.Definitions:
    """Both halves, made from dbt's manifest when Dagster loads them and not on import."""
    return dg.Definitions(assets=[silver(), gold()])
