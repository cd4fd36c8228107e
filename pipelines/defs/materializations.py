"""What Dagster is told of a table: that it was made anew, or that nothing came.

A table is fresh by the rows that came, not by the run that looked for them.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from pipelines.lake.commits import has_same_rows
from pipelines.lake.lake import Lake


def is_materialized(instance: dg.DagsterInstance, lake: Lake, table: str) -> bool:
    """Whether the rows of a table are those that were told last, whatever upkeep did since.

    What a run took in that was killed before it could tell is told by the next.
    """
    event = instance.get_latest_materialization_event(dg.AssetKey(table.split("/")))
    if event is None or event.asset_materialization is None:
        return False
    told = event.asset_materialization.metadata.get("delta_version")
    return told is not None and has_same_rows(lake.open(table), int(str(told.value)))


def observe_unchanged(context: dg.AssetExecutionContext, table: str) -> Iterator[dg.Output[Any]]:
    """Let what depends on a table go on, without a word that the table was made anew.

    An output that is left out would skip everything downstream; the mark on this one is that by
    which Dagster keeps the outputs of its own observations silent.
    """
    key = dg.AssetKey(table.split("/"))
    context.log_event(dg.AssetObservation(key, description="Nothing new came."))
    silent = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
    yield dg.Output(None, output_name=key.to_python_identifier(), metadata=silent)
