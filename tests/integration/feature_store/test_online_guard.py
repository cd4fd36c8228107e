"""Whoever writes into the online store, our reader is right or says that it cannot be."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import yaml
from deltalake import write_deltalake
from feast import FeatureStore

from features.exact_values import NotANumberError
from features.online.materialize import materialise
from features.online.serving import OverwrittenError, online_features
from features.parity import parity
from features.store import CONFIGURATION, Store, applied, connected
from tests.integration.feature_store.conftest import Write

NOW = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
JUNE_20 = date(2026, 6, 20)
VIEW = "customer_contact"
WEEK = timedelta(days=7)


def contacts(store: Store, *keys: str) -> list[int | None]:
    asked = pl.DataFrame({"customer_id": keys}, schema={"customer_id": pl.String})
    return online_features(store, "collections_v1", asked)[f"{VIEW}__contacts_30d"].to_list()


def by_feast(store: Store, end: datetime) -> None:
    """What `feast materialize` does, with the configuration that Feast's commands read."""
    feast = connected(store, store.online, {})
    feast.materialize(end - WEEK, end, feature_views=[VIEW])


@pytest.fixture
def held(filled: Store, write: Write) -> Store:
    write("ftr_customer_contact", ("a", 18, 18, {"contacts_30d": 1}))
    write("ftr_customer_contact", ("a", 20, 20, {"contacts_30d": 2}))
    write("ftr_customer_contact", ("a", 22, 22, {"contacts_30d": 3}))
    write("ftr_customer_contact", ("b", 19, 23, {"contacts_30d": 4}))
    materialise(filled, as_of=JUNE_20, now=NOW)
    assert contacts(filled, "a", "b") == [2, None]
    return filled


def test_feast_materializing_a_later_day_is_noticed_and_mended(
    held: Store, moments: Callable[[int], datetime]
) -> None:
    by_feast(held, moments(24))
    with pytest.raises(OverwrittenError, match="materialise it again"):
        contacts(held, "a")
    assert not parity(held).passed
    again = materialise(held, as_of=JUNE_20, now=NOW)
    assert again.renewed
    assert contacts(held, "a", "b") == [2, None]
    assert not materialise(held, as_of=JUNE_20, now=NOW).renewed


def test_feast_materializing_an_earlier_day_changes_nothing(
    held: Store, moments: Callable[[int], datetime]
) -> None:
    by_feast(held, moments(19))
    assert contacts(held, "a", "b") == [2, None]
    assert parity(held).passed


def test_feast_materializing_the_same_day_changes_nothing(
    held: Store, moments: Callable[[int], datetime]
) -> None:
    by_feast(held, moments(20))
    assert contacts(held, "a", "b") == [2, None]


def test_an_older_row_that_is_pushed_never_wins_even_in_a_store_of_feasts_own(
    filled: Store, moments: Callable[[int], datetime]
) -> None:
    filled.online.mkdir(parents=True)
    feast = applied(filled, filled.online, {})

    def pushed(day: int, value: int) -> int:
        row = {
            "customer_id": ["a"], "contacts_30d": [value], "channel": ["sms"], "is_new": [True],
            "event_timestamp": [moments(day)], "known_at": [moments(day)],
        }  # fmt: skip
        feast.write_to_online_store(VIEW, pd.DataFrame(row))
        answer = feast.get_online_features([f"{VIEW}:contacts_30d"], [{"customer_id": "a"}])
        return int(answer.to_dict()["contacts_30d"][0])

    assert [pushed(20, 2), pushed(18, 1), pushed(21, 3)] == [2, 2, 3]


def described(store: Store, kind: str) -> None:
    """Let the table of contacts have one feature `v` of this type."""
    contract = store.contracts / "_features.yml"
    models = yaml.safe_load(contract.read_text())
    for model in models["models"]:
        if model["name"] == "ftr_customer_contact":
            model["columns"] = [*model["columns"][:3], {"name": "v", "data_type": kind}]
    contract.write_text(yaml.safe_dump(models))


def served(
    store: Store, kind: str, dtype: pa.DataType, values: list[Any], moments: Any
) -> list[Any]:
    """Values as the online store gives them back, after they were held against history."""
    described(store, kind)
    many, names = len(values), [f"k{n:02}" for n in range(len(values))]
    moment = pa.array([moments(20)] * many, pa.timestamp("us", "UTC"))
    columns = {"customer_id": names, "event_timestamp": moment, "known_at": moment}
    table = pa.table({**columns, "v": pa.array(values, dtype)})
    write_deltalake(
        str(store.lake_root / "features" / "ftr_customer_contact"), table, mode="overwrite",
        schema_mode="overwrite",
    )  # fmt: skip
    materialise(store, as_of=JUNE_20, now=NOW)
    assert parity(store).passed
    asked = online_features(store, "collections_v1", pl.DataFrame({"customer_id": names}))
    return asked[f"{VIEW}__v"].to_list()


LARGE = [2**53 + 1, 2**63 - 1, -(2**63), 2**31, 0]


@pytest.mark.parametrize(
    ("kind", "dtype", "values"),
    [
        ("bigint", pa.int64(), LARGE),
        ("bigint", pa.int64(), [*LARGE, None]),
        ("integer", pa.int32(), [2**31 - 1, None, -(2**31)]),
        ("double", pa.float64(), [0.1, None, 5e-324, 1.7976931348623157e308, float("inf")]),
    ],
)
def test_a_number_is_served_exactly(
    filled: Store, kind: str, dtype: Any, values: Any, moments: Callable[[int], datetime]
) -> None:
    assert served(filled, kind, dtype, values, moments) == values


def test_a_single_real_is_served_as_history_has_it(
    filled: Store, moments: Callable[[int], datetime]
) -> None:
    values = [0.1, None, 1e30]
    single = pa.array(values, pa.float32()).cast(pa.float64()).to_pylist()
    assert served(filled, "real", pa.float32(), values, moments) == single


def test_not_a_number_is_refused_by_name_and_the_old_values_stay(
    filled: Store, moments: Callable[[int], datetime]
) -> None:
    assert served(filled, "double", pa.float64(), [1.5], moments) == [1.5]
    with pytest.raises(NotANumberError, match=r"ftr_customer_contact\.v is NaN for k01 and 0 more"):
        served(filled, "double", pa.float64(), [1.5, float("nan"), None], moments)
    asked = pl.DataFrame({"customer_id": ["k00"]})
    assert online_features(filled, "collections_v1", asked)[f"{VIEW}__v"].to_list() == [1.5]


def test_feasts_own_commands_read_the_guarded_store(tmp_path: Path) -> None:
    text = CONFIGURATION.read_text().replace("${LAKE_ROOT}", str(tmp_path))
    configuration = tmp_path / "feature_store.yaml"
    configuration.write_text(text)
    store = FeatureStore(fs_yaml_file=configuration)
    assert type(store._get_provider().online_store).__name__ == "NewestSqliteOnlineStore"


def test_feasts_web_page_is_not_advertised() -> None:
    repository = CONFIGURATION.parents[1]
    told = [
        *repository.glob("*.md"),
        *repository.glob("docs/*.md"),
        *repository.glob("*/README.md"),
    ]
    for page in [*told, CONFIGURATION, repository / "Makefile"]:
        text = page.read_text("utf-8")
        assert "feast ui" not in text, page
        assert "features ui" not in text, page
