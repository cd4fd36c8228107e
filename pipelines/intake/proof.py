"""Proving that what stands in bronze keeps its contract, each row once.

Great Expectations looks at the rows that came since the table was last proven. Which version that
was is remembered beside the scratch; losing the memory means looking at the whole table again.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from pipelines.lake.lake import Lake
from quality.contract import Contract
from quality.suite import validate
from quality.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Proof:
    """The verdicts on one table; `looked_at` says at which rows, and none where it stood proven."""

    verdicts: tuple[Verdict, ...]
    looked_at: str

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The verdicts that did not pass."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)


def prove(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    table: Contract,
    *,
    before: int | None,
    files: Collection[str],
) -> Proof:
    """Hold a bronze table against its contract.

    Args:
        lake: where it stands.
        con: a DuckDB connection of this run's own.
        table: its contract.
        before: its version before this intake.
        files: SHA-256 of the files that this intake loaded.
    """
    name, memory = f"bronze/{table.name}", lake.scratch / "proven.json"
    proven, now = _remembered(memory), lake.version(name)
    if now is not None and proven.get(name) == now:
        return Proof((), "nothing came since it was proven")
    rows = lake.relation(con, name)
    looked_at = "every row"
    if proven.get(name) == before and before is not None:
        listed = ", ".join(f"'{sha256}'" for sha256 in sorted(files)) or "null"
        rows, looked_at = rows.filter(f"source_sha256 in ({listed})"), "the rows that came in"
    proof = Proof(validate(con, rows, table), looked_at)
    if not proof.broken and now is not None:
        _remember(memory, {**proven, name: now})
    return proof


def _remembered(memory: Path) -> Mapping[str, int]:
    try:
        known = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _remember(memory: Path, proven: Mapping[str, int]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    aside = memory.with_name(f"{memory.name}.{uuid4().hex}")
    aside.write_text(json.dumps(proven), "utf-8")
    aside.replace(memory)
