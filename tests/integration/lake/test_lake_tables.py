"""A table keeps its types and its earlier versions, and agrees with whoever else writes it."""

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from tests.integration.lake.things import SCHEMA, TABLE, keys, things


def test_a_table_is_created_once_with_its_types(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.create(TABLE, SCHEMA)
    assert lake.version(TABLE) == 0
    assert lake.read(TABLE).collect().schema == SCHEMA


def test_many_who_create_and_widen_a_table_at_once_agree(lake: Lake) -> None:
    start, failures = threading.Barrier(4), []

    def ensure() -> None:
        start.wait()
        try:
            lake.create(TABLE, SCHEMA)
            lake.widen(TABLE, {**SCHEMA, "note": pl.String()})
        except Exception as error:
            failures.append(error)

    ensuring = [threading.Thread(target=ensure) for _ in range(4)]
    for one in ensuring:
        one.start()
    for one in ensuring:
        one.join()
    assert failures == []
    assert lake.read(TABLE).collect_schema() == {**SCHEMA, "note": pl.String()}


def test_a_table_that_is_not_there_has_no_version(lake: Lake) -> None:
    assert not lake.exists(TABLE)
    assert lake.version(TABLE) is None
    assert lake.recorded(TABLE, ["a"]) == set()


def test_earlier_versions_stay_readable(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), transaction_ids=["one"])
    lake.overwrite(TABLE, things("b"), note={"why": "restated"})
    assert keys(lake, version=1) == ["a"]
    assert keys(lake) == ["b"]
    assert lake.open(TABLE).history()[0]["why"] == "restated"


def test_merge_updates_what_has_the_key_and_inserts_the_rest(lake: Lake) -> None:
    lake.merge(TABLE, things("a", "b"), ["key"])
    lake.merge(TABLE, things("b", "c").with_columns(amount=Decimal("2.000")), ["key"])
    rows = lake.read(TABLE).sort("key").collect()
    assert rows["key"].to_list() == ["a", "b", "c"]
    assert rows["amount"].to_list() == [Decimal("1.005"), Decimal("2.000"), Decimal("2.000")]


@pytest.mark.parametrize("rows", [things("a", "a"), things("a").with_columns(key=pl.lit(None))])
def test_merge_wants_a_key_that_is_given_and_given_once(lake: Lake, rows: Any) -> None:
    with pytest.raises(ValueError, match="a key is"):
        lake.merge(TABLE, rows.cast(SCHEMA), ["key"])


def test_a_layer_that_links_out_of_the_lake_is_not_followed(lake: Lake, tmp_path: Path) -> None:
    lake.root.mkdir()
    (lake.root / "bronze").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="out of the lake"):
        lake.path(TABLE)
