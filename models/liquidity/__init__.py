"""Liquidity: how much cash there will be, day by day, thirteen weeks ahead, and how sure.

The bank's daily flows by account and category are forecast from the calendar. Everything else is a
sum: categories make accounts, accounts make entities, entities make the group. The intervals are as
wide as the forecast was wrong in the past.
"""

from models.liquidity.inputs import HORIZON, INPUTS, MODEL, LiquidityInputs

__all__ = ["HORIZON", "INPUTS", "MODEL", "LiquidityInputs"]
