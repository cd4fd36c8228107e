"""Red is red: every control of the house as a check on the table that it concerns."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from pipelines.defs.reconcile.reports import control_check
from pipelines.defs.resources import RunClock
from pipelines.lake.lake import Lake
from pipelines.records.control_log import controls_on
from quality.controls import CONTROLS
from quality.controls.status import control_status, status_of_others

OTHERS = "every_other_control_holds"
"""The check on results of no control in `CONTROLS`, such as those that ingestion records."""

_RECORD = ["control", "controls"]


@dg.multi_asset_check(
    name="controls_hold",
    specs=[
        *(
            dg.AssetCheckSpec(
                name=control.name,
                asset=list(control.about),
                additional_deps=[_RECORD],
                description=f"{control.statement} ({control.source})",
            )
            for control in CONTROLS
        ),
        dg.AssetCheckSpec(
            name=OTHERS,
            asset=_RECORD,
            description="No other control on record failed on this day, such "
            "as the totals that a file states of itself.",
        ),
    ],
    can_subset=True,  # who makes one table anew asks for its checks alone
)
def controls_hold(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
) -> Iterator[dg.AssetCheckResult]:
    """Each check fails as its control fails; figures are published all the same."""
    asked = {key.name for key in context.selected_asset_check_keys}
    for check in checks_on(lake, run_clock.as_of(lake)):
        if check.check_name in asked:
            yield check


def checks_on(lake: Lake, as_of: date) -> Iterator[dg.AssetCheckResult]:
    """Every control of a day as its check, from what is on record."""
    known = {control.name: control for control in CONTROLS}
    results = controls_on(lake, as_of)
    for name, control in known.items():
        yield control_check(list(control.about), control_status(name, results.get(name, ())))
    yield control_check(_RECORD, status_of_others(OTHERS, results, known))
