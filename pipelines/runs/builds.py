"""What is on record of every build of figures: that it began, as of which day, and that it ended.

A build is put on record before it writes anything, whoever started it. One that began and did not
end, or that was a part only, may have left figures of its own day in some tables; the next run
makes everything again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import CONTROLS
from pipelines.runs.inputs import Inputs
from quality.contract import INSTANT

BUILDS = "control/builds"
EVERYTHING = "everything"
"""The scope of a build of all figures; another scope names the tables that are made."""

BEGUN, ENDED = "begun", "ended"

SCHEMA: Mapping[str, pl.DataType] = {
    "fingerprint": pl.String(),
    "as_of": pl.Date(),
    "run_id": pl.String(),
    "inputs": pl.String(),
    "recorded_at": INSTANT,
    "number": pl.Int64(),
    "state": pl.String(),
    "scope": pl.String(),
    "started_by": pl.String(),
}
"""Up to two rows per build, with the `state` begun and then ended. `number` counts builds;
`inputs` is JSON of the Delta version of each input table, and `fingerprint` stands for them, the
day and the code. Rows of older releases have no state: they were written where a run ended well."""


@dataclass(frozen=True, slots=True)
class Build:
    """One build; `ended_at` is None where it is under way, was killed, failed or was a part."""

    number: int
    run_id: str
    as_of: date
    scope: str
    started_by: str
    begun_at: datetime
    inputs: Mapping[str, int]
    ended_at: datetime | None = None
    fingerprint: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all figures were made by it, to the end."""
        return self.ended_at is not None and self.scope == EVERYTHING


def builds(lake: Lake) -> tuple[Build, ...]:
    """Every build on record, in the order in which they began."""
    found: dict[str, Build] = {}
    for row in _rows(lake).iter_rows(named=True):
        if row["state"] != ENDED:
            found[row["run_id"]] = _begun(row)
        if row["state"] != BEGUN:
            # A row of an older release has no state: its build ended, and nothing else is known.
            begun = found.get(row["run_id"]) or _begun(row)
            found[row["run_id"]] = replace(
                begun, ended_at=row["recorded_at"], fingerprint=row["fingerprint"]
            )
    return tuple(sorted(found.values(), key=lambda one: (one.number, one.begun_at)))


def last_build(lake: Lake) -> Build | None:
    """The build that began last, whether or not it ended."""
    return next(reversed(builds(lake)), None)


def last_whole_build(lake: Lake) -> Build | None:
    """The last build that made all figures to the end."""
    return next((one for one in reversed(builds(lake)) if one.is_whole), None)


def is_current(lake: Lake, inputs: Inputs) -> bool:
    """Whether all figures are of one build, and that was made from just these inputs."""
    last = last_build(lake)
    return last is not None and last.is_whole and last.fingerprint == inputs.fingerprint


def as_of_of_last_run(lake: Lake) -> date | None:
    """The day as of which the figures stand: that of the last whole build, or None.

    A lake in which no build is on record is asked for its controls.
    """
    whole = last_whole_build(lake)
    if whole is not None:
        return whole.as_of
    if not lake.exists(CONTROLS):
        return None
    rows = lake.read(CONTROLS, columns=["as_of", "recorded_at"]).sort("recorded_at")
    last: list[date] = rows.tail(1).collect()["as_of"].to_list()
    return last[0] if last else None


def begin_build(
    lake: Lake, inputs: Inputs, *, run_id: str, scope: str, started_by: str, now: datetime
) -> None:
    """Put on record that a build begins, before it writes anything; once for each run."""
    number = max((one.number for one in builds(lake)), default=0) + 1
    row = {
        "as_of": inputs.as_of,
        "run_id": run_id,
        "inputs": json.dumps(dict(inputs.versions), sort_keys=True),
        "recorded_at": now,
        "number": number,
        "state": BEGUN,
        "scope": scope,
        "started_by": started_by,
    }
    _append(lake, row, transaction_id=f"{BEGUN}|{run_id}")


def end_build(lake: Lake, inputs: Inputs, *, run_id: str, now: datetime) -> bool:
    """Put on record that a build came to its end; False when it did not begin as a whole one.

    Args:
        lake: the lake.
        inputs: the tables as they stand at the end, and the day.
        run_id: the run that the build is of.
        now: the wall clock.
    """
    build = next((one for one in builds(lake) if one.run_id == run_id), None)
    if build is None or build.scope != EVERYTHING or build.as_of != inputs.as_of:
        return False
    built_from = inputs.decided_before(build.inputs)
    row = {
        "fingerprint": built_from.fingerprint,
        "as_of": inputs.as_of,
        "run_id": run_id,
        "inputs": json.dumps(dict(built_from.versions), sort_keys=True),
        "recorded_at": now,
        "number": build.number,
        "state": ENDED,
        "scope": build.scope,
        "started_by": build.started_by,
    }
    _append(lake, row, transaction_id=f"{ENDED}|{run_id}")
    return True


def _append(lake: Lake, row: Mapping[str, object], *, transaction_id: str) -> None:
    lake.create(BUILDS, SCHEMA)
    lake.widen(BUILDS, SCHEMA)
    lake.append_once(
        BUILDS, pl.DataFrame([row], schema=pl.Schema(SCHEMA)), transaction_ids=[transaction_id]
    )


def _rows(lake: Lake) -> pl.DataFrame:
    """All rows, the older first; columns that an older release did not write are empty."""
    none = pl.DataFrame(schema=pl.Schema(SCHEMA))
    if not lake.exists(BUILDS):
        return none
    rows = pl.concat([none, lake.read(BUILDS).collect()], how="diagonal")
    return rows.sort("recorded_at", maintain_order=True)


def _begun(row: Mapping[str, Any]) -> Build:
    return Build(
        number=row["number"] or 0,
        run_id=row["run_id"],
        as_of=row["as_of"],
        scope=row["scope"] or EVERYTHING,
        started_by=row["started_by"] or "",
        begun_at=row["recorded_at"],
        inputs=json.loads(row["inputs"]),
    )
