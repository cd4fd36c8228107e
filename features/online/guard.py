"""Triggers that guard the online store's SQLite file against older rows and foreign changes.

Feast writes the last row that it is given, be it older than the one that is there, and any of its
commands may write into the file. The rules lie in the file itself, as triggers: they hold for every
program that opens it.
"""

import sqlite3

CHANGES = "changes_by_others"
"""Table of the store that notes the first change by another command."""

_NEWEST = """
    CREATE TRIGGER IF NOT EXISTS {name} BEFORE UPDATE ON {table}
    WHEN NEW.event_ts < OLD.event_ts
        OR (NEW.event_ts = OLD.event_ts AND NEW.created_ts < OLD.created_ts)
    BEGIN SELECT RAISE(IGNORE); END
"""

_WATCHED = """
    CREATE TRIGGER {name} AFTER {event} ON {table}
    WHEN {differs} AND NOT EXISTS (SELECT 1 FROM {changes})
    BEGIN INSERT INTO {changes} VALUES (CURRENT_TIMESTAMP); END
"""

_DIFFERS = {
    "INSERT": "1",
    "DELETE": "1",
    "UPDATE": "(NEW.value IS NOT OLD.value OR NEW.event_ts IS NOT OLD.event_ts)",
}


def keep_newest(con: sqlite3.Connection, tables: list[str]) -> None:
    """Refuse an update of these tables by an older row, or by one that was known earlier."""
    for table in tables:
        con.execute(_NEWEST.format(name=_quoted(f"{table} newest"), table=_quoted(table)))


def watch(con: sqlite3.Connection, tables: list[str]) -> None:
    """Record the first change that any program makes to these tables from now on."""
    con.execute(f"CREATE TABLE {CHANGES} (changed_at TEXT NOT NULL)")
    for table in tables:
        for event, differs in _DIFFERS.items():
            con.execute(
                _WATCHED.format(
                    name=_quoted(f"{table} {event.lower()}"),
                    event=event,
                    table=_quoted(table),
                    differs=differs,
                    changes=CHANGES,
                )
            )


def changed_since(con: sqlite3.Connection) -> str | None:
    """When a watched table was first changed (UTC); None when none was."""
    found = "SELECT 1 FROM sqlite_master WHERE name = ?"
    if not con.execute(found, (CHANGES,)).fetchone():
        return None
    row = con.execute(f"SELECT min(changed_at) FROM {CHANGES}").fetchone()
    return None if row is None else row[0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
