"""Everything Dagster knows: the objects in `defs`, autoloaded, under one freshness policy."""

import warnings
from datetime import timedelta

import dagster as dg

import pipelines.defs
from pipelines.defs.reconcile.errors import ON_DEMAND
from pipelines.defs.tables import placed
from pipelines.lake.lake import Lake
from pipelines.settings import REPOSITORY, enter

# The lock holds the versions; what Dagster calls preview or beta is tested here.
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
warnings.filterwarnings("ignore", category=dg.BetaWarning)

DAILY = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=36), warn_window=timedelta(hours=26)
)
"""A house that closes every day is stale after a day and a morning."""


@dg.definitions
def defs() -> dg.Definitions:
    """The code location: `dagster`, `dg` and `countinghouse` all load this."""
    lake = Lake(enter().root)
    # From the module and not from a project's file: a wheel has none.
    tree = dg.ComponentTree.from_module(defs_module=pipelines.defs, project_root=REPOSITORY)
    loaded = tree.build_defs()
    return loaded.map_asset_specs(func=lambda spec: placed(_kept_fresh(spec), lake))


def _kept_fresh(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The policy of the house, unless the asset is only made when somebody asks for it."""
    return spec if ON_DEMAND in spec.tags else dg.apply_freshness_policy(spec, DAILY)
