"""Movements of a day are put in the order in which they happened, where there is one."""

import random
from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from quality.controls.statement_order import chain, walk

EXACT = Decimal(0)
AMOUNTS = st.lists(
    st.integers(-5, 5).map(lambda cents: Decimal(cents) / 100), min_size=1, max_size=8
)


def steps_of(amounts: list[Decimal], start: Decimal = EXACT) -> list[tuple[Decimal, Decimal]]:
    steps = []
    for amount in amounts:
        steps.append((start, start + amount))
        start += amount
    return steps


@given(AMOUNTS, st.randoms(use_true_random=False))
def test_any_shuffle_of_a_day_can_be_put_back_in_order(
    amounts: list[Decimal], chance: random.Random
) -> None:
    steps = steps_of(amounts)
    chance.shuffle(steps)
    order = chain(steps, start=EXACT, tolerance=EXACT)
    assert order is not None
    assert sorted(order) == list(range(len(steps)))
    balance = EXACT
    for number in order:
        assert steps[number][0] == balance
        balance = steps[number][1]


@given(AMOUNTS, st.integers(0, 7))
def test_a_day_with_a_balance_that_is_off_has_no_order(amounts: list[Decimal], at: int) -> None:
    steps = steps_of(amounts)
    before, after = steps[at % len(steps)]
    steps[at % len(steps)] = (before + 1000, after + 1000)
    assert chain(steps, start=EXACT, tolerance=EXACT) is None


def test_a_greedy_first_step_is_taken_back() -> None:
    one, two = Decimal(1), Decimal(2)
    steps = [(EXACT, two), (EXACT, one), (one, EXACT)]
    assert chain(steps, start=EXACT, tolerance=EXACT) == (1, 2, 0)


def test_balances_may_be_apart_by_the_tolerance_and_no_more() -> None:
    steps = [(EXACT, Decimal("10.00")), (Decimal("10.10"), Decimal("12.00"))]
    assert chain(steps, start=EXACT, tolerance=Decimal("0.10")) == (0, 1)
    assert chain(steps, start=EXACT, tolerance=Decimal("0.09")) is None


def test_a_search_without_an_answer_ends() -> None:
    steps = [(EXACT, EXACT)] * 40 + [(Decimal(7), Decimal(8))]
    assert chain(steps, start=EXACT, tolerance=EXACT) is None


def movement(account: str, day: int, amount: int, balance: int) -> tuple[object, ...]:
    return ("bank", account, date(2026, 1, day), Decimal(amount), Decimal(balance))


def days(*movements: tuple[object, ...]) -> list[tuple[str, int, bool]]:
    names = ("book", "account_code", "booking_date", "amount", "balance_after")
    rows = pl.DataFrame(list(movements), schema=names, orient="row")
    found = walk(rows, tolerance=Decimal("0.10"))
    return [(row["account"], row["day"].day, row["chained"]) for row in found.to_dicts()]


def test_a_day_begins_where_the_day_before_ended() -> None:
    assert days(
        movement("A", 1, 5, 5),
        movement("A", 2, 1, 6),
        movement("A", 3, 1, 9),
        movement("B", 1, 3, 9),
    ) == [("A", 1, True), ("A", 2, True), ("A", 3, False), ("B", 1, True)]


def test_one_day_that_is_wrong_does_not_condemn_the_next() -> None:
    assert days(movement("A", 1, 5, 5), movement("A", 2, 1, 9), movement("A", 3, 1, 10)) == [
        ("A", 1, True),
        ("A", 2, False),
        ("A", 3, True),
    ]
