"""Dagster's own record of runs, written without waiting for the disk after every event.

Dagster's SQLite storage opens, commits and closes a database twice for each event, and a run of
everything has a thousand: together that took longer than the work of a small day. Here a database
stays open, the operating system decides when it is written, and which tables and columns Dagster
has made is asked once and not with every event. What stands in these files is the story of a run; a
figure never depends on them.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

_OPEN = 4
"""Databases that stay open at once: the index and the runs last spoken of."""

_PATIENCE_SECONDS = 30


class BufferedEventLog(SqliteEventLogStorage):
    """The events of all runs, in the files that Dagster's SQLite storage keeps."""

    def __init__(self, home: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Keep the files in `home`, Dagster's folder."""
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._turn = threading.Lock()
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        super().__init__(str(Path(home) / "history" / "runs"), inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What `dagster.yaml` may say of it."""
        return {"home": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "BufferedEventLog":
        """Make it from `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._turn:
            engine = self._engine(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False},
            )
            event.listen(engine, "connect", _do_not_wait)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        while len(self._engines) > _OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Whether Dagster has made a table; it never drops one."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(
            conn, column_name
        ):
            self._columns.add(column_name)
        return column_name in self._columns

    def dispose(self) -> None:
        """Close every database."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _do_not_wait(connection: Any, _: Any) -> None:
    connection.execute("pragma synchronous = off")
