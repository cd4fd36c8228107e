"""The levels of the forecast (group, entity, account, category) and how series add up to them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.liquidity.dataset import CashFlowMatrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CENT = 10
"""Thousandths in a cent: forecasts are whole cents."""

Level = Literal["group", "entity", "account", "category"]
Key = tuple[Level, str | None, str | None, str | None, str | None]
"""Level, entity, account, currency and category; None where one does not apply."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Every row of the forecast's hierarchy, the group first.

    Attributes:
        keys: what each row is about.
        weights: levels x series; a row times the series' flows is the level's flow in its currency.
    """

    keys: tuple[Key, ...]
    weights: Floats

    def rows_of(self, level: Level) -> list[int]:
        """Indices of one level's rows."""
        return [index for index, key in enumerate(self.keys) if key[0] == level]


def levels_of(matrix: CashFlowMatrix) -> Levels:
    """The levels of a matrix: group, entities, accounts, categories of accounts."""
    all_series, ones = matrix.all_series, np.eye(len(matrix.all_series))
    entities = sorted({series.entity_id for series in all_series})
    accounts = sorted({series[:3] for series in all_series})
    keys: list[Key] = [("group", None, None, matrix.base_currency, None)]
    weights = [matrix.rates]
    for entity in entities:
        inside = np.array([series.entity_id == entity for series in all_series])
        keys.append(("entity", entity, None, matrix.base_currency, None))
        weights.append(np.where(inside, matrix.rates, 0.0))
    for entity, account, currency in accounts:
        inside = np.array([series.account == (account, currency) for series in all_series])
        keys.append(("account", entity, account, currency, None))
        weights.append(inside.astype(np.float64))
    for index, series in enumerate(all_series):
        keys.append(("category", *series))
        weights.append(ones[index])
    return Levels(tuple(keys), np.array(weights))


def add_up(matrix: CashFlowMatrix, amounts: Ints) -> Ints:
    """Sum whole thousandths from series to all levels, so that every sum holds to the cent.

    What crosses a currency is rounded to cents once, for each account and day; entities and the
    group are sums of what was rounded.

    Args:
        matrix: the cash flows, for their series and rates.
        amounts: days x series.

    Returns:
        Days x levels, in the order of `levels_of`.
    """
    all_series = matrix.all_series
    accounts = sorted({series[:3] for series in all_series})
    by_account = np.stack(
        [
            amounts[:, [series[:3] == account for series in all_series]].sum(axis=1)
            for account in accounts
        ],
        axis=1,
    )
    rate = {series[:3]: matrix.rates[index] for index, series in enumerate(all_series)}
    in_base = _whole_cents(by_account * np.array([rate[account] for account in accounts]))
    entities = sorted({series.entity_id for series in all_series})
    by_entity = np.stack(
        [
            in_base[:, [account[0] == entity for account in accounts]].sum(axis=1)
            for entity in entities
        ],
        axis=1,
    )
    group = by_entity.sum(axis=1, keepdims=True)
    return np.concatenate([group, by_entity, by_account, amounts], axis=1)


def closing_balances(matrix: CashFlowMatrix, levels: Levels) -> Ints:
    """Last closing balance of each level in thousandths; categories hold none."""
    entity_of = {series.account: series.entity_id for series in matrix.all_series}
    balances = []
    for level, entity, account, currency, _ in levels.keys:
        if level == "account":
            balances.append(matrix.closing.get((str(account), str(currency)), 0))
        elif level == "category":
            balances.append(0)
        else:
            own = (
                amount
                for key, amount in matrix.closing_base.items()
                if level == "group" or entity_of.get(key) == entity
            )
            balances.append(sum(own))
    return np.array(balances, dtype=np.int64)


def whole_cents(amounts: Floats) -> Ints:
    """Amounts in currency units as thousandths, rounded to whole cents."""
    return _whole_cents(amounts * 1000)


def _whole_cents(thousandths: Floats) -> Ints:
    return np.asarray(np.rint(thousandths / CENT).astype(np.int64) * CENT)
