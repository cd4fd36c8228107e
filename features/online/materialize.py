"""Materialising: the newest features of every entity written into the online store.

They lie in one SQLite file, built aside and moved into place when it is complete, so that a reader
sees the values of one day and never of two, and a run that dies leaves the last good ones.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from features.definitions.services import SERVICES
from features.definitions.tables import EVENT_TIMESTAMP, KNOWN_AT, FeatureTable
from features.drift import refuse_drift
from features.manifest import Materialised, read_manifest, write_manifest
from features.store import Store, applied

if TYPE_CHECKING:
    from feast import FeatureStore

BUILDING = ".building"
"""Folder in which a new store is built before it replaces the old one."""


class IncompleteError(RuntimeError):
    """Fewer or more keys arrived in the online store than were to be sent."""


def end_of(as_of: date) -> datetime:
    """The moment of an `as_of` day: its last second, UTC."""
    return datetime.combine(as_of, time(23, 59, 59), UTC)


def materialise(store: Store, *, as_of: date, now: datetime) -> Materialised:
    """Put the features of every entity, as known at the end of a day, into the online store.

    Each feature table is read at its newest version. Nothing is done when the store already holds
    just that: same day, same versions, same definitions, and nobody wrote into it since.

    Args:
        store: the feature store of a lake.
        as_of: the day at whose end the features are to be known.
        now: when this is done, for the record.

    Returns:
        What the online store holds; `renewed` says whether this call put it there.

    Raises:
        DriftError: a Delta table is not what its contract says.
        MissingTableError: a feature table is not in the lake.
        IncompleteError: the online store did not take every key.
    """
    tables = store.tables()
    wanted = Materialised(
        at=end_of(as_of),
        versions=store.versions(tables),
        definitions=_fingerprint(tables),
        keys={},
        materialised_at=now,
        renewed=True,
    )
    store.online.mkdir(parents=True, exist_ok=True)
    with _alone(store.online):
        held = read_manifest(store.online)
        if held is not None and held.is_of(wanted) and not held.overwritten_at:
            return replace(held, renewed=False)
        refuse_drift({table.name: store.path(table) for table in tables}, tables)
        building = store.online / BUILDING
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        feast = applied(store, building, wanted.versions)
        keys = {table.view: _send(feast, table, wanted.at, building) for table in tables}
        made = replace(wanted, keys=keys)
        write_manifest(building, made)
        # The values last: with the new registry the old ones can still be read.
        for name in ("registry.db", "online.db"):
            (building / name).replace(store.online / name)
        building.rmdir()
    return made


def _fingerprint(tables: Sequence[FeatureTable]) -> str:
    return hashlib.sha256(repr((tables, sorted(SERVICES.items()))).encode()).hexdigest()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it however this process ends."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _send(feast: FeatureStore, table: FeatureTable, at: datetime, folder: Path) -> int:
    """Send the newest row of every key of a table; the number of keys.

    Only rows that are not stale at the moment are sent, from `ttl` before it on.
    """
    from features.delta_offline_store import DeltaOfflineStore

    with contextlib.redirect_stdout(io.StringIO()):
        feast.materialize(at - table.ttl, at, feature_views=[table.view])
    sent = DeltaOfflineStore.pull_latest_from_table_or_query(
        config=feast.config,
        data_source=feast.get_data_source(table.name),
        join_key_columns=[table.key],
        feature_name_columns=[],
        timestamp_field=EVENT_TIMESTAMP,
        created_timestamp_column=KNOWN_AT,
        start_date=at - table.ttl,
        end_date=at,
    ).to_arrow()
    with contextlib.closing(sqlite3.connect(folder / "online.db")) as con:
        (held,) = con.execute(
            f'SELECT count(DISTINCT entity_key) FROM "{feast.project}_{table.view}"'
        ).fetchone()
    if held != sent.num_rows:
        raise IncompleteError(f"{table.view}: {sent.num_rows} keys were sent, {held} arrived")
    return int(held)
