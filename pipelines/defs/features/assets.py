"""The feature store as assets: online values, and the proof that they are the offline ones."""

import dagster as dg

from features.definitions.tables import feature_tables
from features.online.materialize import materialise
from features.parity import parity
from features.store import Store
from pipelines.defs.resources import RunClock
from pipelines.lake.lake import Lake


@dg.asset(
    key=["features", "online_store"],
    deps=[["features", table.name] for table in feature_tables()],
    group_name="features",
    kinds={"feast", "sqlite"},
    owners=["team:data-science"],
)
def online_store(lake: dg.ResourceParam[Lake], run_clock: RunClock) -> dg.MaterializeResult[None]:
    """Features of every entity as known at the end of the day, ready to be asked for online."""
    made = materialise(Store(lake.root), as_of=run_clock.as_of(lake), now=run_clock.now())
    return dg.MaterializeResult(
        metadata={
            "known_at": made.at.isoformat(),
            "renewed": made.renewed,
            **{f"keys_of_{view}": count for view, count in made.keys.items()},
            **{f"version_of_{table}": version for table, version in made.versions.items()},
        }
    )


@dg.asset_check(
    asset=["features", "online_store"],
    blocking=True,
    description="Every key of every view: the online value is what history gives at that moment.",
)
def online_equals_offline(lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """Parity of the whole online store, absent values included."""
    found = parity(Store(lake.root))
    return dg.AssetCheckResult(
        passed=found.passed,
        metadata={
            "entities_compared": sum(found.compared.values()),
            "entities_differing": sum(found.differing.values()),
            "examples": "; ".join(found.examples) or "none",
        },
    )
