"""Who settles whom; and the controls that must hold across tables."""

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.reconcile.reports import by_control, by_state, result_metadata
from pipelines.defs.resources import RunClock
from pipelines.defs.tables import table_metadata
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables
from pipelines.reconciliation.break_events import read_break_events, record_break_events
from pipelines.reconciliation.decisions import read_decisions
from pipelines.records.control_tables import record_controls
from quality.controls import evaluate_controls, to_frame
from quality.reconciliation.breaks.history import changes
from quality.reconciliation.pipeline import reconcile_sides
from quality.reconciliation.reporting.roll_forward import roll_forward

READ = (
    "int_recon_sides",
    "stg_holidays",
    "int_daily_balances",
    "int_cash_postings",
    "int_late_rows",
)

PUBLISHED = {
    "recon_matches": "Accepted and suggested matches with their evidence; one row per member.",
    "recon_breaks": "Rows that nothing settles, typed and explained; one row per open row.",
    "recon_adjustments": "Differences inside matches, each with its cause; one row per match.",
    "recon_roll_forward": "Proof of each balance: opening to closing, by account, side, period.",
    "recon_decisions": "Manual decisions and whether they count; one row per row named.",
}


@dg.multi_asset(
    name="reconciled",
    specs=[
        dg.AssetSpec(
            ["silver", name],
            deps=[["silver", table] for table in READ],
            group_name="reconciliation",
            kinds={"duckdb", "scipy"},
            owners=["team:finance"],
            description=description,
        )
        for name, description in PUBLISHED.items()
    ],
)
def reconciled(
    lake: dg.ResourceParam[Lake], run_clock: RunClock
) -> Iterator[dg.MaterializeResult[None]]:
    """Run every reconciliation over the sides that silver prepared, and replay the decisions."""
    sides, holidays, balances, postings, late = (
        lake.read(f"silver/{table}").collect() for table in READ
    )
    as_of = run_clock.as_of(lake)
    done = reconcile_sides(
        sides,
        as_of=as_of,
        holidays=holidays["holiday_date"].to_list(),
        decisions=read_decisions(lake),
    )
    proof = roll_forward(
        sides,
        done.matches,
        done.breaks,
        done.adjustments,
        balances=balances,
        postings=postings,
        late=late,
        as_of=as_of,
    )
    for name, rows in (
        ("recon_matches", done.matches),
        ("recon_breaks", done.breaks),
        ("recon_adjustments", done.adjustments),
        ("recon_decisions", done.decisions),
        ("recon_roll_forward", proof),
    ):
        lake.overwrite(f"silver/{name}", rows)
        yield dg.MaterializeResult(
            asset_key=["silver", name],
            metadata={
                **table_metadata(lake, f"silver/{name}"),
                **result_metadata(name, sides, done),
            },
        )


@dg.asset(
    key=["control", "break_events"],
    deps=[["silver", "recon_breaks"], ["silver", "recon_matches"]],
    group_name="control",
    kinds={"polars"},
    owners=["team:finance"],
    description="What became of every break: opened, retyped, cleared, written off, reopened.",
)
def break_events(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
) -> dg.MaterializeResult[None]:
    """Record what has changed since the last run that recorded anything."""
    recorded = read_break_events(lake)
    new_events = changes(
        recorded,
        lake.read("silver/recon_breaks").collect(),
        lake.read("silver/recon_matches").collect(),
        as_of=run_clock.as_of(lake),
        run_id=context.run_id,
        recorded_at=run_clock.now(),
    )
    written = record_break_events(lake, new_events, after=recorded.height)
    return dg.MaterializeResult(
        metadata={**table_metadata(lake, written.table), "new_events": by_state(new_events)}
    )


@dg.asset(
    key=["control", "controls"],
    deps=[["silver", name] for name in PUBLISHED],
    group_name="control",
    kinds={"duckdb"},
    owners=["team:finance"],
    check_specs=[
        dg.AssetCheckSpec(
            name="every_law_could_be_checked",
            asset=["control", "controls"],
            description="No control ended in an error; a failed one is a finding, not an error.",
        )
    ],
)
def controls(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
) -> Iterator[dg.MaterializeResult[None]]:
    """Every control that ran, or should have: passed, failed, error or skipped."""
    with connect(lake) as con:
        lake.register(con, *tables(lake))
        results = evaluate_controls(con, run_clock.as_of(lake))
    rows = to_frame(results, run_id=context.run_id, recorded_at=run_clock.now())
    written = record_controls(lake, rows, transaction_id=context.run_id)
    errors = [control for control in results if control.outcome == "error"]
    yield dg.MaterializeResult(
        metadata={**table_metadata(lake, written.table), "by_control": by_control(results)},
        check_results=[
            dg.AssetCheckResult(
                check_name="every_law_could_be_checked",
                passed=not errors,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"errors": "; ".join(f"{c.name}: {c.detail}" for c in errors) or "none"},
            )
        ],
    )
