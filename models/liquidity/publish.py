"""What treasury reads: thirteen weeks of flows and balances at every level."""

from datetime import date, datetime

import polars as pl

from models.liquidity.dataset import cash_flow_matrix
from models.liquidity.design import FEATURES
from models.liquidity.inputs import MODEL, LiquidityInputs
from models.liquidity.predict import forecast
from models.registry import ModelRegistry
from quality.contract import contract


def publish(
    inputs: LiquidityInputs, registry: ModelRegistry, *, as_of: date, now: datetime
) -> pl.DataFrame:
    """Forecast by the champion, or by the baseline where no champion reads these features.

    Returns:
        One row for each level, measure and day, in the columns of the contract
        `fct_liquidity_forecast`; none where there is no account.
    """
    mart = contract("fct_liquidity_forecast")
    matrix = cash_flow_matrix(inputs, as_of=as_of)
    if matrix is None:
        return mart.empty()
    champion = registry.champion(MODEL)
    if champion is not None and champion.card.features != FEATURES:
        champion = None  # it was made for other columns and cannot read ours
    rows = forecast(matrix, champion, now=now)
    return rows.select(pl.col(name).cast(dtype) for name, dtype in mart.schema.items())
