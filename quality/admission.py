"""Admission to bronze: every row is admitted, or refused with all the reasons.

One scan counts the broken rules of a contract, whatever their number. Only when a rule is
broken are the rows at fault looked up and put into words; a clean file pays for nothing else.
"""

from dataclasses import dataclass

import duckdb
import polars as pl

from quality.column_rules import Rule
from quality.contract import MONEY, Contract
from quality.refusal import any_of, refusals

REFUSED = {
    "table": pl.String(),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
    "rule": pl.String(),
    "reason": pl.String(),
    "content": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
}
"""One row per refused row: where it stood, the names of the rules it broke (joined by ', '), the
reasons for people (joined by '; '), its text as JSON, and the money at issue where there is any."""

DUPLICATE_KEY = Rule(
    "key_is_unique",
    "A file gives a key once; this row repeats one that stands before it.",
    "__duplicate > 1",
    kind="key",
)
"""The one rule that looks beyond its row: of equal keys in a file the first sound row is taken."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What was admitted and what was refused.

    `loaded` is lazy and has the columns of the relation that was given: use it while that relation
    stands. `refused` has the columns of `REFUSED`, one row for each refused row. Together they
    are the relation, each row once.
    """

    loaded: duckdb.DuckDBPyRelation
    refused: pl.DataFrame
    rows_in: int

    @property
    def rows_loaded(self) -> int:
        """Rows admitted."""
        return self.rows_in - self.refused.height


def admit(con: duckdb.DuckDBPyConnection, relation: str, contract: Contract) -> Admission:
    """Admit the rows of `relation` that keep `contract`.

    Args:
        con: the connection on which `relation` is known.
        relation: name of a table or view, as SQL writes it, with the contract's columns and
            `source_row`, `source_path`; keys are unique within a `source_file` where it has one.
            It is scanned more than once, so it should not be a view that parses text.
        contract: what must hold. A rule that comes out NULL for a row is not broken by it; whether
            a value may be absent is a rule of its own.
    """
    columns = con.sql(f"select * from {relation} limit 0").columns
    return _Admitting(con, relation, contract, tuple(columns)).decide()


@dataclass(frozen=True, slots=True)
class _Admitting:
    con: duckdb.DuckDBPyConnection
    relation: str
    contract: Contract
    columns: tuple[str, ...]

    def decide(self) -> Admission:
        rows, broken = self._count()
        duplicates = self._duplicate_keys()
        source, kept = f"select * from {self.relation}", "*"
        if not duplicates.is_empty():
            source, kept = self._numbered(broken), "* exclude (__duplicate)"
            broken = (*broken, DUPLICATE_KEY)
        if not broken:
            return Admission(self.con.sql(source), pl.DataFrame(schema=REFUSED), rows)
        return Admission(
            self._from(f"select {kept} from ({source}) where not ({any_of(broken)})", duplicates),
            self._from(refusals(source, self.contract, broken), duplicates)
            .pl()
            .cast(pl.Schema(REFUSED)),
            rows,
        )

    def _from(self, query: str, admission_duplicate_keys: pl.DataFrame) -> duckdb.DuckDBPyRelation:
        """The query; DuckDB finds the table `admission_duplicate_keys` by the argument's name."""
        return self.con.sql(query)

    def _count(self) -> tuple[int, tuple[Rule, ...]]:
        """How many rows there are, and which rules at least one of them breaks."""
        rules = self.contract.rules
        counts = ", ".join(("count(*)", *(f"count_if({rule.violation})" for rule in rules)))
        ((rows, *broken),) = self.con.sql(f"select {counts} from {self.relation}").fetchall()
        return rows, tuple(rule for rule, n in zip(rules, broken, strict=True) if n)

    def _duplicate_keys(self) -> pl.DataFrame:
        """Hashes of keys that stand more than once; sorting them costs a third of a GROUP BY."""
        hashes = self.con.sql(f"select {self._hash()} as h from {self.relation}").pl()["h"].sort()
        return hashes.filter(hashes == hashes.shift(1)).unique().to_frame()

    def _identity(self) -> str:
        file = ("source_file",) if "source_file" in self.columns else ()
        return ", ".join(f'"{name}"' for name in (*self.contract.identity, *file))

    def _hash(self) -> str:
        return f"hash({self._identity()})"

    def _numbered(self, broken: tuple[Rule, ...]) -> str:
        """The rows with their place among the sound rows of the same key, from 1."""
        place = ", ".join(f'"{column.name}"' for column in self.contract.columns)
        suspect = f"{self._hash()} in (select h from admission_duplicate_keys)"
        if broken:
            suspect += f" and not ({any_of(broken)})"
        return f"""
            select *, 1 as __duplicate from {self.relation} where not ({suspect})
            union all
            select *, row_number() over (
                partition by {self._identity()} order by source_row, source_path, {place})
            from {self.relation} where {suspect}
        """
