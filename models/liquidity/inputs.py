"""What the liquidity model reads, and the numbers that define it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

MODEL = "liquidity"

HORIZON = 91
"""Days ahead: thirteen weeks, the horizon of a treasurer's direct cash forecast."""

QUANTILES = {"p05": 0.90, "p10": 0.80, "p25": 0.50}
"""Lower quantile of each central interval, with the share that the interval has to cover."""

INPUTS: Mapping[str, str] = {
    "flows": "gold/fct_cash_flows",
    "known_flows": "gold/fct_known_flows",
    "position": "gold/fct_cash_position",
    "holidays": "silver/stg_holidays",
    "rates": "silver/int_fx_rates_daily",
}


@dataclass(frozen=True, slots=True)
class LiquidityInputs:
    """The tables of `INPUTS` as frames, all as known at the end of the same day.

    `flows` and `position` are history; `known_flows` is what is scheduled from now on; `rates`
    names the currency of the rows of entities and of the group.
    """

    flows: pl.DataFrame
    known_flows: pl.DataFrame
    position: pl.DataFrame
    holidays: pl.DataFrame
    rates: pl.DataFrame

    @property
    def base_currency(self) -> str:
        """The currency in which entities and the group are added up."""
        return str(self.rates["base_currency"][0])
