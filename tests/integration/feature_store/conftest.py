"""A small lake with feature tables of every service."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest
import yaml
from deltalake import write_deltalake

from features.definitions.tables import EVENT_TIMESTAMP, KNOWN_AT
from features.store import Store

FEATURES = {
    "ftr_customer_payment_behaviour": {"instalments_late_90d": "bigint", "owed": "decimal(18,3)"},
    "ftr_customer_contact": {"contacts_30d": "bigint", "channel": "varchar", "is_new": "boolean"},
    "ftr_counterparty_activity": {"payments_7d": "bigint", "amount_30d": "decimal(18,3)"},
    "ftr_customer_velocity": {"payments_7d": "bigint", "share": "double"},
    "ftr_account_cash": {"closing_balance": "decimal(18,3)", "volatility": "double"},
    "ftr_policy_premium": {"days_to_expiry": "integer"},
}

Write = Callable[..., None]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A feature store whose contracts are written and whose tables are not."""
    models: list[dict[str, Any]] = []
    for name, features in FEATURES.items():
        key = f"{name.split('_')[1]}_id"
        columns = {key: "varchar", EVENT_TIMESTAMP: "instant", KNOWN_AT: "instant", **features}
        described = [{"name": each, "data_type": kind} for each, kind in columns.items()]
        models.append({"name": name, "columns": described})
    contracts = tmp_path / "contracts"
    contracts.mkdir()
    (contracts / "_features.yml").write_text(yaml.safe_dump({"models": models}))
    return Store(tmp_path / "lake", contracts)


@pytest.fixture
def write(store: Store) -> Write:
    """Write rows of a feature table, given as key, day true at, day known at, and features."""
    instant = pl.Datetime("us", "UTC")

    def written(
        name: str,
        *rows: tuple[str, int, int, dict[str, Any]],
        mode: Literal["append", "overwrite"] = "append",
    ) -> None:
        (table,) = (each for each in store.tables() if each.name == name)
        schema = {
            table.key: pl.String(),
            EVENT_TIMESTAMP: instant,
            KNOWN_AT: instant,
            **{each.name: each.dtype for each in table.features},
        }
        frame = pl.DataFrame(
            [
                {table.key: key, EVENT_TIMESTAMP: june(true), KNOWN_AT: june(known), **features}
                for key, true, known, features in rows
            ],
            schema=schema,
        )
        write_deltalake(str(store.path(table)), frame.to_arrow(), mode=mode)

    return written


@pytest.fixture
def filled(store: Store, write: Write) -> Store:
    """The store with a row in every table, true and known on 10 June."""
    for table in store.tables():
        write(table.name, (f"{table.entity}-0", 10, 10, {}))
    return store


@pytest.fixture
def moments() -> Callable[[int], datetime]:
    """The end of a day of June 2026."""
    return june


def june(day: int) -> datetime:
    return datetime(2026, 6, day, 23, 59, 59, tzinfo=UTC)
