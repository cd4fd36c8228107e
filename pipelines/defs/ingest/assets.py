"""Bronze: what landed, typed, admitted by its contract, and proven to stand by it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines.defs.ingest.reports import as_metadata, contract_check
from pipelines.defs.materializations import is_materialized, observe_unchanged
from pipelines.defs.partitions import arrival_days, days_of
from pipelines.defs.resources import RunClock
from pipelines.ingestion import ensure_tables, ingest
from pipelines.ingestion.contract_check import check_contract
from pipelines.ingestion.lake_formats import formats_of
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.landing.zone import UNKNOWN, due, scan
from quality.contract import Contract, contracts


@dg.asset(
    key=["landing", "files"],
    partitions_def=arrival_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="landing",
    kinds={"file"},
    owners=["team:data-platform"],
)
def landed_files(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
) -> dg.MaterializeResult[None]:
    """Files exactly as they arrived, by feed and day; what no reader knows is refused by name."""
    (files, ahead), days = due(scan(lake, quiet=True), run_clock.horizon()), days_of(context)
    nobody_knows = [landed for landed in files if landed.feed == UNKNOWN]
    with connect(lake) as con:
        refused = ingest(lake, con, nobody_knows, formats=formats_of(lake), now=run_clock.now())
    arrived = [landed for landed in files if landed.arrival_date in days]
    return dg.MaterializeResult(
        metadata={
            "files": len(arrived),
            "bytes": sum(landed.size for landed in arrived),
            "refused_as_unknown": refused.count("refused"),
            "waiting_for_their_day": len(ahead),
        }
    )


def _specs(tables: Sequence[Contract]) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            key=["bronze", table.name],
            deps=[["landing", "files"]],
            description=f"{table.purpose} {table.grain}",
            group_name="bronze",
            kinds={"polars", "deltalake"},
            owners=[f"team:{table.owner}"],
            metadata={"contract": f"{table.name} {table.version}", "feed": table.feed},
            skippable=True,
        )
        for table in tables
    ]


def _checks(tables: Sequence[Contract]) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name="stands_by_its_contract",
            asset=["bronze", table.name],
            blocking=True,
            description=f"Great Expectations inside DuckDB, compiled from {table.name}.odcs.yaml",
        )
        for table in tables
    ]


def _feed_assets(feed: str, tables: Sequence[Contract]) -> dg.AssetsDefinition:
    @dg.multi_asset(name=f"take_in_{feed}", specs=_specs(tables), check_specs=_checks(tables))
    def take_in(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
    ) -> Iterator[Any]:
        waiting, _ = due(scan(lake, feed, quiet=True), run_clock.horizon())
        before = {table.name: lake.version(f"bronze/{table.name}") for table in tables}
        with connect(lake) as con:
            ensure_tables(lake)
            intake = ingest(lake, con, waiting, formats=formats_of(lake), now=run_clock.now())
            files = [file.sha256 for file in intake.files]
            for table in tables:
                proof = check_contract(lake, con, table, before=before[table.name], files=files)
                yield contract_check(table, proof)
                if is_materialized(context.instance, lake, f"bronze/{table.name}"):
                    yield from observe_unchanged(context, f"bronze/{table.name}")
                else:
                    yield dg.MaterializeResult(
                        asset_key=["bronze", table.name],
                        metadata=as_metadata(lake, table, intake),
                    )

    return take_in


def _feeds() -> list[dg.AssetsDefinition]:
    by_feed: defaultdict[str, list[Contract]] = defaultdict(list)
    for table in contracts().values():
        if table.layer == "bronze":
            by_feed[table.feed].append(table)
    return [_feed_assets(feed, tables) for feed, tables in sorted(by_feed.items())]


bronze = _feeds()
