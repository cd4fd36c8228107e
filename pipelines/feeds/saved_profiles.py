"""Profiles saved beside a lake: how this house's own banks and books lay out their tables."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pipelines.feeds.ledgers.tabular.profile import LedgerProfile, parse_ledger_profile
from pipelines.feeds.settlements.tabular.profile import SettlementProfile, parse_settlement_profile
from pipelines.feeds.statements.tabular.profile import StatementProfile, parse_statement_profile

Kind = Literal["statements", "ledgers", "settlements"]
"""What a profile reads, and the folder in which it lies: `<lake>/profiles/<kind>/<name>.yaml`."""

_Read = TypeVar("_Read")


class ProfileError(ValueError):
    """A saved profile cannot be read; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class SavedProfiles:
    """The profiles of one lake, each kind in the order of their file names."""

    statements: tuple[StatementProfile, ...] = ()
    ledgers: tuple[LedgerProfile, ...] = ()
    settlements: tuple[SettlementProfile, ...] = ()


def saved_profiles(folder: Path) -> SavedProfiles:
    """Read every profile in a folder such as `<lake>/profiles`; none where there is no folder.

    Raises:
        ProfileError: a file in it is no profile.
    """
    return SavedProfiles(
        statements=_read(folder / "statements", parse_statement_profile),
        ledgers=_read(folder / "ledgers", parse_ledger_profile),
        settlements=_read(folder / "settlements", parse_settlement_profile),
    )


def _read(folder: Path, parse: Callable[[str], _Read]) -> tuple[_Read, ...]:
    profiles = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            profiles.append(parse(path.read_text("utf-8")))
        except Exception as error:  # a file that people write may be wrong in any way
            raise ProfileError(f"{path} is no profile: {error}. Mend or remove it") from None
    return tuple(profiles)
