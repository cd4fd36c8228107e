"""The treasurer: opening balances, floors, and the transfers that keep every account liquid."""

import numpy as np
import polars as pl

from pipelines.demo.world.institution import (
    ACCOUNT_CURRENCY,
    ACCOUNT_ENTITY,
    GROUP,
    RESERVE_ACCOUNT,
    TREASURY_ACCOUNT,
    accounts,
)
from pipelines.demo.world.random_streams import Ints
from pipelines.demo.world.rates import rates
from pipelines.demo.world.timeline import World

_ROUND = 100_000
"""Transfers are whole multiples of this: 1,000.00 of a currency in minor units."""

TRANSFER = {
    "day": pl.Int64,
    "source": pl.Int64,
    "target": pl.Int64,
    "amount": pl.Int64,
    "received": pl.Int64,
    "n": pl.Int64,
}
"""One row per transfer between our own accounts; amounts in minor units, `n` its number in the
day."""


def opening_balances(world: World) -> Ints:
    """What stood on each account on the eve of the first day, in minor units."""
    return np.array([account.opening * world.customers for account in accounts()], dtype=np.int64)


def minimum_balances(world: World) -> Ints:
    """The treasurer's floor of each account, in minor units."""
    return np.array([account.minimum * world.customers for account in accounts()], dtype=np.int64)


def daily_net(world: World, payments: pl.DataFrame) -> Ints:
    """What the payments move, by day of the horizon (rows) and account (columns)."""
    table = np.zeros((world.last - world.first + 1, len(accounts())), dtype=np.int64)
    moved = payments.filter(
        (pl.col("fate") == "paid") & pl.col("day").is_between(world.first, world.last)
    ).select(
        "account",
        at=pl.min_horizontal(
            pl.col("day") - world.first + pl.when(pl.col("route") == "card").then(3).otherwise(0),
            pl.lit(world.last - world.first),
        ),
        signed=pl.when(pl.col("direction") == "incoming")
        .then("amount")
        .otherwise(-pl.col("amount")),
    )
    at, account = moved["at"].to_numpy(), moved["account"].to_numpy()
    np.add.at(table, (at, account), moved["signed"].to_numpy())
    return table


def transfers_of(world: World, net: Ints) -> pl.DataFrame:
    """Transfers between our own accounts: funding below the floor at once, sweeps on Mondays.

    Decided each business day from the balances of the evening before, so that what comes later
    never changes what was done.

    Args:
        world: the world.
        net: from `daily_net`.
    """
    balance, floor = opening_balances(world).copy(), minimum_balances(world)
    target = opening_balances(world)
    transfers: list[tuple[int, int, int, int, int, int]] = []
    for offset in range(net.shape[0]):
        day = world.first + offset
        table = rates(world, np.array([day]))[0]
        today = _plan(world, day, balance, floor, target)
        for n, (source, goal, amount) in enumerate(today):
            ratio = table[ACCOUNT_CURRENCY[goal]] / table[ACCOUNT_CURRENCY[source]]
            received = round(float(amount * ratio))
            transfers.append((day, source, goal, amount, received, n))
            balance[source] -= amount
            balance[goal] += received
        balance += net[offset]
    return pl.DataFrame(transfers, schema=TRANSFER, orient="row")


def _plan(
    world: World, day: int, balance: Ints, floor: Ints, target: Ints
) -> list[tuple[int, int, int]]:
    monday = (day + 3) % 7 == 0
    plan = []
    for account in range(len(balance)):
        currency = int(ACCOUNT_CURRENCY[account])
        main = int(TREASURY_ACCOUNT[currency])
        if account == RESERVE_ACCOUNT:
            continue
        partner = int(TREASURY_ACCOUNT[0]) if ACCOUNT_ENTITY[account] == GROUP else main
        partner = RESERVE_ACCOUNT if partner == account else partner
        if not (world.calendars.is_open(currency, day) and world.calendars.is_open(0, day)):
            continue
        short = int(target[account] - balance[account])
        if balance[account] < floor[account] and short > _ROUND:
            plan.append((partner, account, -(-short // _ROUND) * _ROUND))
        elif monday and -short > target[account] // 3 + _ROUND:
            plan.append((account, partner, -short // _ROUND * _ROUND))
    if monday and (day // 7) % 4 == 0 and world.calendars.is_open(0, day):
        excess = int(balance[TREASURY_ACCOUNT[0]] - target[TREASURY_ACCOUNT[0]])
        if excess > _ROUND:
            plan.append(
                (int(TREASURY_ACCOUNT[0]), RESERVE_ACCOUNT, excess // 2 // _ROUND * _ROUND + _ROUND)
            )
    return plan
