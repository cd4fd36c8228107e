"""dbt's door to the lake: models are read from Delta and published to Delta.

dbt-duckdb loads the class `Plugin` of this module. When a connection opens, every table that the
lake holds becomes a view pinned to its newest version, so that a part of the project can be built
in a fresh scratch file without rebuilding the rest. When a model is built, the materialization
`delta` hands over the temporary table that holds it.
"""

import threading
from datetime import date
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig

from pipelines.lake.commits import MAINTENANCE_OPERATIONS, commits_of
from pipelines.lake.lake import LAYERS, Lake
from pipelines.records.withdrawals import hide_withdrawn
from pipelines.settings import Settings

CONTENT = "content"
"""The key, in a commit's metadata, of the fingerprint of what it wrote."""

BATCH_ROWS = 100_000
"""Rows that stand in memory at once on their way to Delta."""


class Plugin(BasePlugin):  # type: ignore[misc]  # dbt publishes no types
    """Reads the lake into dbt's connection and publishes what dbt builds."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Find the lake.

        Its place is no part of the profile: for another profile dbt parses the project anew.
        """
        self.lake = Lake(Settings().root)
        self.thread = threading.local()

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Show dbt every table of the lake, each pinned as it stands now.

        Whoever opens the scratch file read-only, after a build, finds the views of that build.
        """
        if _is_read_only(conn):
            return
        spill = self.lake.scratch / "duckdb"
        spill.mkdir(parents=True, exist_ok=True)
        conn.execute("set temp_directory = '" + str(spill).replace("'", "''") + "'")
        self.connection = conn
        self._show(conn)
        self.is_fresh = True

    def refresh(self) -> None:
        """Look at the lake anew: a process that runs dbt twice keeps its connection open."""
        cursor = self.connection.cursor()
        if self.lake.root != Settings().root:
            self.lake = Lake(Settings().root)
            _forget(cursor)
            self.is_fresh = False
        if not self.is_fresh:
            self._show(cursor)
        self.is_fresh = False

    def _show(self, con: duckdb.DuckDBPyConnection) -> None:
        """Every table as it stands, bronze without what somebody withdrew."""
        self.lake.register(con, *published(self.lake))
        day = Settings().as_of
        hide_withdrawn(con, self.lake, date.fromisoformat(day) if day else None)

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Remember the cursor of this thread: only it sees the thread's temporary tables."""
        self.thread.cursor = cursor

    def store(self, target_config: TargetConfig) -> None:
        """Publish one model and leave a view on what was published; or, at the start, refresh.

        A model whose content is what its table says already is not written again: a run that
        changes nothing adds no version.
        """
        relation = target_config.relation
        given = target_config.config
        if given.get("refresh"):
            self.refresh()
            return
        table = f"{relation.schema}/{relation.identifier}"
        publish(self.lake, self.thread.cursor, given["staged"], table, given["note"])


def _forget(cursor: duckdb.DuckDBPyConnection) -> None:
    """Drop every view of another lake."""
    views = cursor.execute(
        "select schema_name, view_name from duckdb_views() where not internal"
    ).fetchall()
    for schema, view in views:
        cursor.execute(f'drop view "{schema}"."{view}"')


def _is_read_only(conn: duckdb.DuckDBPyConnection) -> bool:
    found = conn.execute(
        "select readonly from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return bool(found and found[0])


def published(lake: Lake) -> tuple[str, ...]:
    """The names of all tables of the lake, in order."""
    folders = (folder for layer in LAYERS for folder in sorted((lake.root / layer).glob("[a-z]*")))
    names = (f"{folder.parent.name}/{folder.name}" for folder in folders)
    return tuple(name for name in names if lake.exists(name))


def publish(
    lake: Lake, cursor: duckdb.DuckDBPyConnection, staged: str, table: str, note: dict[str, str]
) -> None:
    """Write the temporary table `staged` to the lake as `table`, drop it, and view the result."""
    content = fingerprint(cursor, staged)
    if not lake.exists(table) or stored_fingerprint(lake, table) != content:
        rows = cursor.execute(f'select * from "{staged}"').to_arrow_reader(BATCH_ROWS)
        lake.overwrite(table, rows, note={**note, CONTENT: content})
    cursor.execute(f'drop table "{staged}"')
    lake.register(cursor, table)


def fingerprint(cursor: duckdb.DuckDBPyConnection, staged: str) -> str:
    """What a table says, whatever the order of its rows: its columns, row count and hash sum."""
    described = cursor.execute(f'describe "{staged}"').fetchall()
    columns = ",".join(f"{name} {kind}" for name, kind, *_ in described)
    counted = cursor.execute(f'select count(*), sum(hash(t)) from "{staged}" as t').fetchall()
    return f"{counted[0][0]}:{counted[0][1]}:{duckdb.__version__}:{columns}"


def stored_fingerprint(lake: Lake, table: str) -> str | None:
    """The fingerprint of the newest version; None when others wrote it."""
    commits = commits_of(lake.open(table), 10)
    writes = (commit for commit in commits if commit["operation"] not in MAINTENANCE_OPERATIONS)
    newest = next(writes, {})
    content = newest.get(CONTENT)
    return None if content is None else str(content)
