"""Everything Dagster knows: the objects in `defs`, autoloaded, each as fresh as it can be."""

import warnings
from datetime import timedelta

import dagster as dg

import pipelines.defs
from pipelines.defs.reconcile.errors import ON_DEMAND
from pipelines.defs.tables import with_table_metadata
from pipelines.lake.lake import Lake
from pipelines.settings import REPOSITORY, configure_environment
from quality.contract import contract

COMPUTED = dg.FreshnessPolicy.cron(
    deadline_cron="0 9 * * 1-5", lower_bound_delta=timedelta(days=1), timezone="Europe/Amsterdam"
)
"""What is computed is made anew by nine on each business morning, after the scheduled run of half
past six; nobody is alarmed on a Saturday or a Sunday, and the run comes on holidays too."""

ARRIVING = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=5, hours=12))
"""What arrives on each business day is late when nothing came for longer than the longest pause of
TARGET: from the Thursday before Easter, or before Christmas, to the Tuesday morning after."""


@dg.definitions
def defs() -> dg.Definitions:
    """The code location: `dagster`, `dg` and `countinghouse` all load this."""
    lake = Lake(configure_environment().root)
    _accept_previews()
    # From the module and not from a project's file: a wheel has none.
    tree = dg.ComponentTree.from_module(defs_module=pipelines.defs, project_root=REPOSITORY)
    loaded = tree.build_defs()
    return loaded.map_asset_specs(func=lambda spec: with_table_metadata(_kept_fresh(spec), lake))


def _accept_previews() -> None:
    """The lock holds the versions; what Dagster calls preview or beta is tested here."""
    warnings.filterwarnings("ignore", category=dg.PreviewWarning)
    warnings.filterwarnings("ignore", category=dg.BetaWarning)


def _kept_fresh(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The policy of an asset: none where it is made on demand, or comes when there is something."""
    layer, name = spec.key.path[0], spec.key.path[-1]
    if ON_DEMAND in spec.tags or (layer == "bronze" and not contract(name).arrives_daily):
        return spec
    policy = ARRIVING if layer == "bronze" else COMPUTED
    kept: dg.AssetSpec = dg.apply_freshness_policy(spec, policy)
    return kept
