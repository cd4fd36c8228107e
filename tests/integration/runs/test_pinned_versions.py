"""What a model's card names survives the lake's upkeep."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from features.manifest import Materialised, write_manifest
from features.store import Store
from models.registry import Candidate, ModelRegistry
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import maintain
from pipelines.runs.pinned_versions import pinned_versions
from tests.model_cards import CARD

TABLE = "gold/fct_cash_flows"


def test_a_version_that_a_card_names_stays_readable(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for number in range(4):
        lake.overwrite(TABLE, pl.DataFrame({"number": [number]}))
    card = replace(CARD, table_versions={TABLE: 1})
    ModelRegistry(lake.root / "models").evaluate_candidate(Candidate(card))
    later = datetime.now(UTC) + timedelta(days=100)
    maintain(lake, now=later, keep_versions=pinned_versions(lake), in_flight=timedelta(0))
    assert lake.read(TABLE, version=1).collect()["number"].to_list() == [1]
    assert lake.read(TABLE).collect()["number"].to_list() == [3]


def test_a_version_that_the_online_store_holds_stays_readable(tmp_path: Path) -> None:
    lake, held = Lake(tmp_path), datetime(2026, 6, 30, tzinfo=UTC)
    store = Store(lake.root)
    store.online.mkdir(parents=True)
    write_manifest(
        store.online, Materialised(held, {"ftr_account_cash": 3}, "digest", {}, held, renewed=True)
    )
    assert pinned_versions(lake) == {"features/ftr_account_cash": {3}}
