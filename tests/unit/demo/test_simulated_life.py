from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.demo.books.cash import of_payments
from pipelines.demo.books.journals import of_cash
from pipelines.demo.books.treasury import (
    daily_net,
    minimum_balances,
    opening_balances,
    transfers_of,
)
from pipelines.demo.defects.planted_breaks import plant_breaks
from pipelines.demo.portfolio.loans import loans_of, schedule_of
from pipelines.demo.portfolio.people import people_of
from pipelines.demo.portfolio.policies import instalments_of, policies_of
from pipelines.demo.portfolio.simulate import simulate
from pipelines.demo.world.timeline import World


@pytest.fixture(scope="module")
def world() -> World:
    return World.of(customers=1500, days=120, seed=11, end=date(2026, 6, 30))


@pytest.fixture(scope="module")
def people(world: World) -> pl.DataFrame:
    return people_of(world, 0, world.customers)


@pytest.fixture(scope="module")
def block(world: World) -> Any:
    return simulate(world, 0, world.customers)


def test_a_customer_is_the_same_in_whatever_block(world: World, people: pl.DataFrame) -> None:
    assert people_of(world, 100, 200).equals(people.filter(pl.col("customer").is_between(100, 199)))


def test_the_principal_parts_of_a_schedule_add_up_to_the_loan(
    world: World, people: pl.DataFrame
) -> None:
    loans = loans_of(world, people)
    paid = schedule_of(loans).group_by("loan").agg(pl.col("principal_due").sum())
    both = loans.join(paid, on="loan")
    assert both.height == loans.height > 0
    assert (both["principal"] == both["principal_due"]).all()


def test_instalments_add_up_to_the_annual_premium(world: World, people: pl.DataFrame) -> None:
    policies = policies_of(world, people)
    fresh = policies.filter(pl.col("begin") >= world.first)
    billed = instalments_of(world, fresh).group_by("owner").agg(
        pl.col("amount").sum(), pl.col("annual").first()
    )  # fmt: skip
    assert billed.height == fresh.height > 0
    assert (billed["amount"] == billed["annual"]).all()


def test_payments_have_identities_of_their_own_and_positive_amounts(block: Any) -> None:
    assert block.payments["payment_id"].is_unique().all()
    assert (block.payments["amount"] > 0).all()


def test_fraud_is_rare_of_several_patterns_and_not_always_reported(block: Any) -> None:
    fraud = block.truth["fraud"]
    assert 0.002 < fraud.height / block.payments.height < 0.03
    assert fraud["pattern"].n_unique() >= 3
    assert set(fraud["reported"].unique()) == {True, False}


def test_a_contact_never_delays_a_payment_and_often_brings_it_forward(block: Any) -> None:
    effects = block.truth["contact_effects"].filter(pl.col("delay_alone").is_not_null())
    assert effects.height > 10
    assert (effects["delay"] < effects["delay_alone"]).all()


def test_the_treasurer_keeps_accounts_above_their_floor_on_the_morning_after(
    world: World, block: Any
) -> None:
    net = daily_net(world, block.payments)
    moved = net.copy()
    for day, source, target, amount, received, _ in transfers_of(world, net).iter_rows():
        moved[day - world.first, source] -= amount
        moved[day - world.first, target] += received
    balances = opening_balances(world) + np.cumsum(moved, axis=0)
    assert (balances > 0).all()
    assert (np.median(balances, axis=0) >= minimum_balances(world)).all()


def test_what_the_treasurer_does_today_does_not_depend_on_tomorrow(
    world: World, block: Any
) -> None:
    net = daily_net(world, block.payments)
    later = net.copy()
    later[60:] -= 10_000_000
    before = pl.col("day") < world.first + 60
    assert transfers_of(world, net).filter(before).equals(transfers_of(world, later).filter(before))


@pytest.fixture(scope="module")
def planted(world: World, block: Any) -> tuple[Any, Any]:
    moves = of_payments(world, block.payments)
    return moves, plant_breaks(world, moves)


def test_every_journal_balances_in_its_currency_with_all_breaks_planted(
    planted: tuple[Any, Any],
) -> None:
    booked = of_cash(planted[1])
    sums = booked.group_by("journal", "currency").agg(pl.col("amount").sum())
    assert (sums["amount"] == 0).all()
    assert sums.height > 100


def test_a_transposition_is_off_by_a_multiple_of_nine(planted: tuple[Any, Any]) -> None:
    swapped = planted[1].filter(pl.col("defect") == "transposition")
    off = (swapped["ledger_amount"] - swapped["bank_amount"]).to_list()
    assert off
    assert all(difference != 0 and difference % 9 == 0 for difference in off)


def test_planting_loses_and_adds_only_what_it_says(planted: tuple[Any, Any]) -> None:
    moves, spoilt = planted
    assert spoilt.filter(~pl.col("item").str.contains("#")).height == moves.height
    gone = spoilt.filter(
        ~pl.col("on_bank") & pl.col("gid").is_null() & (pl.col("defect") == "missing_left")
    )
    extra = spoilt.filter(pl.col("item").str.contains("#"))
    assert moves["bank_amount"].sum() == (
        spoilt.filter("on_bank")["bank_amount"].sum()
        + gone["bank_amount"].sum()
        - spoilt.filter(pl.col("defect").is_in(["fee", "fx"])).select(
            (pl.col("bank_amount") - pl.col("ledger_amount")).sum()
        ).item()
    )  # fmt: skip
    assert set(extra["defect"]) == {"duplicate", "reversal"}
