"""A model's columns and their lineage as Dagster shows them."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from sqlglot.errors import SqlglotError

from pipelines.dbt_runner.columns import ModelColumns


def column_metadata(columns: ModelColumns, unique_id: str) -> Mapping[str, Any]:
    """Column schema and column lineage of a model or seed that has been built."""
    listed = [
        dg.TableColumn(column.name, column.type, description=column.meaning or None)
        for column in columns.columns(unique_id)
    ]
    known: dict[str, Any] = {"dagster/column_schema": dg.TableSchema(listed)}
    try:
        traced = columns.lineage(unique_id)
    except SqlglotError as error:  # a picture is lost and no figure; what is missing is said
        return {**known, "column_lineage": f"The SQL could not be traced: {error}"}
    deps = {
        column: [dg.TableColumnDep(dg.AssetKey(key), name) for key, name in origins]
        for column, origins in traced.items()
    }
    return {**known, "dagster/column_lineage": dg.TableColumnLineage(deps)}
