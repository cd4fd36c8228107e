"""Who settles whom; and the accounting laws that must hold across tables."""

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.reconcile.reports import by_law, by_recon
from pipelines.defs.resources import Moment
from pipelines.lake.control import record_controls
from pipelines.lake.duck import connect
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables
from quality.laws import check_laws, to_frame
from quality.reconciliation.pipeline import RECON_BREAKS, RECON_MATCHES, reconcile_sides

SIDES = "silver/int_recon_sides"


@dg.multi_asset(
    name="reconciled",
    specs=[
        dg.AssetSpec(
            ["silver", "recon_matches"],
            deps=[["silver", "int_recon_sides"], ["silver", "stg_holidays"]],
            group_name="reconciliation",
            kinds={"duckdb", "scipy"},
            owners=["team:finance"],
            description="Accepted and suggested matches with their evidence; one row per member.",
        ),
        dg.AssetSpec(
            ["silver", "recon_breaks"],
            deps=[["silver", "int_recon_sides"], ["silver", "stg_holidays"]],
            group_name="reconciliation",
            kinds={"duckdb", "scipy"},
            owners=["team:finance"],
            description="Rows that nothing settles, typed and explained; one row per open row.",
        ),
    ],
)
def reconciled(
    lake: dg.ResourceParam[Lake], moment: Moment
) -> Iterator[dg.MaterializeResult[None]]:
    """Run every reconciliation over the sides that silver prepared."""
    sides = lake.read(SIDES).collect()
    holidays = lake.read("silver/stg_holidays", columns=["holiday_date"]).collect()
    matches, breaks = reconcile_sides(
        sides, as_of=moment.as_of(lake), holidays=holidays["holiday_date"].to_list()
    )
    for name, rows, schema in (
        ("recon_matches", matches, RECON_MATCHES),
        ("recon_breaks", breaks, RECON_BREAKS),
    ):
        written = lake.overwrite(f"silver/{name}", rows.select(list(schema)))
        yield dg.MaterializeResult(
            asset_key=["silver", name],
            metadata={
                "dagster/row_count": rows.height,
                "delta_version": written.version,
                "by_reconciliation": by_recon(sides, matches),
            },
        )


@dg.asset(
    key=["control", "controls"],
    deps=[["silver", "recon_matches"], ["silver", "recon_breaks"]],
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
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], moment: Moment
) -> Iterator[dg.MaterializeResult[None]]:
    """Every control that ran, or should have: passed, failed, error or skipped."""
    with connect(lake) as con:
        lake.register(con, *tables(lake))
        found = check_laws(con, moment.as_of(lake))
    rows = to_frame(found, run_id=context.run_id, recorded_at=moment.now())
    written = record_controls(lake, rows, token=context.run_id)
    errors = [control for control in found if control.outcome == "error"]
    yield dg.MaterializeResult(
        metadata={"delta_version": written.version, "by_law": by_law(found)},
        check_results=[
            dg.AssetCheckResult(
                check_name="every_law_could_be_checked",
                passed=not errors,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"errors": "; ".join(f"{c.name}: {c.detail}" for c in errors) or "none"},
            )
        ],
    )
