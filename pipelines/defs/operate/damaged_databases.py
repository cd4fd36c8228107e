"""Dagster's databases when they are damaged: set aside and begun anew, with a word.

They tell the story of runs. No figure depends on them, so nothing is lost but that story.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

_THOROUGH_BYTES = 64 << 20
"""Up to this size every page of a database is looked at; of a larger one, its schema."""

_INDEXES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


def set_aside_damaged(home: Path) -> tuple[Path, ...]:
    """Rename databases that cannot be read; gives their new places.

    Args:
        home: Dagster's folder.
    """
    aside = []
    for name in _INDEXES:
        database = home / name
        if database.exists() and not _is_sound(database):
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            place = database.with_name(f"{database.name}.damaged-{stamp}")
            database.replace(place)
            for rest in ("-wal", "-shm", "-journal"):
                database.with_name(database.name + rest).unlink(missing_ok=True)
            aside.append(place)
    return tuple(aside)


def _is_sound(database: Path) -> bool:
    """Whether SQLite can read a database that has tables."""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=30)) as con:
            tables = con.execute("select count(*) from sqlite_master").fetchone()[0]
            if database.stat().st_size <= _THOROUGH_BYTES:
                found = con.execute("pragma quick_check(1)").fetchone()[0]
                return bool(tables) and found == "ok"
            return bool(tables)
    except sqlite3.OperationalError as error:
        return "locked" in str(error) or "busy" in str(error)
    except sqlite3.DatabaseError:
        return False
