"""Tables that no step of a run makes, though steps read them: files and people write them."""

import dagster as dg

from pipelines.defs.reconcile.errors import ON_DEMAND
from pipelines.landing.arrival_order import ARRIVALS
from pipelines.records.control_tables import PERIOD_CLOSES, QUARANTINE

WRITTEN: dict[str, tuple[str, str]] = {
    ARRIVALS: (
        "One row per file in the order in which the files arrived, written as each file lands.",
        "data-platform",
    ),
    QUARANTINE: (
        (
            "One row per row that a contract refused, written as its file is taken in and when "
            "somebody resolves it."
        ),
        "data-platform",
    ),
    PERIOD_CLOSES: (
        "One row per closing or reopening of a period, written by close-period and reopen-period.",
        "finance",
    ),
}
"""Table to what it holds and who wrote it, and to the team that owns it."""


@dg.definitions
def written_outside_of_runs() -> dg.Definitions:
    """The tables as external assets, so that the graph names all that a figure is made of."""
    return dg.Definitions(
        assets=[
            dg.AssetSpec(
                key=table.split("/"),
                description=description,
                group_name="control",
                owners=[f"team:{owner}"],
                tags={ON_DEMAND: ""},
            )
            for table, (description, owner) in WRITTEN.items()
        ]
    )
