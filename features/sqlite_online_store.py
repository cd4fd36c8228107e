"""Feast's SQLite online store, in which an older row never takes the place of a newer one.

Feast finds it by its path (`features.sqlite_online_store.NewestSqliteOnlineStore`) and asks this
module for the configuration as well.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import Literal

from feast.entity import Entity
from feast.feature_view import FeatureView
from feast.infra.online_stores.sqlite import SqliteOnlineStore, SqliteOnlineStoreConfig
from feast.repo_config import RepoConfig

from features.online.guard import keep_newest


class NewestSqliteOnlineStoreConfig(SqliteOnlineStoreConfig):  # type: ignore[misc]  # Feast is untyped
    """Settings of the store, as in `feature_store.yaml`."""

    type: Literal["features.sqlite_online_store.NewestSqliteOnlineStore"] = (
        "features.sqlite_online_store.NewestSqliteOnlineStore"
    )


class NewestSqliteOnlineStore(SqliteOnlineStore):  # type: ignore[misc]  # Feast is untyped
    """Feast's store over SQLite with a guard in the file itself."""

    def update(  # noqa: PLR0917 - Feast's signature
        self,
        config: RepoConfig,
        tables_to_delete: Sequence[FeatureView],
        tables_to_keep: Sequence[FeatureView],
        entities_to_delete: Sequence[Entity],
        entities_to_keep: Sequence[Entity],
        partial: bool,
    ) -> None:
        """Make the tables of the views, each with its guard."""
        super().update(
            config, tables_to_delete, tables_to_keep, entities_to_delete, entities_to_keep, partial
        )
        names = [f"{config.project}_{view.name}" for view in tables_to_keep]
        with contextlib.closing(sqlite3.connect(self._get_db_path(config))) as con, con:
            keep_newest(con, names)
