"""Feast's sources and views as the point-in-time join knows them: histories over Delta tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from feast.data_source import DataSource
from feast.feature_view import FeatureView
from feast.infra.offline_stores.file_source import FileSource
from feast.infra.offline_stores.offline_utils import infer_event_timestamp_from_entity_df
from feast.repo_config import RepoConfig

from features.delta_tables import delta_table, register
from features.events import EPOCH, History, quoted


@contextmanager
def connection(config: RepoConfig) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own, in UTC, that spills to disk beyond the configured memory."""
    settings = config.offline_store
    with tempfile.TemporaryDirectory(prefix="features-") as spill:
        options = {
            "memory_limit": settings.memory_limit,
            "threads": settings.threads,
            "temp_directory": spill,
        }
        with duckdb.connect(config=options) as con:
            con.execute("SET TimeZone = 'UTC'")
            yield con


def history_of_view(
    view: FeatureView, references: Sequence[str], full_names: bool, by_knowledge: bool
) -> History:
    """How to read the features a question refers to (`<view>:<feature>`) in one view."""
    shown = view.projection.name_to_use()
    wanted = [each.partition(":")[2] for each in references if each.partition(":")[0] == shown]
    source = _delta_source(view.batch_source)
    renamed: Mapping[str, str] = view.projection.join_key_map or {}
    return History(
        relation=shown,
        keys={field.name: renamed.get(field.name, field.name) for field in view.entity_columns},
        features={each: f"{shown}__{each}" if full_names else each for each in wanted},
        event_timestamp=source.timestamp_field,
        known_at=source.created_timestamp_column or None,
        ttl=view.ttl or None,
        by_knowledge=by_knowledge and bool(source.created_timestamp_column),
    )


def history_of_source(
    config: RepoConfig, source: DataSource, keys: Sequence[str], features: Sequence[str]
) -> History:
    """How to read some columns of a source under their own names."""
    known_at = source.created_timestamp_column or None
    return History(
        relation=source.name,
        keys={key: key for key in keys},
        features={name: name for name in features},
        event_timestamp=source.timestamp_field,
        known_at=known_at,
        ttl=None,
        by_knowledge=config.offline_store.by_knowledge and known_at is not None,
    )


def register_history(
    con: duckdb.DuckDBPyConnection,
    config: RepoConfig,
    source: DataSource | None,
    history: History,
    *,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Make a source visible under the history's name, at its pinned version if it has one."""
    delta_source = _delta_source(source)
    columns = [*history.keys, *history.features, history.event_timestamp]
    if history.known_at:
        columns.append(history.known_at)
    register(
        con,
        history.relation,
        delta_table(
            _path(config, delta_source), config.offline_store.versions.get(delta_source.name)
        ),
        columns,
        moment=history.event_timestamp,
        since=since,
        until=until,
    )


def entity_rows(
    config: RepoConfig, asked: pd.DataFrame | str, views: Sequence[FeatureView]
) -> tuple[pa.Table, str]:
    """The entity rows of a question, a frame or a query over the sources, and their time column."""
    if isinstance(asked, str):
        with connection(config) as con:
            for source in {view.batch_source.name: view.batch_source for view in views}.values():
                delta_source = _delta_source(source)
                table = delta_table(
                    _path(config, delta_source),
                    config.offline_store.versions.get(delta_source.name),
                )
                columns = [field.name for field in table.schema().fields]
                register(
                    con, delta_source.name, table, columns, moment=delta_source.timestamp_field
                )
            table = con.execute(asked).to_arrow_table()
    else:
        table = pa.Table.from_pandas(asked, preserve_index=False)
    types = table.schema.empty_table().to_pandas().dtypes.to_dict()
    return table, infer_event_timestamp_from_entity_df(types)


def span(
    con: duckdb.DuckDBPyConnection, entities: pa.Table, moment: str, ttl: timedelta | None
) -> tuple[datetime | None, datetime | None]:
    """The first and last event time that can matter to some entity rows; None without a bound."""
    con.register("spanned", entities.select([moment]))
    row = con.execute(
        f"SELECT min(t), max(t) FROM (SELECT epoch_us({quoted(moment)}::TIMESTAMPTZ) AS t"
        " FROM spanned)"
    ).fetchone()
    con.unregister("spanned")
    if row is None or row[0] is None:
        return None, None
    first, last = (EPOCH + timedelta(microseconds=each) for each in row)
    return None if ttl is None else first - ttl, last


def _delta_source(source: DataSource | None) -> FileSource:
    if not isinstance(source, FileSource) or source.field_mapping:
        raise ValueError(f"{source}: the store reads Delta tables under their own column names")
    return source


def _path(config: RepoConfig, source: FileSource) -> Path:
    return Path(str(config.repo_path or "."), config.offline_store.lake_root, source.path)
