"""When an obligation is paid: behaviour, hardship that comes and goes, and what a contact changes.

Each obligation has a delay it would have had if nobody had called (`alone`) and one that it has
(`delay`): the difference is what contacting was worth, and the truth keeps it.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.demo.portfolio.people import LATE, PUNCTUAL, STRATEGIC, STRUGGLING
from pipelines.demo.world.random_streams import Floats, Ints
from pipelines.demo.world.timeline import World

NEVER = 1_000_000
"""Delay of an obligation that is not paid."""
HARDSHIP = 4
"""The state of a customer in trouble, beside the four behaviours."""
PAY_DAY = 27
"""Day of the month from which salaries have arrived: late payers wait for it."""

_FAILS = np.array([0.012, 0.04, 0.08, 0.35, 0.65])
"""Share of automatic collections that fail, by state of the customer: an assumption, from 1 % of
the punctual to two in three of those in hardship."""

_MEDIAN = np.array([3.0, 8.0, 9.0, 45.0, 60.0])
"""Median days late without a contact, by state of the customer: an assumption."""

_NEVER = np.array([0.002, 0.01, 0.03, 0.10, 0.35])
"""Share of overdue obligations that are never paid, by state of the customer: an assumption."""

_OFFSETS = (4, 10, 18, 32, 47, 68)
"""Days past due of the six contact attempts: a dunning schedule."""

_EAGERNESS = (0.75, 0.6, 0.6, 0.5, 0.5, 0.4)
"""Share of due attempts that are made: staff do not get round to all of them."""

_CHANNELS = ("call", "sms", "email", "letter")
"""The channels of a contact, by the position that other columns hold."""

_CHANNEL_WEIGHTS = (
    *((0.05, 0.55, 0.4, 0.0), (0.6, 0.2, 0.2, 0.0), (0.7, 0.1, 0.2, 0.0)),
    *((0.3, 0.0, 0.1, 0.6), (0.7, 0.0, 0.0, 0.3), (0.5, 0.0, 0.0, 0.5)),
)
"""Shares of the channels at each attempt: messages first, letters last."""

OUTCOMES = (
    "no_answer",
    "conversation",
    "promise",
    "refusal",
    "wrong_party",
    "dispute",
    "delivered",
)
"""Outcomes of a contact, by the position that `outcome_at` holds."""

_CALL_OUTCOMES = (0.44, 0.2, 0.25, 0.06, 0.04, 0.01)
"""Shares of the outcomes of a call: most calls are not answered."""

_EFFECT = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.60, 0.45, 0.30, 0.40, 0.12],
        [0.95, 0.85, 0.50, 0.60, 0.25],
        [0.0, 0.0, 0.0, 0.02, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.35, 0.25, 0.10, 0.12, 0.04],
    ]
)
"""Chance that a contact brings the payment, by outcome and state of the customer."""


def settle(world: World, due: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How each obligation ends, and the contacts that were made on the way.

    Args:
        world: the world.
        due: obligations with key, kind, customer, behaviour, channel, currency, due, country_at.

    Returns:
        The obligations with `fails` (the first collection fails), `alone` and `delay` in days;
        and one row per contact attempt.
    """
    state = _state(world, due)
    key = due["key"].to_numpy()
    stream = due["kind"].to_numpy() == "loan"
    automatic = due["channel"].is_in(["direct_debit", "card", "wallet"]).to_numpy()
    broker = (due["channel"] == "broker").to_numpy()
    fails = automatic & world.streams.chance(_FAILS[state], "fails", key, stream)
    alone = _alone(world, due, state)
    alone = np.where(automatic & ~fails, 0, alone)
    alone = np.where(broker, world.streams.whole(0, 6, "broker delay", key), alone)
    delay, contacts = _contacted(world, due, state, alone)
    settled = due.with_columns(
        fails=pl.Series(fails), alone=pl.Series(alone), delay=pl.Series(delay)
    )
    return settled, contacts


def _state(world: World, due: pl.DataFrame) -> Ints:
    customer, behaviour = due["customer"].to_numpy(), due["behaviour"].to_numpy()
    season = due["due"].to_numpy() // 75
    prone = np.array([0.012, 0.03, 0.42, 0.03])[behaviour]
    trouble = world.streams.chance(prone, "hardship", customer, season)
    return np.where(trouble, HARDSHIP, behaviour).astype(np.int64)


def _alone(world: World, due: pl.DataFrame, state: Ints) -> Ints:
    key, loan = due["key"].to_numpy(), due["kind"].to_numpy() == "loan"
    slow = 1 + world.streams.lognormal(_MEDIAN[state], 0.65, "delay", key, loan)
    prompt = np.round(world.streams.normal("prompt", key, loan) * 1.5 - 0.5)
    manual = (due["channel"] == "transfer").to_numpy()
    punctual = (state == PUNCTUAL) | ((state == STRUGGLING) & world.streams.chance(0.4, "ok", key))
    delay = np.where(manual & punctual, prompt, slow).astype(np.int64)
    delay = _towards_pay_day(world, due, delay)
    lost = world.streams.chance(_NEVER[state], "never", key, loan) | (delay > 150)
    return np.where(lost, NEVER, delay)


def _towards_pay_day(world: World, due: pl.DataFrame, delay: Ints) -> Ints:
    paid = (due["due"].to_numpy() + delay).astype("datetime64[D]")
    day = (paid - paid.astype("datetime64[M]")).astype(np.int64) + 1
    waits = world.streams.chance(0.5, "pay day", due["key"].to_numpy()) & (delay > 4)
    return delay + np.where(waits & (day < PAY_DAY), PAY_DAY - day, 0)


def _contacted(
    world: World, due: pl.DataFrame, state: Ints, alone: Ints
) -> tuple[Ints, pl.DataFrame]:
    delay = alone.copy()
    contacts_made = []
    for attempt in range(len(_OFFSETS)):
        tried, frame, pays_at = _attempt(world, due, state, delay, attempt)
        contacts_made.append(frame.filter(pl.Series(tried)))
        delay = np.where(tried, np.minimum(delay, pays_at), delay)
    return delay, pl.concat(contacts_made)


def _attempt(
    world: World, due: pl.DataFrame, state: Ints, delay: Ints, attempt: int
) -> tuple[NDArray[np.bool_], pl.DataFrame, Ints]:
    streams, key = world.streams, due["key"].to_numpy()
    loan = due["kind"].to_numpy() == "loan"
    keys = (key, loan, attempt)
    day = due["due"].to_numpy() + _OFFSETS[attempt] + streams.whole(0, 2, "contact day", *keys)
    day = world.calendars.business(due["currency"].to_numpy(), day)
    since = day - due["due"].to_numpy()
    channel = streams.pick(_CHANNEL_WEIGHTS[attempt], "contact channel", *keys)
    allowed = _allowed(world, due, channel, keys)
    eager = streams.chance(_EAGERNESS[attempt] * np.where(loan, 1.0, 0.55), "contacts", *keys)
    tried = (delay > since) & allowed & eager & (due["channel"] != "broker").to_numpy()
    outcome = np.where(channel == 0, streams.pick(_CALL_OUTCOMES, "outcome", *keys), 6)
    promised = since + streams.whole(3, 12, "promise", *keys)
    works = streams.chance(_EFFECT[outcome, state], "works", *keys)
    lag = np.where(outcome == 2, promised - since, streams.whole(1, 6, "after contact", *keys))
    pays_at = np.where(works, since + lag, NEVER)
    second = streams.whole(0, 9 * 3600, "contact time", *keys)
    frame = due.select(
        "customer_id", "customer", "country_at", "currency", "amount", "kind", "key", "due",
        "obligation_id", "owner_id",
    ).with_columns(
        attempt=pl.lit(attempt), day=pl.Series(day), second=pl.Series(second),
        channel_at=pl.Series(channel), outcome_at=pl.Series(outcome),
        promised=pl.Series(due["due"].to_numpy() + promised), kept=pl.Series(works),
    )  # fmt: skip
    return tried, frame, pays_at


def _allowed(
    world: World, due: pl.DataFrame, channel: Ints, keys: tuple[Ints | NDArray[np.bool_] | int, ...]
) -> NDArray[np.bool_]:
    consent = consented(world, due["customer"].to_numpy(), channel)
    return consent | world.streams.chance(0.02, "overlooked", *keys)


def consented(world: World, customer: Ints, channel: Ints) -> NDArray[np.bool_]:
    """Whether the customer lets us use that channel (positions in call, sms, email, letter)."""
    probability: Floats = np.array([0.88, 0.8, 0.9, 1.0])[channel]
    return world.streams.chance(probability, "consent", customer, channel)


CONTACT_CHANNELS = _CHANNELS
__all__ = ["CONTACT_CHANNELS", "LATE", "NEVER", "OUTCOMES", "STRATEGIC", "consented", "settle"]
