"""Bringing a lake to today's format: forward only, step by step, each step once and on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import run_lock
from pipelines.lake.upgrades.change import Change
from pipelines.lake.upgrades.format_version import (
    UNRECORDED,
    FormatError,
    has_tables,
    record_version,
    recorded_versions,
)

CREATED = "created"
"""What is on record, in place of an upgrade, of a lake that was made in the format it has."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What changed with one format version, in the order in which the changes are made."""

    version: int
    title: str
    changes: tuple[Change, ...]

    def needed(self, lake: Lake) -> tuple[Change, ...]:
        """The changes that are still to be made to a lake."""
        return tuple(change for change in self.changes if change.is_needed(lake))


def format_version(lake: Lake) -> int:
    """The format version of a lake; `UNRECORDED` where none is on record."""
    recorded = recorded_versions(lake)
    return UNRECORDED if recorded.is_empty() else int(recorded["version"][-1])


def refuse_newer(lake: Lake, upgrades: Sequence[Upgrade]) -> None:
    """End with an error where a newer release has written to a lake; nothing is written.

    Raises:
        FormatError: the lake is newer than this code.
    """
    recorded = recorded_versions(lake)
    if recorded.is_empty() or recorded["version"][-1] <= _newest(upgrades):
        return
    last = recorded.row(-1, named=True)
    raise FormatError(
        f"The lake {lake.root} has format {last['version']}, given to it by release "
        f"{last['release']} on {last['applied_at']:%Y-%m-%d}. This release knows formats up to "
        f"{_newest(upgrades)}. Nothing was read or written; use a newer release, or another lake."
    )


def refuse_unreadable(lake: Lake, upgrades: Sequence[Upgrade]) -> None:
    """End with an error where reading a lake, without writing, would give wrong or no figures.

    Raises:
        FormatError: the lake is newer than this code, or an upgrade has to come first.
    """
    refuse_newer(lake, upgrades)
    here = format_version(lake)
    hindering = [
        change
        for upgrade in upgrades
        if upgrade.version > here
        for change in upgrade.needed(lake)
        if change.hinders_reading
    ]
    if hindering:
        raise FormatError(
            f"The lake {lake.root} has format {here}, and this release reads format "
            f"{_newest(upgrades)}: {'; '.join(map(str, hindering))}. Nothing was done; upgrade it "
            "first with: countinghouse run"
        )


def upgrade_lake(
    lake: Lake, upgrades: Sequence[Upgrade], *, release: str, now: datetime, work: str
) -> tuple[Upgrade, ...]:
    """Make every change that a lake still needs; one without tables is made in today's format.

    Each upgrade is put on record when all of its changes are made. One that was killed before that
    is begun again, and makes only the changes that are still needed.

    Args:
        lake: the lake.
        upgrades: all upgrades there are, the oldest first.
        release: the release of this code, for the record.
        now: the wall clock, for the record.
        work: what is done with the lake, for whoever has to wait for it meanwhile.

    Returns:
        The upgrades that this call put on record.

    Raises:
        FormatError: the lake is newer than this code, and nothing is written; or a change cannot
            be made, and what was done before it stands.
        RunLockedError: another run did not end in time.
    """
    refuse_newer(lake, upgrades)
    if format_version(lake) == _newest(upgrades):
        return ()
    with run_lock(lake, work):
        if not has_tables(lake):
            newest = _newest(upgrades)
            record_version(lake, newest, upgrade=CREATED, release=release, now=now)
            return ()
        here = format_version(lake)  # another process may have upgraded it while we waited
        done = [upgrade for upgrade in upgrades if upgrade.version > here]
        for upgrade in done:
            for change in upgrade.changes:
                change.apply(lake)
            record_version(lake, upgrade.version, upgrade=upgrade.title, release=release, now=now)
        return tuple(done)


def _newest(upgrades: Sequence[Upgrade]) -> int:
    return max((upgrade.version for upgrade in upgrades), default=UNRECORDED)
