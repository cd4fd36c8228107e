"""How right the reconciliations were, on runs for which the truth is known."""

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.reconcile.plots import shown
from pipelines.defs.reconcile.reports import plain
from pipelines.defs.resources import GroundTruth, RunClock
from pipelines.defs.tables import table_metadata
from pipelines.lake.lake import Lake
from pipelines.reconciliation.accuracy_record import record_errors
from quality.reconciliation.reporting.accuracy import accuracy

ON_DEMAND = "on_demand"
"""Marks an asset that is only made when somebody asks, and so is never too old."""


@dg.asset(
    key=["control", "error_sheet"],
    deps=[["gold", "fct_matches"], ["gold", "fct_breaks"]],
    group_name="reconciliation",
    kinds={"polars"},
    owners=["team:finance"],
    output_required=False,
    tags={ON_DEMAND: ""},
    description="Precision, recall and error by value against known truth, by tier and by planted "
    "kind; one row per run and group. Only made for a run that is given the truth.",
)
def error_sheet(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    run_clock: RunClock,
    truth: GroundTruth,
) -> Iterator[dg.MaterializeResult[None]]:
    """Score what was published; without known truth there is nothing to score."""
    known = truth.read()
    if known is None:
        context.log.info("The truth is not known, so nothing is scored.")
        return
    matches, breaks = (
        lake.read(f"gold/{name}").collect() for name in ("fct_matches", "fct_breaks")
    )
    errors = accuracy(matches, breaks, known.links, known.planted)
    written = record_errors(
        lake, errors, run_id=context.run.run_id, as_of=run_clock.as_of(lake), now=run_clock.now()
    )
    yield dg.MaterializeResult(
        metadata={
            **table_metadata(lake, written.table),
            "scored": written.rows,
            "errors": plain(errors),
            "picture": shown(errors),
        }
    )
