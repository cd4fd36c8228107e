"""A small table of things, and what is read back of it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from pipelines.lake.lake import Lake
from quality.contract import INSTANT, MONEY

SCHEMA = {"key": pl.String(), "amount": MONEY, "at": INSTANT, "day": pl.Date()}
TABLE = "bronze/things"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def things(*keys: str) -> pl.DataFrame:
    return pl.DataFrame(
        [(key, Decimal("1.005"), NOON, date(2026, 1, 2)) for key in keys], SCHEMA, orient="row"
    )


def keys(lake: Lake, version: int | None = None) -> list[str]:
    return sorted(lake.read(TABLE, version=version).collect()["key"])
