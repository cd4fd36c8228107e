"""What the online store holds, written down in the store itself so that both change at once."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from features.online.guard import changed_since, watch

ONLINE = "online.db"
"""Name of Feast's online store inside its folder."""


@dataclass(frozen=True, slots=True)
class Materialised:
    """The content of the online store: features as known `at` a moment, from Delta `versions`.

    `keys` counts the entities by view; `definitions` is a fingerprint of contracts and services;
    `renewed` is whether the call that returned this put it there. `overwritten_at` says since when
    it is no longer what is held, because another command wrote into the store.
    """

    at: datetime
    versions: Mapping[str, int]
    definitions: str
    keys: Mapping[str, int]
    materialised_at: datetime
    renewed: bool
    overwritten_at: str | None = None

    def is_of(self, other: "Materialised") -> bool:
        """Whether another was made of the same versions and definitions for the same moment."""
        origin = (self.at, dict(self.versions), self.definitions)
        return origin == (other.at, dict(other.versions), other.definitions)


def write_manifest(folder: Path, made: Materialised) -> None:
    """Write into the online store of a folder what it holds, and watch it from then on."""
    content = {
        "at": made.at.isoformat(),
        "versions": dict(made.versions),
        "definitions": made.definitions,
        "keys": dict(made.keys),
        "materialised_at": made.materialised_at.isoformat(),
    }
    with closing(sqlite3.connect(folder / ONLINE)) as con, con:
        con.execute("CREATE TABLE manifest (content TEXT NOT NULL)")
        con.execute("INSERT INTO manifest VALUES (?)", (json.dumps(content),))
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'manifest'"
        watch(con, [name for (name,) in con.execute(tables)])


def read_manifest(folder: Path) -> Materialised | None:
    """What the online store of a folder holds; None when nothing was ever materialised.

    A store that Feast's own commands made carries no manifest, and counts as empty.
    """
    if not (folder / ONLINE).exists():
        return None
    with closing(sqlite3.connect(folder / ONLINE)) as con:
        if not con.execute("SELECT 1 FROM sqlite_master WHERE name = 'manifest'").fetchone():
            return None
        (content,) = con.execute("SELECT content FROM manifest").fetchone()
        overwritten_at = changed_since(con)
    held = json.loads(content)
    return Materialised(
        at=datetime.fromisoformat(held["at"]),
        versions=held["versions"],
        definitions=held["definitions"],
        keys=held["keys"],
        materialised_at=datetime.fromisoformat(held["materialised_at"]),
        renewed=False,
        overwritten_at=overwritten_at,
    )
