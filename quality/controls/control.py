"""What a law is, and how it is held: two figures that must be equal, for each of its scopes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb
import polars as pl

from quality.verdict import Control, compare, skipped, unreadable

Prepare = Callable[[duckdb.DuckDBPyConnection, frozenset[str], date], pl.DataFrame]
"""Work that SQL cannot do: gives the table `law_input` of the law's query. It is told the
connection, the tables that are there (as `layer.table`) and the day as of which we ask."""

_OPTIONAL = "null::varchar as file, null::varchar as place, null::boolean as is_known"
"""Columns that the query of a law may leave out."""


class _Found(NamedTuple):
    """Scopes of one heading that hold, or one that does not."""

    said: str
    holds: bool
    scopes: int
    of: int
    expected: Decimal
    actual: Decimal
    detail: str | None
    file: str | None
    place: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Law:
    """An accounting law across tables.

    Attributes:
        name: how the control is recorded.
        statement: the law in plain words.
        source: where the rule comes from.
        needs: tables without which it cannot be held, as `layer.table`.
        query: SQL with one row per scope: `heading` (the scopes that are summed up together while
            they hold), `scope`, `expected`, `actual` and `detail`. `$as_of` stands for the day. A
            scope of one file says `file`, and `place` where there is one; `is_known` is false where
            a figure cannot be read, so that the scope fails.
        tolerance: how far apart the figures may be.
        unit: what a scope is, in the plural.
        prepare: gives `law_input`, where the query reads it.
        concerns: the table that is wrong where the law fails, as `layer.table`; else the first of
            `needs` that an asset makes, or else the files that landed.
    """

    name: str
    statement: str
    source: str
    needs: tuple[str, ...]
    query: str
    unit: str
    tolerance: Decimal = Decimal(0)
    prepare: Prepare | None = None
    concerns: str = ""

    @property
    def about(self) -> tuple[str, str]:
        """The table that is shown in red where the law fails: its layer and its name."""
        made = (table for table in self.needs if not table.startswith("control."))
        layer, table = (self.concerns or next(made, "landing.files")).split(".")
        return layer, table

    def hold(
        self, con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
    ) -> Iterator[Control]:
        """One control per heading that sums up what holds, and one for each scope that does not.

        A law whose tables are missing, or have nothing to say yet, is skipped with the reason.
        """
        missing = [table for table in self.needs if table not in tables]
        if missing:
            yield skipped(self.name, as_of, f"Not there: {', '.join(missing)}.")
            return
        found = self._found(con, tables, as_of)
        if not found:
            yield skipped(self.name, as_of, f"There are no {self.unit} yet.")
        for one in found:
            said = f"{one.scopes:,} of {one.of:,} {self.unit} hold" if one.holds else one.detail
            yield self._control(one, said or self.statement, as_of)

    def _control(self, one: _Found, said: str, as_of: date) -> Control:
        if not one.known:
            return unreadable(self.name, one.said, as_of, said, file=one.file, place=one.place)
        control = compare(
            self.name,
            one.said,
            as_of,
            expected=one.expected,
            actual=one.actual,
            tolerance=self.tolerance * one.scopes if one.holds else self.tolerance,
            detail=said,
        )
        return replace(control, file=one.file, place=one.place)

    def _found(
        self, con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
    ) -> list[_Found]:
        law_input = None if self.prepare is None else self.prepare(con, tables, as_of)
        judged = f"""
            with found as (
                select * from ({self.query}) union all by name select {_OPTIONAL} where false
            ),
            figures as (
                select coalesce(heading, 'unnamed') as heading, detail, file, place,
                    coalesce(is_known, true) as is_known,
                    coalesce(scope, heading, 'unnamed') as scope,
                    cast(coalesce(expected, 0) as decimal(38,3)) as expected,
                    cast(coalesce(actual, 0) as decimal(38,3)) as actual
                from found
            ),
            judged as (
                select *, is_known and abs(actual - expected) <= {self.tolerance} as holds,
                    count(*) over (partition by heading) as many,
                    row_number() over () as number
                from figures
            )
            select if(holds, heading, scope) as said, holds, count(*), max(many),
                cast(sum(expected) as decimal(38,3)), cast(sum(actual) as decimal(38,3)),
                if(holds, null, any_value(detail)),
                if(count(file) = count(*) and min(file) = max(file), min(file), null),
                if(count(place) = count(*) and min(place) = max(place), min(place), null),
                bool_and(is_known)
            from judged group by said, holds, if(holds, 0, number) order by holds desc, said
        """
        if law_input is not None:
            con.register("law_input", law_input)
        try:
            asked = {"as_of": as_of} if "$as_of" in judged else {}
            return [_Found(*row) for row in con.execute(judged, asked).fetchall()]
        finally:
            if law_input is not None:
                con.unregister("law_input")
