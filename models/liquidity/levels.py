"""The levels of the forecast, and how the lines of the book add up to them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.liquidity.dataset import CashBook

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CENT = 10
"""Thousandths in a cent: forecasts are whole cents."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Every row of the forecast's hierarchy, the group first.

    Attributes:
        keys: level, entity, account, currency and category of each; None where it does not apply.
        weights: levels x lines; a row times the lines' flows is the level's flow in its currency.
    """

    keys: tuple[tuple[str, str | None, str | None, str | None, str | None], ...]
    weights: Floats

    def rows_of(self, level: str) -> list[int]:
        """Indices of one level's rows."""
        return [index for index, key in enumerate(self.keys) if key[0] == level]


def levels(book: CashBook) -> Levels:
    """The levels of a book: group, entities, accounts, categories of accounts."""
    lines, ones = book.lines, np.eye(len(book.lines))
    entities = sorted({line.entity_id for line in lines})
    accounts = sorted({line[:3] for line in lines})
    keys: list[tuple[str, str | None, str | None, str | None, str | None]] = [
        ("group", None, None, book.base_currency, None)
    ]
    weights = [book.rates]
    for entity in entities:
        inside = np.array([line.entity_id == entity for line in lines])
        keys.append(("entity", entity, None, book.base_currency, None))
        weights.append(np.where(inside, book.rates, 0.0))
    for entity, account, currency in accounts:
        inside = np.array([line.account == (account, currency) for line in lines])
        keys.append(("account", entity, account, currency, None))
        weights.append(inside.astype(np.float64))
    for index, line in enumerate(lines):
        keys.append(("category", *line))
        weights.append(ones[index])
    return Levels(tuple(keys), np.array(weights))


def add_up(book: CashBook, amounts: Ints) -> Ints:
    """Sum whole thousandths from lines to all levels, so that every sum holds to the cent.

    What crosses a currency is rounded to cents once, for each account and day; entities and the
    group are sums of what was rounded.

    Args:
        book: the cash book.
        amounts: days x lines.

    Returns:
        Days x levels, in the order of `levels`.
    """
    lines = book.lines
    accounts = sorted({line[:3] for line in lines})
    by_account = np.stack(
        [amounts[:, [line[:3] == account for line in lines]].sum(axis=1) for account in accounts],
        axis=1,
    )
    rate = {line[:3]: book.rates[index] for index, line in enumerate(lines)}
    in_base = _whole_cents(by_account * np.array([rate[account] for account in accounts]))
    entities = sorted({line.entity_id for line in lines})
    by_entity = np.stack(
        [
            in_base[:, [account[0] == entity for account in accounts]].sum(axis=1)
            for entity in entities
        ],
        axis=1,
    )
    group = by_entity.sum(axis=1, keepdims=True)
    return np.concatenate([group, by_entity, by_account, amounts], axis=1)


def closing_balances(book: CashBook, of: Levels) -> Ints:
    """Last closing balance of each level in thousandths; categories hold none."""
    entity_of = {line.account: line.entity_id for line in book.lines}
    balances = []
    for level, entity, account, currency, _ in of.keys:
        if level == "account":
            balances.append(book.closing.get((str(account), str(currency)), 0))
        elif level == "category":
            balances.append(0)
        else:
            own = (
                amount
                for key, amount in book.closing_base.items()
                if level == "group" or entity_of.get(key) == entity
            )
            balances.append(sum(own))
    return np.array(balances, dtype=np.int64)


def whole_cents(amounts: Floats) -> Ints:
    """Amounts in currency units as thousandths, rounded to whole cents."""
    return _whole_cents(amounts * 1000)


def _whole_cents(thousandths: Floats) -> Ints:
    return np.asarray(np.rint(thousandths / CENT).astype(np.int64) * CENT)
