"""Maintenance of the lake: few files, quick logs, no litter, and every version that is needed."""

import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
from deltalake import DeltaTable

from pipelines.lake.commits import commits_of
from pipelines.lake.lake import LAYERS, Lake
from pipelines.lake.table_properties import without_log_bounds, writer_properties

WINDOW = timedelta(days=35)
"""How far back any version of a table is kept, unless the caller says otherwise."""

IN_FLIGHT = timedelta(hours=24)
"""Files younger than this may belong to a run that has not committed yet, and are left alone."""

_MANY_FILES = 8


@dataclass(frozen=True, slots=True)
class TableMaintenance:
    """What was done for one table; `kept` are the versions that can still be read."""

    table: str
    files_before: int
    files_after: int
    deleted: int
    kept: tuple[int, ...]


def tables(lake: Lake) -> tuple[str, ...]:
    """Every table of the lake, as `<layer>/<table>`."""
    found = (path for layer in LAYERS for path in sorted((lake.root / layer).glob("*")))
    names = (f"{path.parent.name}/{path.name}" for path in found if (path / "_delta_log").is_dir())
    return tuple(name for name in names if lake.exists(name))


def maintain(
    lake: Lake,
    *,
    now: datetime,
    keep_versions: Mapping[str, Collection[int]] | None = None,
    window: timedelta = WINDOW,
    in_flight: timedelta = IN_FLIGHT,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[TableMaintenance, ...]:
    """Compact, checkpoint and vacuum every table; sweep the scratch.

    Args:
        lake: the lake.
        now: the wall clock, from which the window reaches back.
        keep_versions: versions per table that are pinned, by a model's card for instance. They stay
            readable for as long as they are named here.
        window: every version that was current at some moment of it stays readable.
        in_flight: how young files are left alone whatever they are.
        progress: told which table is being done.
    """
    pinned = keep_versions or {}
    names, done = tables(lake), []
    for number, name in enumerate(names, 1):
        if progress:
            progress(f"maintaining {name}", number, len(names))
        done.append(_maintain(lake, name, now - window, pinned.get(name, ()), in_flight))
    _sweep(lake, now - in_flight)
    return tuple(done)


def _maintain(
    lake: Lake, name: str, since: datetime, pinned: Collection[int], in_flight: timedelta
) -> TableMaintenance:
    table = lake.open(name)
    before = len(table.file_uris())
    if before >= _MANY_FILES:
        written = writer_properties(pa.schema(table.schema().to_arrow()))
        without_log_bounds(table).optimize.compact(writer_properties=written)
    table.create_checkpoint()
    kept = tuple(sorted({*needed_versions(table, since), *pinned}))
    deleted = table.vacuum(
        retention_hours=int(in_flight.total_seconds() // 3600),
        dry_run=False,
        enforce_retention_duration=False,
        full=True,
        keep_versions=list(kept),
    )
    return TableMaintenance(name, before, len(lake.open(name).file_uris()), len(deleted), kept)


def needed_versions(table: DeltaTable, since: datetime) -> set[int]:
    """Versions that were current at `since` or later, the newest among them always."""
    moment = since.timestamp() * 1000
    commits = sorted((commit["version"], commit["timestamp"]) for commit in commits_of(table))
    later = {version for version, at in commits if at > moment}
    at_moment = {max((version for version, at in commits if at <= moment), default=0)}
    return later | at_moment | {table.version()}


def _sweep(lake: Lake, before: datetime) -> None:
    """Remove what killed runs left in the scratch."""
    for path in lake.scratch.glob("*/*"):
        if path.lstat().st_mtime >= before.timestamp():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
