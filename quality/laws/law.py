"""What a law is, and how it is held: two figures that must be equal, for each of its scopes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import polars as pl

from quality.verdict import Control, compare, skipped

Prepare = Callable[[duckdb.DuckDBPyConnection, frozenset[str], date], pl.DataFrame]
"""Work that SQL cannot do: gives the table `law_input` of the law's query. It is told the
connection, the tables that are there (as `layer.table`) and the day as of which we ask."""


@dataclass(frozen=True, slots=True)
class Law:
    """An accounting law across tables.

    Attributes:
        name: how the control is recorded.
        statement: the law in plain words.
        source: where the rule comes from.
        needs: tables without which it cannot be held, as `layer.table`.
        query: SQL with one row per scope: `heading` (the scopes that are summed up together while
            they hold), `scope`, `expected`, `actual` and `detail`. `$as_of` stands for the day.
        tolerance: how far apart the figures may be.
        unit: what a scope is, in the plural.
        prepare: gives `law_input`, where the query reads it.
    """

    name: str
    statement: str
    source: str
    needs: tuple[str, ...]
    query: str
    unit: str
    tolerance: Decimal = Decimal(0)
    prepare: Prepare | None = None

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
        for scope, holds, count, of, expected, actual, detail in found:
            said = f"{count:,} of {of:,} {self.unit} hold" if holds else detail or self.statement
            yield compare(
                self.name,
                scope,
                as_of,
                expected=expected,
                actual=actual,
                tolerance=self.tolerance * count if holds else self.tolerance,
                detail=said,
            )

    def _found(
        self, con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
    ) -> list[tuple[str, bool, int, int, Decimal, Decimal, str | None]]:
        law_input = None if self.prepare is None else self.prepare(con, tables, as_of)
        judged = f"""
            with found as ({self.query}),
            figures as (
                select coalesce(heading, 'unnamed') as heading, detail,
                    coalesce(scope, heading, 'unnamed') as scope,
                    cast(coalesce(expected, 0) as decimal(38,3)) as expected,
                    cast(coalesce(actual, 0) as decimal(38,3)) as actual
                from found
            ),
            judged as (
                select *, abs(actual - expected) <= {self.tolerance} as holds,
                    count(*) over (partition by heading) as many,
                    row_number() over () as number
                from figures
            )
            select if(holds, heading, scope) as said, holds, count(*), max(many),
                cast(sum(expected) as decimal(38,3)), cast(sum(actual) as decimal(38,3)),
                if(holds, null, any_value(detail))
            from judged group by said, holds, if(holds, 0, number) order by holds desc, said
        """
        if law_input is not None:
            con.register("law_input", law_input)
        try:
            asked = {"as_of": as_of} if "$as_of" in judged else {}
            return con.execute(judged, asked).fetchall()
        finally:
            if law_input is not None:
                con.unregister("law_input")
