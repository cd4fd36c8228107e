"""Feast's offline store over the lake: Delta tables at pinned versions, joined in DuckDB.

Feast finds it by its path (`features.delta_offline_store.DeltaOfflineStore`) and asks this module
for the configuration as well. What differs from Feast's own stores: the knowledge time of a row
counts unless one says otherwise, a table is read at one version however long the reading takes,
rows without a match stay, and memory is bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
from feast.data_source import DataSource
from feast.feature_view import FeatureView
from feast.infra.offline_stores.offline_store import (
    OfflineStore,
    RetrievalJob,
    RetrievalMetadata,
)
from feast.infra.registry.base_registry import BaseRegistry
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.repo_config import FeastConfigBaseModel, RepoConfig
from feast.saved_dataset import SavedDatasetStorage
from pydantic import Field

from features.events import between, latest
from features.exact_values import exact
from features.feast_sources import (
    connection,
    entity_rows,
    history_of_source,
    history_of_view,
    register_history,
    span,
)
from features.point_in_time import point_in_time


class DeltaOfflineStoreConfig(FeastConfigBaseModel):  # type: ignore[misc]  # Feast is untyped
    """Settings of the store, as in `feature_store.yaml`."""

    type: Literal["features.delta_offline_store.DeltaOfflineStore"] = (
        "features.delta_offline_store.DeltaOfflineStore"
    )
    lake_root: str = "."
    """The lake's folder; the sources' paths lie in it. Relative to Feast's repository."""
    versions: dict[str, int] = Field(default_factory=dict)
    """Delta version of each source by its name; a source not named is read at its newest."""
    by_knowledge: bool = True
    """Whether a row counts only from its `known_at` on."""
    memory_limit: str = "1GB"
    threads: int = 2


class DeltaRetrievalJob(RetrievalJob):  # type: ignore[misc]  # Feast is untyped
    """A question to the store, answered when its frame is asked for."""

    def __init__(
        self,
        answer: Callable[[], pa.Table],
        *,
        full_feature_names: bool,
        on_demand: list[OnDemandFeatureView],
        metadata: RetrievalMetadata | None,
    ) -> None:
        self._answer = answer
        self._full_feature_names = full_feature_names
        self._on_demand = on_demand
        self._metadata = metadata

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:
        return self._answer()

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:
        frame: pd.DataFrame = self._answer().to_pandas()
        return frame

    @property
    def full_feature_names(self) -> bool:
        """Whether a feature's column is named `<view>__<feature>`."""
        return self._full_feature_names

    @property
    def on_demand_feature_views(self) -> list[OnDemandFeatureView]:
        """The views Feast computes from the answer."""
        return self._on_demand

    @property
    def metadata(self) -> RetrievalMetadata | None:
        """What was asked."""
        return self._metadata

    def persist(
        self,
        storage: SavedDatasetStorage,
        allow_overwrite: bool = False,
        timeout: int | None = None,
    ) -> None:
        """Refuse: a frame is kept as the Delta versions it was read at, which give it again."""
        raise NotImplementedError("a training frame is kept by its Delta versions, not as a copy")


class DeltaOfflineStore(OfflineStore):  # type: ignore[misc]  # Feast is untyped
    """Feature history in Delta tables."""

    supports_filter_by_created_timestamp = True

    @staticmethod
    def get_historical_features(  # noqa: PLR0917 - Feast's signature
        config: RepoConfig,
        feature_views: list[FeatureView],
        feature_refs: list[str],
        entity_df: pd.DataFrame | str | None,
        registry: BaseRegistry,
        project: str,
        full_feature_names: bool = False,
        **asked: Any,
    ) -> RetrievalJob:
        """The features of `feature_refs` for each entity row as they were known at its moment.

        Args:
            config: Feast's configuration; its offline store is this one.
            feature_views: the views the features are from.
            feature_refs: `<view>:<feature>`.
            entity_df: the entity rows, or an SQL query in DuckDB's dialect that gives them and may
                read the sources by their names.
            registry: Feast's registry.
            project: Feast's project.
            full_feature_names: whether to name a column `<view>__<feature>`.
            asked: `filter_by_created_timestamp=True` turns the knowledge time on for this question
                should the configuration have turned it off.

        Raises:
            ValueError: no entity rows, or a feature would be named like another column.
        """
        if entity_df is None:
            raise ValueError("the store answers for given entity rows: entity_df is missing")
        by_knowledge = config.offline_store.by_knowledge or bool(
            asked.get("filter_by_created_timestamp")
        )
        histories = {
            view.name: history_of_view(view, feature_refs, full_feature_names, by_knowledge)
            for view in feature_views
        }

        def answer() -> pa.Table:
            entities, moment = entity_rows(config, entity_df, feature_views)
            with connection(config) as con:
                for view in feature_views:
                    history = histories[view.name]
                    since, until = span(con, entities, moment, history.ttl)
                    register_history(
                        con, config, view.batch_source, history, since=since, until=until
                    )
                return point_in_time(con, entities, moment, list(histories.values()))

        return DeltaRetrievalJob(
            answer,
            full_feature_names=full_feature_names,
            on_demand=OnDemandFeatureView.get_requested_odfvs(feature_refs, project, registry),
            metadata=RetrievalMetadata(
                features=feature_refs,
                keys=sorted({key for each in histories.values() for key in each.keys.values()}),
            ),
        )

    @staticmethod
    def pull_latest_from_table_or_query(  # noqa: PLR0917 - Feast's signature
        config: RepoConfig,
        data_source: DataSource,
        join_key_columns: list[str],
        feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: str | None,
        start_date: datetime,
        end_date: datetime,
    ) -> RetrievalJob:
        """For each key the newest row from start to end, both included, that was known at the end.

        One chunk, for Feast writes only the first of several, and in types that it carries exactly.
        """
        history = history_of_source(config, data_source, join_key_columns, feature_name_columns)

        def answer() -> pa.Table:
            with connection(config) as con:
                register_history(
                    con, config, data_source, history, since=start_date, until=end_date
                )
                found = latest(con, history, start_date, end_date)
            return exact(found, data_source.name, join_key_columns)

        return _plain(answer)

    @staticmethod
    def pull_all_from_table_or_query(  # noqa: PLR0917 - Feast's signature
        config: RepoConfig,
        data_source: DataSource,
        join_key_columns: list[str],
        feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: str | None = None,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> RetrievalJob:
        """Every row from start to end, both included, that was known at the end."""
        history = history_of_source(config, data_source, join_key_columns, feature_name_columns)

        def answer() -> pa.Table:
            with connection(config) as con:
                register_history(
                    con, config, data_source, history, since=start_date, until=end_date
                )
                found = between(con, history, start_date, end_date)
            return exact(found, data_source.name, join_key_columns)

        return _plain(answer)


def _plain(answer: Callable[[], pa.Table]) -> DeltaRetrievalJob:
    return DeltaRetrievalJob(answer, full_feature_names=False, on_demand=[], metadata=None)
