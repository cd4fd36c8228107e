"""Contact attempts and what customers allow, as the registers hold them."""

import numpy as np
import polars as pl

from pipelines.demo.portfolio.payment_behaviour import CONTACT_CHANNELS, OUTCOMES, consented
from pipelines.demo.portfolio.people import UTC_SHIFT
from pipelines.demo.world.money import currency_code, money, on
from pipelines.demo.world.timeline import DAY, World

_FLAGS = (("vulnerable", 0.02), ("hardship", 0.03), ("dispute", 0.01), ("bankrupt", 0.004))
"""Protective flags and the share of customers that have each: an assumption, rarer the graver."""

_HOUR = 3_600_000_000
"""Microseconds of an hour."""


def contact_rows(world: World, contacts: pl.DataFrame) -> pl.DataFrame:
    """Rows of `contact_events`, with `arrival`; older ones than 90 days are not told."""
    promise = pl.col("outcome_at") == 2
    return contacts.filter(
        pl.col("day").is_between(world.first - 90, world.last)
    ).select(
        arrival=pl.max_horizontal("day", pl.lit(world.first, pl.Int64)),
        contact_id=pl.format(
            "CT{}{}{}", pl.col("kind").str.slice(0, 1).str.to_uppercase(), "key", "attempt"
        ),
        customer_id="customer_id",
        obligation_id="owner_id",
        channel=_label(CONTACT_CHANNELS, "channel_at"),
        direction=pl.lit("outbound"),
        occurred_at=_moment(),
        outcome=_label(OUTCOMES, "outcome_at"),
        address=pl.lit(None, pl.String),
        promise_amount=pl.when(promise).then(money("amount")),
        currency=pl.when(promise).then(currency_code()),
        promise_date=pl.when(promise).then(on("promised")),
        agent=pl.when(pl.col("channel_at") == 0).then(
            pl.format("agent-{}", pl.col("key") % 17)
        ),
    )  # fmt: skip


def _moment() -> pl.Expr:
    shifts = UTC_SHIFT.tolist()
    hours = pl.col("country_at").replace_strict(
        list(range(len(shifts))), shifts, return_dtype=pl.Int64
    )
    micros = pl.col("day") * DAY + (9 - hours) * _HOUR + pl.col("second") * 1_000_000
    return micros.cast(pl.Datetime("us", "UTC"))


def _label(names: tuple[str, ...], column: str) -> pl.Expr:
    return pl.col(column).replace_strict(
        list(range(len(names))), list(names), return_dtype=pl.String
    )


def consent_rows(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """Rows of `consents`: consent for each channel, protective flags, and changes of mind."""
    customers = people["customer"].to_numpy()
    base = people.select("customer_id", "customer")
    facts = []
    for at, channel in enumerate(CONTACT_CHANNELS):
        granted = consented(world, customers, np.full(customers.size, at, dtype=np.int64))
        facts.append(
            _facts(
                base, "consent", channel, pl.Series(granted), pl.lit(world.first - 400, pl.Int64)
            )
        )
        withdraws = world.streams.chance(0.01, "withdraws", customers, at) & granted
        day_of_change = world.first + world.streams.whole(5, 500, "withdrawn", customers, at)
        withdrawn = _facts(base, "consent", channel, pl.lit(value=False), pl.Series(day_of_change))
        facts.append(withdrawn.filter(pl.Series(withdraws)))
    for flag, share in _FLAGS:
        flagged = world.streams.chance(share, flag, customers)
        day_of_change = world.first + world.streams.whole(-200, 300, flag + " when", customers)
        flag_facts = _facts(base, flag, "any", pl.lit(value=True), pl.Series(day_of_change))
        facts.append(flag_facts.filter(pl.Series(flagged)))
    rows = pl.concat(facts).filter(pl.col("day") <= world.last)
    return rows.select(
        arrival=pl.max_horizontal("day", pl.lit(world.first, pl.Int64)),
        customer_id="customer_id",
        fact="fact",
        channel="channel",
        granted="granted",
        effective_from=(pl.col("day") * DAY + 8 * _HOUR).cast(pl.Datetime("us", "UTC")),
        obligation_id=pl.lit(None, pl.String),
        source=pl.lit("customer file"),
    )


def _facts(
    base: pl.DataFrame,
    fact: str,
    channel: str,
    granted: pl.Expr | pl.Series,
    day: pl.Expr | pl.Series,
) -> pl.DataFrame:
    return base.with_columns(fact=pl.lit(fact), channel=pl.lit(channel), granted=granted, day=day)
