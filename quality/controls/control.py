"""What a control is, and how it is evaluated: for each scope two figures that must be equal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb
import polars as pl

from quality.verdict import ControlResult, compare, skipped, unreadable

Prepare = Callable[[duckdb.DuckDBPyConnection, frozenset[str], date], pl.DataFrame]
"""Work that SQL cannot do: gives the table `control_input` that the query reads. Arguments: the
connection, the tables that are there (as `layer.table`) and the day as of which we ask."""

_OPTIONAL = "null::varchar as file, null::varchar as place, null::boolean as is_known"
"""Columns that the query of a control may leave out."""


class _Group(NamedTuple):
    """Scopes of one heading that hold, or one that does not."""

    scope: str
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
class Control:
    """A control across tables: a law of accounting or of completeness, as data.

    Attributes:
        name: the name under which its results are recorded.
        statement: what must hold, in plain words.
        source: where the rule comes from.
        needs: tables without which it cannot be evaluated, as `layer.table`.
        query: SQL with one row per scope: `heading` (the scopes that are summed up together while
            they hold), `scope`, `expected`, `actual` and `detail`. `$as_of` stands for the day. A
            scope of one file says `file`, and `place` where there is one; `is_known` is false where
            a figure cannot be read, so that the scope fails.
        tolerance: how far apart the figures may be.
        unit: what a scope is, in the plural.
        prepare: gives `control_input`, where the query reads it.
        concerns: the table that is wrong where the control fails, as `layer.table`; else the
            first of `needs` that an asset makes, or else the files that landed.
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
        """The table that is shown in red where the control fails: its layer and its name."""
        made = (table for table in self.needs if not table.startswith("control."))
        layer, table = (self.concerns or next(made, "landing.files")).split(".")
        return layer, table

    def evaluate(
        self, con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
    ) -> Iterator[ControlResult]:
        """One result per heading that sums up what holds, and one for each scope that does not.

        A control whose tables are missing or empty is skipped, with the reason.
        """
        missing = [table for table in self.needs if table not in tables]
        if missing:
            yield skipped(self.name, as_of, f"Not there: {', '.join(missing)}.")
            return
        groups = self._groups(con, tables, as_of)
        if not groups:
            yield skipped(self.name, as_of, f"There are no {self.unit} yet.")
        for group in groups:
            summed = f"{group.scopes:,} of {group.of:,} {self.unit} hold"
            detail = summed if group.holds else group.detail
            yield self._result(group, detail or self.statement, as_of)

    def _result(self, group: _Group, detail: str, as_of: date) -> ControlResult:
        if not group.known:
            return unreadable(
                self.name, group.scope, as_of, detail, file=group.file, place=group.place
            )
        result = compare(
            self.name,
            group.scope,
            as_of,
            expected=group.expected,
            actual=group.actual,
            tolerance=self.tolerance * group.scopes if group.holds else self.tolerance,
            detail=detail,
        )
        return replace(result, file=group.file, place=group.place)

    def _groups(
        self, con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
    ) -> list[_Group]:
        control_input = None if self.prepare is None else self.prepare(con, tables, as_of)
        judged = f"""
            with scopes as (
                select * from ({self.query}) union all by name select {_OPTIONAL} where false
            ),
            figures as (
                select coalesce(heading, 'unnamed') as heading, detail, file, place,
                    coalesce(is_known, true) as is_known,
                    coalesce(scope, heading, 'unnamed') as scope,
                    cast(coalesce(expected, 0) as decimal(38,3)) as expected,
                    cast(coalesce(actual, 0) as decimal(38,3)) as actual
                from scopes
            ),
            judged as (
                select *, is_known and abs(actual - expected) <= {self.tolerance} as holds,
                    count(*) over (partition by heading) as many,
                    row_number() over () as number
                from figures
            )
            select if(holds, heading, scope) as name, holds, count(*), max(many),
                cast(sum(expected) as decimal(38,3)), cast(sum(actual) as decimal(38,3)),
                if(holds, null, any_value(detail)),
                if(count(file) = count(*) and min(file) = max(file), min(file), null),
                if(count(place) = count(*) and min(place) = max(place), min(place), null),
                bool_and(is_known)
            from judged group by name, holds, if(holds, 0, number) order by holds desc, name
        """
        if control_input is not None:
            con.register("control_input", control_input)
        try:
            values = {"as_of": as_of} if "$as_of" in judged else {}
            return [_Group(*row) for row in con.execute(judged, values).fetchall()]
        finally:
            if control_input is not None:
                con.unregister("control_input")
