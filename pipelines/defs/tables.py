"""A table of the lake in Dagster's words: where it lies, what it holds, which columns it has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.lake.lake import LAYERS, Lake
from pipelines.lake.views import columns_of
from pipelines.settings import DBT_PROJECT
from quality.contract import contracts

_NO_TABLES = frozenset({"features/online_store"})
"""Assets of a layer that are kept elsewhere: the online store in a database of its own."""


def with_table_metadata(spec: dg.AssetSpec, lake: Lake) -> dg.AssetSpec:
    """An asset with the place of its Delta table, or of the file that dbt seeds it from."""
    layer, name = spec.key.path[0], spec.key.path[-1]
    if str(spec.metadata.get("dagster_dbt/unique_id", "")).startswith("seed."):
        return _stored(spec, f"{name}.csv", "csv", DBT_PROJECT / "seeds" / f"{name}.csv")
    if layer not in LAYERS or f"{layer}/{name}" in _NO_TABLES:
        return spec
    return _stored(spec, f"{layer}.{name}", "deltalake", lake.path(f"{layer}/{name}"))


def _stored(spec: dg.AssetSpec, name: str, kind: str, path: Path) -> dg.AssetSpec:
    place = {
        "dagster/table_name": name,
        "dagster/storage_kind": kind,
        "dagster/uri": dg.MetadataValue.path(str(path)),
    }
    return spec.merge_attributes(metadata=place, kinds={kind})


def table_metadata(
    lake: Lake, table: str, meanings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What a table of the lake holds now: its columns, how many rows, at which version.

    What a column means is said by its contract, or else by `meanings`.
    """
    opened = lake.open(table)
    contract = contracts().get(table.split("/")[1])
    said = {column.name: column.description for column in contract.columns} if contract else {}
    said |= meanings or {}
    return {
        "dagster/column_schema": dg.TableSchema(
            [
                dg.TableColumn(name, kind, description=said.get(name) or None)
                for name, kind in columns_of(opened).items()
            ]
        ),
        "dagster/row_count": opened.count(),
        "delta_version": opened.version(),
    }
