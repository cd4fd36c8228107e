"""The door to bronze: every row is let in, or turned away with all the reasons.

One scan counts the broken rules of a contract, whatever their number. Only when something is broken
are the rows at fault looked up and put into words; a clean file pays for nothing else.
"""

import re
from dataclasses import dataclass

import duckdb
import polars as pl

from quality.contract import MONEY, Contract, Rule, literal

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
"""A row that was turned away: where it stood, the names of the rules it broke (joined by ', '), the
reasons for people (joined by '; '), its text as JSON, and the money at issue where there is any."""

REPEATED = Rule(
    "key_is_unique",
    "A file gives a key once; this row repeats one that stands before it.",
    "__repeat > 1",
)
"""The one rule that looks beyond its row: of equal keys in a file the first sound row is taken."""

_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Admission:
    """What the door decided.

    `loaded` is lazy and has the columns of the relation that was given; `refused` has the columns
    of `REFUSED`, one row for each row turned away. Together they are the relation, each row once.
    """

    loaded: duckdb.DuckDBPyRelation
    refused: pl.DataFrame
    rows_in: int

    @property
    def rows_loaded(self) -> int:
        """Rows let in."""
        return self.rows_in - self.refused.height


def admit(con: duckdb.DuckDBPyConnection, relation: str, contract: Contract) -> Admission:
    """Hold the rows of `relation` against `contract`.

    Args:
        con: the connection on which `relation` is known.
        relation: name of a table or view, as SQL writes it, with the contract's columns and
            `source_row`, `source_path`; keys are unique within a `source_file` where it has one.
            It is scanned more than once, so it should not be a view that parses text.
        contract: what must hold. A rule that comes out NULL for a row is not broken by it; whether
            a value may be absent is a rule of its own.
    """
    columns = con.sql(f"select * from {relation} limit 0").columns
    return _Door(con, relation, contract, tuple(columns)).decide()


@dataclass(frozen=True, slots=True)
class _Door:
    con: duckdb.DuckDBPyConnection
    relation: str
    contract: Contract
    columns: tuple[str, ...]

    def decide(self) -> Admission:
        rows, distinct, broken = self._count()
        sound = f"not ({_any_of(broken)})" if broken else "true"
        repeats = distinct < rows and self._has_repeats(sound)
        if repeats:
            source, broken = self._numbered(sound), (*broken, REPEATED)
        elif broken:
            source = f"select * from {self.relation}"
        else:
            loaded = self.con.sql(f"select * from {self.relation}")
            return Admission(loaded, pl.DataFrame(schema=REFUSED), rows)
        kept = "* exclude (__repeat)" if repeats else "*"
        loaded = self.con.sql(f"select {kept} from ({source}) where not ({_any_of(broken)})")
        return Admission(loaded, self._refused(source, broken), rows)

    def _count(self) -> tuple[int, int, tuple[Rule, ...]]:
        rules = self.contract.rules
        counts = ", ".join(
            ("count(*)", f"count(distinct hash({self._identity()}))", *map(_count_of, rules))
        )
        row = self.con.sql(f"select {counts} from {self.relation}").fetchone()
        assert row is not None
        rows, distinct, *broken = row
        return rows, distinct, tuple(rule for rule, n in zip(rules, broken, strict=True) if n)

    def _identity(self) -> str:
        file = ("source_file",) if "source_file" in self.columns else ()
        return ", ".join(f'"{name}"' for name in (*self.contract.identity, *file))

    def _has_repeats(self, sound: str) -> bool:
        query = (
            f"select 1 from {self.relation} where {sound}"
            f" group by {self._identity()} having count(*) > 1 limit 1"
        )
        return self.con.sql(query).fetchone() is not None

    def _numbered(self, sound: str) -> str:
        """Each row with its place among the sound rows of its key; rows of lone keys stay cheap."""
        key = self._identity()
        place = ", ".join(f'"{column.name}"' for column in self.contract.columns)
        twice = (
            f"select {key} from {self.relation} where {sound} group by {key} having count(*) > 1"
        )
        return f"""
            with twice as ({twice})
            select r.*, 1 as __repeat from {self.relation} r
            where not ({sound}) or not exists ({_same(key)})
            union all
            select r.*, row_number() over (
                partition by {key} order by source_row, source_path, {place}) as __repeat
            from {self.relation} r where ({sound}) and exists ({_same(key)})
        """

    def _refused(self, source: str, broken: tuple[Rule, ...]) -> pl.DataFrame:
        contract = self.contract
        names = ", ".join(
            f"case when {rule.violation} then {literal(rule.name)} end" for rule in broken
        )
        reasons = ", ".join(
            f"case when {rule.violation} then {_sentence(rule, contract)} end" for rule in broken
        )
        amount = f"try_cast(({contract.amount}) as decimal(18,3))" if contract.amount else "null"
        return (
            self.con.sql(
                f"""
            select {literal(contract.name)} as "table", source_row, source_path,
                concat_ws(', ', {names}) as rule, concat_ws('; ', {reasons}) as reason,
                {_content(contract)} as content, {amount} as amount,
                {contract.currency or "null"} as currency
            from ({source}) where {_any_of(broken)}
            order by source_row, source_path, content
            """
            )
            .pl()
            .cast(pl.Schema(REFUSED))
        )


def _same(key: str) -> str:
    return "select 1 from twice t where " + " and ".join(
        f"t.{name} is not distinct from r.{name}" for name in key.split(", ")
    )


def _count_of(rule: Rule) -> str:
    return f"count(*) filter (where {rule.violation})"


def _any_of(rules: tuple[Rule, ...]) -> str:
    return " or ".join(f"coalesce({rule.violation}, false)" for rule in rules)


def _content(contract: Contract) -> str:
    """The row as JSON; numbers as text, because a JSON reader would make floats of money."""
    values = ", ".join(
        f'{literal(column.name)}, cast("{column.name}" as varchar)' for column in contract.columns
    )
    return f"cast(json_object({values}) as varchar)"


def _sentence(rule: Rule, contract: Contract) -> str:
    """SQL that says what is wrong with a row, with its values."""
    said = rule.description.rstrip(".")
    if rule is REPEATED:
        return literal(said)
    if rule.column is not None:
        is_what = f"', but is ' || {_shown(rule.column)}"
        return f"{literal(said)} || {is_what}"
    words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", rule.violation)))
    values = " || ' and ' || ".join(
        f"{literal(column.name + ' is ')} || {_shown(column.name)}"
        for column in contract.columns
        if column.name in words
    )
    return f"{literal(said + ', but ')} || {values}" if values else literal(said)


def _shown(column: str) -> str:
    return f"""coalesce('''' || left(cast("{column}" as varchar), {_LONGEST_VALUE}) || '''', 'absent')"""
