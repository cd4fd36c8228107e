"""What treasury reads: thirteen weeks of flows and balances at every level."""

from datetime import date, datetime

import polars as pl

from models.liquidity.dataset import cash_book
from models.liquidity.design import FEATURES
from models.liquidity.inputs import MODEL, LiquidityInputs
from models.liquidity.predict import forecast
from models.registry import Shelf
from quality.contract import contract


def publish(inputs: LiquidityInputs, shelf: Shelf, *, as_of: date, now: datetime) -> pl.DataFrame:
    """Forecast by the champion, or by the baseline where none stands that reads these features.

    Returns:
        Rows of gold/fct_liquidity_forecast; none where there is no account.
    """
    promise = contract("fct_liquidity_forecast")
    book = cash_book(inputs, as_of=as_of)
    if book is None:
        return promise.empty()
    champion = shelf.champion(MODEL)
    if champion is not None and champion.card.features != FEATURES:
        champion = None  # it was made for other columns and cannot read ours
    rows = forecast(book, champion, now=now)
    return rows.select(pl.col(name).cast(dtype) for name, dtype in promise.schema.items())
