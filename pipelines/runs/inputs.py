"""What figures are built from: tables at their versions, the day, the code."""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.lake.lake import Lake
from pipelines.landing.arrival_order import ARRIVALS
from pipelines.records.control_tables import DECISIONS, PERIOD_CLOSES
from pipelines.records.withdrawals import WITHDRAWALS
from pipelines.settings import REPOSITORY, Settings

_BY_HAND = (DECISIONS, PERIOD_CLOSES, WITHDRAWALS)
_ROOMS = ("pipelines", "quality", "features", "models", "dbt_project")
_KINDS = frozenset({".py", ".sql", ".yml", ".yaml", ".csv"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The Delta versions, the day and the code from which figures are made."""

    as_of: date
    versions: Mapping[str, int]
    code: str

    @property
    def fingerprint(self) -> str:
        """Equal for equal inputs."""
        identity = json.dumps([self.as_of.isoformat(), sorted(self.versions.items()), self.code])
        return hashlib.sha256(identity.encode()).hexdigest()

    def decided_before(self, start: Mapping[str, int]) -> "Inputs":
        """These inputs with what people decide as it stood at the start of a run.

        A decision that is taken while a run is under way is for the next one.

        Args:
            start: the versions of the tables when the run began.
        """
        versions = {table: v for table, v in self.versions.items() if table not in _BY_HAND}
        versions |= {table: v for table, v in start.items() if table in _BY_HAND}
        return Inputs(self.as_of, versions, self.code)


def inputs_of(lake: Lake, as_of: date) -> Inputs:
    """What a run as of a day would be built from now."""
    folders = (folder for folder in sorted((lake.root / "bronze").glob("*")) if folder.is_dir())
    tables = [f"bronze/{folder.name}" for folder in folders]
    tables += [ARRIVALS, *_BY_HAND]
    versions = {table: version for table in tables if (version := lake.version(table)) is not None}
    return Inputs(as_of, versions, f"{_code()} {_settings()}")


def _settings() -> str:
    """Settings that figures depend on."""
    settings = Settings()
    return json.dumps([settings.base_currency, settings.own_currencies], sort_keys=True)


@functools.cache
def _code() -> str:
    """A hash over the currencies and every source that figures depend on, as found here."""
    settings = Settings()
    identity = json.dumps([settings.base_currency, sorted(settings.own_currencies.items())])
    digest = hashlib.sha256(identity.encode())
    for room in _ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*")):
            inside = path.relative_to(REPOSITORY).parts
            if path.suffix in _KINDS and not {"target", "logs", "__pycache__"} & set(inside):
                digest.update("/".join(inside).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
