"""What is published stands by its contract: a check on every mart, and a control on record."""

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.reconcile.reports import control_check
from pipelines.defs.resources import RunClock
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.records.control_tables import record_controls
from pipelines.runs.mart_contracts import CONTROL, evaluate_mart, published
from quality.controls import to_frame
from quality.controls.status import control_status

CHECK = "stands_by_its_contract"


@dg.multi_asset_check(
    name=CONTROL,
    specs=[
        dg.AssetCheckSpec(
            name=CHECK,
            asset=[table.layer, table.name],
            description=f"Great Expectations inside DuckDB, compiled from {table.name}.odcs.yaml",
        )
        for table in published()
    ],
    can_subset=True,
)
def marts_keep_their_contracts(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
) -> Iterator[dg.AssetCheckResult]:
    """Validate marts against their contracts; one that breaks its own is shown in red and stays.

    All of them together are a control of the day; who makes some marts anew sees only theirs.
    """
    asked = {key.asset_key.path[-1] for key in context.selected_asset_check_keys}
    marts = [table for table in published() if table.name in asked]
    with connect(lake) as con:
        results = [evaluate_mart(lake, con, table, run_clock.as_of(lake)) for table in marts]
    if len(marts) == len(published()):
        rows = to_frame(results, run_id=context.run.run_id, recorded_at=run_clock.now())
        record_controls(lake, rows, transaction_id=f"{context.run.run_id}|{CONTROL}")
    for result in results:
        yield control_check(result.scope.split("/"), control_status(CHECK, [result]))
