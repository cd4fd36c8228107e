"""Contracts of feature tables: what is read out of them, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
import yaml

from features.definitions.services import SERVICES, feature_names, references, served
from features.definitions.tables import ContractError, feature_tables
from features.drift import differences

FRAME = {
    "customer_id": "varchar",
    "event_timestamp": "timestamp with time zone",
    "known_at": "timestamp with time zone",
}


@pytest.fixture
def contracts(tmp_path: Path) -> Callable[..., Any]:
    """Write one contract and read what lies in the folder."""

    def written(name: str = "ftr_customer_contact", columns: Any = None, **more: Any) -> Any:
        described = FRAME if columns is None else columns
        model = {
            "name": name,
            "columns": [{"name": key, "data_type": kind} for key, kind in described.items()],
            **more,
        }
        (tmp_path / "_features.yml").write_text(yaml.safe_dump({"version": 2, "models": [model]}))
        return feature_tables(tmp_path)

    return written


def test_a_contract_gives_the_entity_the_key_and_the_features_with_their_types(
    contracts: Callable[..., Any],
) -> None:
    columns = FRAME | {
        "contacts_30d": "bigint",
        "owed": "DECIMAL(18, 3)",
        "share": "double",
        "is_quiet": "boolean",
        "channel": "varchar",
    }
    (table,) = contracts(columns=columns)
    assert (table.entity, table.key, table.view) == ("customer", "customer_id", "customer_contact")
    assert {each.name: each.dtype for each in table.features} == {
        "contacts_30d": pl.Int64(),
        "owed": pl.Decimal(18, 3),
        "share": pl.Float64(),
        "is_quiet": pl.Boolean(),
        "channel": pl.String(),
    }
    assert table.columns == tuple(columns)


def test_a_snapshot_speaks_for_a_week_unless_its_contract_says_else(
    contracts: Callable[..., Any],
) -> None:
    assert contracts()[0].ttl == timedelta(days=7)
    assert contracts(config={"meta": {"ttl_days": 35}})[0].ttl == timedelta(days=35)


def test_the_group_that_answers_for_a_table_owns_its_view(contracts: Callable[..., Any]) -> None:
    assert contracts(config={"group": "collections"})[0].owner == "collections"


def test_a_feature_ending_in_y_is_refused(contracts: Callable[..., Any]) -> None:
    with pytest.raises(ContractError, match="contact_y: a feature must not end in _y"):
        contracts(columns=FRAME | {"contact_y": "bigint"})


@pytest.mark.parametrize("kind", ["date", "timestamp with time zone", "", "varchar[]"])
def test_a_feature_that_is_no_number_flag_or_word_is_refused(
    contracts: Callable[..., Any], kind: str
) -> None:
    with pytest.raises(ContractError, match="a feature is a number, a flag or a word"):
        contracts(columns=FRAME | {"last_seen": kind})


def test_a_table_about_something_unknown_is_refused(contracts: Callable[..., Any]) -> None:
    with pytest.raises(ContractError, match="about 'branch'"):
        contracts(name="ftr_branch_footfall")


@pytest.mark.parametrize("column", FRAME)
def test_a_table_without_its_key_or_its_times_is_refused(
    contracts: Callable[..., Any], column: Any
) -> None:
    with pytest.raises(ContractError, match=f"has no column {column}"):
        contracts(columns={name: kind for name, kind in FRAME.items() if name != column})


def test_a_folder_without_contracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract"):
        feature_tables(tmp_path)


def test_other_models_are_not_feature_tables(contracts: Callable[..., Any]) -> None:
    with pytest.raises(ContractError, match="no contract"):
        contracts(name="fct_payments")


def test_every_view_that_a_service_reads_has_a_feature_table() -> None:
    views = {table.view for table in feature_tables()}
    assert {view for needed in SERVICES.values() for view in needed} <= views


def test_a_service_names_its_features_by_view(contracts: Callable[..., Any]) -> None:
    tables = contracts(columns=FRAME | {"contacts_30d": "bigint"})
    assert feature_names(tables) == ("customer_contact__contacts_30d",)
    assert references(tables) == ["customer_contact:contacts_30d"]


def test_an_unknown_service_is_named_with_those_there_are(contracts: Callable[..., Any]) -> None:
    with pytest.raises(KeyError, match=r"no feature service 'x_v9'.*collections_v1"):
        served("x_v9", contracts())


def test_a_service_without_one_of_its_views_says_which(contracts: Callable[..., Any]) -> None:
    with pytest.raises(KeyError, match="customer_payment_behaviour"):
        served("collections_v1", contracts())


def test_a_table_that_is_what_its_contract_says_has_no_difference(
    contracts: Callable[..., Any],
) -> None:
    (table,) = contracts(columns=FRAME | {"contacts_30d": "bigint"})
    instant = pa.timestamp("us", "UTC")
    lake = {"customer_id": pa.string(), "event_timestamp": instant, "known_at": instant}
    assert differences(table, pa.schema(lake | {"contacts_30d": pa.int32()})) == []


def test_every_kind_of_difference_is_named(contracts: Callable[..., Any]) -> None:
    (table,) = contracts(columns=FRAME | {"contacts_30d": "bigint", "promises": "bigint"})
    instant = pa.timestamp("us", "UTC")
    lake = {
        "customer_id": pa.string(),
        "event_timestamp": instant,
        "known_at": pa.timestamp("us"),
        "contacts_30d": pa.float64(),
        "surprise": pa.int64(),
    }
    found = "; ".join(differences(table, pa.schema(lake)))
    assert "ftr_customer_contact.promises is not in the lake" in found
    assert "ftr_customer_contact.surprise is in no contract" in found
    assert "contacts_30d is Float64 in the lake and Int64 in its contract" in found
    assert "known_at is Datetime" in found
