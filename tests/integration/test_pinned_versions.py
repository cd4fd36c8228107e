"""What a model's card names survives the lake's upkeep."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from models.card import ModelCard
from models.shelf import Candidate, Shelf
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import maintain
from pipelines.pinned import pinned_versions

TABLE = "gold/fct_cash_flows"


def test_a_version_that_a_card_names_stays_readable(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for number in range(4):
        lake.overwrite(TABLE, pl.DataFrame({"number": [number]}))
    card = ModelCard(
        model="liquidity",
        as_of=date(2026, 3, 31),
        method="ridge",
        baseline="naive",
        data="flows",
        rows=1,
        split="none",
        label_delay_days=0,
        features=(),
        seed=7,
        code="c0de",
        judged_by="mae",
        higher_is_better=False,
        scores={"mae": 1.0},
        baseline_scores={"mae": 2.0},
        table_versions={TABLE: 1},
    )
    Shelf(lake.root / "models").consider(Candidate(card))
    later = datetime.now(UTC) + timedelta(days=100)
    maintain(lake, now=later, keep_versions=pinned_versions(lake), in_flight=timedelta(0))
    assert lake.read(TABLE, version=1).collect()["number"].to_list() == [1]
    assert lake.read(TABLE).collect()["number"].to_list() == [3]
