"""Feast's sources: the Delta tables `features/ftr_*` of the lake."""

from feast import FileSource
from feast.data_format import DeltaFormat

from features.definitions.tables import EVENT_TIMESTAMP, KNOWN_AT, FeatureTable


def source(table: FeatureTable) -> FileSource:
    """The Delta table of a feature table, by its path inside the lake.

    The path is relative, so that the registry does not say where the lake lies.
    """
    return FileSource(
        name=table.name,
        path=f"features/{table.name}",
        file_format=DeltaFormat(),
        timestamp_field=EVENT_TIMESTAMP,
        created_timestamp_column=KNOWN_AT,
        description=table.description,
        owner=table.owner,
    )
