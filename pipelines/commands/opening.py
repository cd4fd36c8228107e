"""The lake that a command works on, in today's format: refused, upgraded or as it is."""

from datetime import UTC, datetime
from pathlib import Path

from pipelines.lake.lake import Lake
from pipelines.lake.upgrades.steps import UPGRADES
from pipelines.lake.upgrades.upgrade import refuse_unreadable, upgrade_lake
from pipelines.output.terminal import Terminal
from pipelines.settings import configure_environment, release


def lake_to_read(folder: Path | None) -> Lake:
    """The lake for a command that writes nothing.

    Args:
        folder: the lake's folder; None is the one that the environment names.

    Raises:
        FormatError: a newer release wrote it, or it has to be upgraded before it can be read.
    """
    lake = Lake(configure_environment(folder).root)
    refuse_unreadable(lake, UPGRADES)
    return lake


def lake_to_write(folder: Path | None, work: str) -> Lake:
    """The lake for a command that writes; an older one is upgraded first, and that is said.

    Args:
        folder: the lake's folder; None is the one that the environment names.
        work: the command, for whoever has to wait for the lake meanwhile.

    Raises:
        FormatError: a newer release wrote it, or it cannot be upgraded.
        RunLockedError: an upgrade is needed, and another run did not end in time.
    """
    lake = Lake(configure_environment(folder).root)
    bring_up_to_date(lake, work)
    return lake


def bring_up_to_date(lake: Lake, work: str) -> None:
    """Upgrade a lake to today's format, and say so where something was done."""
    done = upgrade_lake(lake, UPGRADES, release=release(), now=datetime.now(UTC), work=work)
    for upgrade in done:
        Terminal(stderr=True).print(
            f"The lake has format {upgrade.version} now: {upgrade.title}.", soft_wrap=True
        )
