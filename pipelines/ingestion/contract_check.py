"""Proving that what stands in a table keeps its contract.

Great Expectations looks at the rows that came since the table was last proven, or at every row of
one that is made anew. Which version was proven by which contract is remembered beside the scratch;
losing the memory means looking at the whole table again.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from pipelines.lake.lake import Lake
from pipelines.lake.memory import recall, remember
from quality.contract import Contract
from quality.suite import validate
from quality.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """The verdicts on one table; `looked_at` says at which rows, and none where it stood proven."""

    verdicts: tuple[Verdict, ...]
    looked_at: str

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The verdicts that did not pass."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)


def check_contract(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    table: Contract,
    *,
    before: int | None = None,
    files: Collection[str] = (),
) -> ContractCheck:
    """Hold a table against its contract.

    Args:
        lake: where it stands.
        con: a DuckDB connection of this run's own.
        table: its contract.
        before: its version before this intake; None for a table that is not appended to.
        files: SHA-256 of the files that this intake loaded.
    """
    name, memory = f"{table.layer}/{table.name}", lake.scratch / "proven.json"
    proven, now = recall(memory), lake.version(name)
    if now is not None and proven.get(name) == _mark(table, now):
        return ContractCheck((), "nothing changed since it was proven")
    rows = lake.relation(con, name)
    looked_at = "every row"
    if before is not None and proven.get(name) == _mark(table, before):
        listed = ", ".join(f"'{sha256}'" for sha256 in sorted(files)) or "null"
        rows, looked_at = rows.filter(f"source_sha256 in ({listed})"), "the rows that came in"
    proof = ContractCheck(validate(con, rows, table), looked_at)
    if not proof.broken and now is not None:
        remember(memory, {**proven, name: _mark(table, now)})
    return proof


def _mark(table: Contract, version: int) -> str:
    """A version of a table under its contract as it reads now."""
    return f"{version} {hashlib.sha256(repr(table).encode()).hexdigest()[:16]}"
