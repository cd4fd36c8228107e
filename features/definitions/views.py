"""Feast's views: one for each feature table, with every feature its contract names."""

from collections.abc import Mapping

import polars as pl
from feast import FeatureView, Field
from feast.types import Bool, Decimal, Float64, Int64, PrimitiveFeastType, String

from features.definitions.entities import entity
from features.definitions.sources import source
from features.definitions.tables import FeatureTable

TYPES: Mapping[type[pl.DataType], PrimitiveFeastType] = {
    pl.String: String,
    pl.Boolean: Bool,
    pl.Int64: Int64,
    pl.Float64: Float64,
    pl.Decimal: Decimal,
}
"""Feast's type for each type of feature. An amount stays decimal up to the model's feature
matrix."""


def view(table: FeatureTable) -> FeatureView:
    """The Feast view of a feature table; a snapshot older than the table's `ttl` is not served."""
    return FeatureView(
        name=table.view,
        entities=[entity(table.entity)],
        ttl=table.ttl,
        schema=[
            Field(name=table.key, dtype=String),
            *(
                Field(name=each.name, dtype=TYPES[type(each.dtype)], description=each.description)
                for each in table.features
            ),
        ],
        source=source(table),
        online=True,
        description=table.description,
        owner=table.owner,
        tags={"table": table.name},
    )
