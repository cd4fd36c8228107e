"""The liquidity method on real cash: daily withdrawals from machines of the NN5 competition."""

from pathlib import Path

import polars as pl
import pytest

from models.liquidity.dataset import cash_flow_matrix
from models.liquidity.inputs import LiquidityInputs
from models.liquidity.train import train
from quality.contract import MONEY, contract

pytestmark = pytest.mark.data


def _machines(path: Path, count: int) -> LiquidityInputs:
    """Each machine as an account from which cash only leaves; gaps are days without flow."""
    cash = pl.read_parquet(path).drop_nulls()
    chosen = cash["series"].unique().sort().head(count)
    flows = cash.filter(pl.col("series").is_in(chosen.to_list())).select(
        "date",
        pl.lit("NN5").alias("entity_id"),
        account_id="series",
        currency=pl.lit("EUR"),
        category=pl.lit("withdrawal"),
        amount=(-pl.col("withdrawal")).cast(MONEY),
        amount_base=(-pl.col("withdrawal")).cast(MONEY),
    )
    held = pl.col("amount").cum_sum().over("account_id").cast(MONEY)
    position = flows.sort("date").select(
        *("date", "entity_id", "account_id", "currency"),
        inflow=pl.lit(0).cast(MONEY),
        outflow=-pl.col("amount"),
        closing_balance=held,
        closing_balance_base=held,
        is_stated=pl.lit(True),
    )
    return LiquidityInputs(
        flows,
        contract("fct_known_flows").empty(),
        position,
        contract("holidays").empty(),
        pl.DataFrame({"base_currency": ["EUR"]}),
    )


def test_it_beats_the_seasonal_naive_on_cash_machines_and_its_intervals_cover_as_promised(
    shared_data: Path,
) -> None:
    inputs = _machines(shared_data / "cashflow" / "nn5_daily.parquet", 24)
    as_of = inputs.flows.select(pl.max("date")).item()
    matrix = cash_flow_matrix(inputs, as_of=as_of)
    assert matrix is not None
    candidate = train(matrix, seed=7)
    assert candidate is not None
    card = candidate.card
    assert card.beats_baseline
    assert card.scores["flow_wape"] < 0.9 * card.baseline_scores["flow_wape"]
    assert 0.8 <= card.scores["coverage90_as_of_origin_day_28"] <= 0.98
    assert 0.4 <= card.scores["coverage50_as_of_origin_day_28"] <= 0.65
