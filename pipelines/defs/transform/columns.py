"""A model's columns and their lineage as Dagster shows them."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.dbt_columns import ModelColumns


def column_metadata(columns: ModelColumns, unique_id: str) -> Mapping[str, Any]:
    """Column schema and column lineage of a model or seed."""
    listed = [
        dg.TableColumn(column.name, column.type, description=column.meaning or None)
        for column in columns.columns(unique_id)
    ]
    deps = {
        column: [dg.TableColumnDep(dg.AssetKey(key), name) for key, name in origins]
        for column, origins in columns.lineage(unique_id).items()
    }
    return {
        "dagster/column_schema": dg.TableSchema(listed),
        "dagster/column_lineage": dg.TableColumnLineage(deps),
    }
