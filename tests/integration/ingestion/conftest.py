"""A connection to the lake that files are taken into."""

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake


@pytest.fixture
def con(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(lake) as opened:
        yield opened
