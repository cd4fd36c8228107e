"""Great Expectations inside DuckDB: a connection of ours, seen through SQLAlchemy's eyes.

Great Expectations 1.24 has no DuckDB engine, and the dialect that others publish fails because the
connection is closed before its result is fetched. Here every statement runs on the connection we
were given, its rows are fetched at once, and neither SQLAlchemy nor Great Expectations can close
it, commit on it or roll it back.

Importing this module imports Great Expectations, which takes seconds: import it where it is used.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
from great_expectations.compatibility.sqlalchemy import sqlalchemy as sa
from great_expectations.constants import MAX_RESULT_RECORDS
from great_expectations.core import ExpectationSuite
from great_expectations.core.batch import Batch
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
from great_expectations.validator.validator import Validator
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import StaticPool


class _Cursor:
    """A DB-API cursor that holds its rows: at most as many as Great Expectations ever reads."""

    arraysize = 1

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._rows: list[tuple[Any, ...]] = []
        self.description: Sequence[Any] | None = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._con.execute(statement, list(parameters))
        self.description = self._con.description
        self._rows = self._con.fetchmany(MAX_RESULT_RECORDS)

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class _Connection:
    """A DB-API connection that lends out ours and never ends anything on it."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def cursor(self) -> _Cursor:
        return _Cursor(self._con)

    def commit(self) -> None:
        """Nothing of ours is to be committed by a reader."""

    def rollback(self) -> None:
        """Nothing of ours is to be rolled back by a reader."""

    def close(self) -> None:
        """The connection belongs to whoever gave it."""


class DuckDBDialect(DefaultDialect):
    """Standard SQL with question marks for parameters; columns are read off a query."""

    name = "duckdb"
    driver = "open"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_native_boolean = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """DuckDB is its own DB-API module."""
        return duckdb

    def initialize(self, connection: Any) -> None:
        """There is no server to ask for its version and defaults."""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """Great Expectations' SQL engine on an open DuckDB connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Lend `con`; it stays open and unchanged."""
        pool = StaticPool(lambda: _Connection(con))  # type: ignore[arg-type]
        engine = sa.engine.Engine(
            pool, DuckDBDialect(dbapi=duckdb), sa.engine.make_url("duckdb://")
        )
        super().__init__(engine=engine, create_temp_table=False)


class _QuietValidator(Validator):  # type: ignore[misc]
    """A validator that draws no progress bars."""

    def _determine_progress_bars(self) -> bool:
        return False


def validator_of(
    con: duckdb.DuckDBPyConnection, relation: str, suite: ExpectationSuite
) -> Validator:
    """What holds `suite` against a table or view, named as SQL writes it, where it stands.

    No data context is made: nothing is stored and nothing is sent.
    """
    engine = DuckDBExecutionEngine(con)
    data = SqlAlchemyBatchData(
        execution_engine=engine, query=f"select * from {relation}", create_temp_table=False
    )
    return _QuietValidator(
        execution_engine=engine, batches=[Batch(data=data)], expectation_suite=suite
    )
