"""What the published figures were built from, so that nothing is built twice from the same."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from pipelines.lake.arrival_order import ARRIVALS
from pipelines.lake.control import CONTROLS, DECISIONS, PERIOD_CLOSES
from pipelines.lake.lake import Lake
from pipelines.settings import REPOSITORY
from quality.contract import INSTANT

BUILDS = "control/builds"
SCHEMA: Mapping[str, pl.DataType] = {
    "fingerprint": pl.String(),
    "as_of": pl.Date(),
    "run_id": pl.String(),
    "inputs": pl.String(),
    "recorded_at": INSTANT,
}
"""One row per run that ended well; `inputs` is JSON of the Delta version of each input table."""

_BY_HAND = (DECISIONS, PERIOD_CLOSES)
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
        said = json.dumps([self.as_of.isoformat(), sorted(self.versions.items()), self.code])
        return hashlib.sha256(said.encode()).hexdigest()

    def decided_before(self, start: "Inputs") -> "Inputs":
        """These inputs with what people decide as it stood at the start of a run.

        A decision that is taken while a run is under way is for the next one.
        """
        versions = {table: v for table, v in self.versions.items() if table not in _BY_HAND}
        versions |= {table: v for table, v in start.versions.items() if table in _BY_HAND}
        return Inputs(self.as_of, versions, self.code)


def inputs_of(lake: Lake, as_of: date) -> Inputs:
    """What a run as of a day would be built from now."""
    folders = (folder for folder in sorted((lake.root / "bronze").glob("*")) if folder.is_dir())
    tables = [f"bronze/{folder.name}" for folder in folders]
    tables += [ARRIVALS, *_BY_HAND]
    versions = {table: version for table in tables if (version := lake.version(table)) is not None}
    return Inputs(as_of, versions, _code())


def stands(lake: Lake, inputs: Inputs) -> bool:
    """Whether the last run that ended well was built from just these inputs."""
    if not lake.exists(BUILDS):
        return False
    last = lake.read(BUILDS).sort("recorded_at").tail(1).collect()
    return last.height == 1 and last["fingerprint"][0] == inputs.fingerprint


def standing_day(lake: Lake) -> date | None:
    """The day as of which the figures stand: that of the last run that checked them, or None."""
    if not lake.exists(CONTROLS):
        return None
    rows = lake.read(CONTROLS, columns=["as_of", "recorded_at"]).sort("recorded_at")
    last: list[date] = rows.tail(1).collect()["as_of"].to_list()
    return last[0] if last else None


def remember(lake: Lake, inputs: Inputs, *, run_id: str, now: datetime) -> None:
    """Put on record that a run from these inputs ended well."""
    lake.create(BUILDS, SCHEMA)
    row = {
        "fingerprint": inputs.fingerprint,
        "as_of": inputs.as_of,
        "run_id": run_id,
        "inputs": json.dumps(dict(inputs.versions), sort_keys=True),
        "recorded_at": now,
    }
    lake.append_once(BUILDS, pl.DataFrame([row], schema=SCHEMA), tokens=[run_id])


def _code() -> str:
    """A hash over every source that figures depend on."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*")):
            inside = path.relative_to(REPOSITORY).parts
            if path.suffix in _KINDS and not {"target", "logs", "__pycache__"} & set(inside):
                digest.update("/".join(inside).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
