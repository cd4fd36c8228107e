"""The end of a build: the last asset of a run of everything puts on record that it came so far."""

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.features import assets as features
from pipelines.defs.forecast import assets as forecast
from pipelines.defs.reconcile import assets as reconcile
from pipelines.defs.resources import RunClock
from pipelines.defs.tables import table_metadata
from pipelines.defs.transform import assets as transform
from pipelines.lake.lake import Lake
from pipelines.runs.builds import BUILDS, end_build
from pipelines.runs.inputs import inputs_of


def _figures() -> list[dg.AssetKey]:
    """Everything that has to be made before a build has ended."""
    return sorted(
        {
            *transform.gold().keys,
            *features.online_store.keys,
            *reconcile.controls.keys,
            *reconcile.break_events.keys,
            *(key for made in forecast.forecasters for key in made.keys),
        }
    )


def _build_ended() -> dg.AssetsDefinition:
    @dg.asset(
        key=["control", "builds"],
        deps=_figures(),
        group_name="control",
        kinds={"deltalake"},
        owners=["team:data-platform"],
        output_required=False,
        description="Which builds of all figures began and ended: the day, who started them, and "
        "the versions of every table that they were made from.",
    )
    def build_ended(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Record the end of this run's build; a run of some assets only has no build to end."""
        as_of = run_clock.as_of(lake)
        if end_build(lake, inputs_of(lake, as_of), run_id=context.run.run_id, now=run_clock.now()):
            metadata = {"as_of": as_of.isoformat(), **table_metadata(lake, BUILDS)}
            yield dg.MaterializeResult(metadata=metadata)
        else:
            context.log.info("This run makes a part of the figures; the next whole one makes all.")

    return build_ended


@dg.definitions
def build_record() -> dg.Definitions:
    """The end of a build, which depends on every figure that dbt and the models make."""
    return dg.Definitions(assets=[_build_ended()])
