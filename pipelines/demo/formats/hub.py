"""The payment hub: what it writes down about each payment, and the receipts that follow."""

import numpy as np
import polars as pl

from pipelines.demo.world.institution import ACCOUNT_CURRENCY, ACCOUNT_ENTITY, ENTITIES, accounts
from pipelines.demo.world.money import money, on
from pipelines.demo.world.random_streams import identifiers
from pipelines.demo.world.timeline import CURRENCIES, DAY, World

HOUR = 3_600_000_000
"""Microseconds of an hour."""

SECOND = 1_000_000
"""Microseconds of a second."""

_COLUMNS = (
    *("event_id", "payment_id", "end_to_end_id", "uetr", "message_id", "original_message_id"),
    *("event_type", "occurred_at", "direction", "category", "entity_id", "customer_id"),
    *("account_id", "counterparty_name", "counterparty_account", "amount", "currency", "channel"),
    *("provider", "device_id", "country", "reason_code", "obligation_id"),
)
"""Keys of one event, in the order in which the hub writes them."""


def early_events(world: World, paid: pl.DataFrame) -> pl.DataFrame:
    """Events that happen before the money moves: initiated, authorised, submitted, accepted.

    `arrival` is the day of the event; what happened before the first day comes on the first day.
    """
    start, settle = pl.col("started"), pl.col("day") * DAY
    card, debit = pl.col("route") == "card", pl.col("route") == "direct_debit"
    handed = pl.when(card).then(start + 40 * SECOND).when(debit).then(settle - 2 * DAY + 11 * HOUR)
    submitted = handed.otherwise(pl.max_horizontal(settle + 9 * HOUR, start + 60 * SECOND))
    rejected = pl.col("fate") == "rejected"
    forward = ~rejected
    out = (pl.col("direction") == "outgoing") & ~card
    events = [
        _events(paid, "initiated", start),
        _events(paid.filter(forward), "authorised", start + 3 * SECOND),
        _events(paid.filter(rejected), "rejected", start + 4 * SECOND),
        _events(paid.filter(forward), "submitted", submitted),
        _events(paid.filter(forward & (out | debit)), "accepted", submitted + 2 * HOUR),
    ]
    return _arriving(world, pl.concat(events))


def late_events(world: World, paid: pl.DataFrame, banked: pl.DataFrame) -> pl.DataFrame:
    """Events that follow: settled, banked, returned, fraud_reported.

    Args:
        world: the world.
        paid: payments.
        banked: payment_id and the day that the bank shows it (`bank_day`), null if it never does.
    """
    joined = paid.filter(pl.col("fate") != "rejected").join(
        banked, on="payment_id", how="left", maintain_order="left"
    )
    card = pl.col("route") == "card"
    settle = pl.when(card).then((pl.col("day") + 1) * DAY + HOUR).otherwise(
        pl.max_horizontal(pl.col("day") * DAY + 16 * HOUR, pl.col("started") + 8 * HOUR)
    )  # fmt: skip
    stated = (pl.col("bank_day") + 1) * DAY + 6 * HOUR
    events = [
        _events(joined.filter(pl.col("bank_day").is_not_null() | card), "settled", settle),
        _events(joined.filter(pl.col("bank_day").is_not_null()), "banked",
                pl.max_horizontal(stated, settle + HOUR)),
        _events(joined.filter(pl.col("fate") == "returned"), "returned",
                pl.col("ended") * DAY + 14 * HOUR),
        _events(joined.filter(pl.col("reported") > 0), "fraud_reported", pl.col("reported")),
    ]  # fmt: skip
    return _arriving(world, pl.concat(events))


def _arriving(world: World, events: pl.DataFrame) -> pl.DataFrame:
    day = pl.max_horizontal(pl.col("at") // DAY, pl.lit(world.first, pl.Int64))
    return events.with_columns(arrival=day).filter(pl.col("arrival") <= world.last)


def _events(paid: pl.DataFrame, kind: str, at: pl.Expr) -> pl.DataFrame:
    return paid.with_columns(event_type=pl.lit(kind), at=at).drop("bank_day", strict=False)


def event_rows(world: World, events: pl.DataFrame) -> pl.DataFrame:
    """The events as the hub's JSON lines hold them, with `arrival`."""
    key = events["payment_id"].hash(world.streams.seed).to_numpy().view(np.int64)
    digits = identifiers(world.streams.bits("uetr", key), 16)
    others = identifiers(world.streams.bits("uetr low", key), 15)
    own_accounts = accounts()
    positions = list(range(len(own_accounts)))

    def mapped(values: list[str]) -> pl.Expr:
        return pl.col("account").replace_strict(positions, values, return_dtype=pl.String)

    has_reason = pl.col("event_type").is_in(["rejected", "returned"])
    refunded = (pl.col("category") == "refund") & (pl.col("event_type") == "initiated")
    ordered = (pl.col("direction") == "outgoing") & pl.col("route").is_in(
        ["batch", "single", "payroll"]
    )
    return (
        events.with_columns(high=pl.Series(digits), low=pl.Series(others))
        .with_columns(
            event_id=pl.format("{}-{}", "payment_id", "event_type"),
            uetr=pl.format(
                "{}-{}-4{}-a{}-{}", pl.col("high").str.slice(0, 8), pl.col("high").str.slice(8, 4),
                pl.col("high").str.slice(12, 3), pl.col("low").str.slice(0, 3),
                pl.col("low").str.slice(3, 12),
            ),
            message_id=pl.when(ordered & (pl.col("event_type") != "initiated")).then(
                message_id()
            ),
            original_message_id=pl.lit(None, pl.String),
            occurred_at=pl.col("at").cast(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            entity_id=mapped([ENTITIES[entity] for entity in ACCOUNT_ENTITY]),
            account_id=mapped([a.iban for a in own_accounts]),
            counterparty_name="name",
            counterparty_account="iban",
            amount=money("amount"),
            currency=mapped([CURRENCIES[c] for c in ACCOUNT_CURRENCY]),
            reason_code=pl.when(has_reason | refunded).then("reason"),
        )
        .sort("arrival", "occurred_at", "event_id")
        .select("arrival", *_COLUMNS)
    )  # fmt: skip


def message_id() -> pl.Expr:
    """Message that carries the payment orders of a day."""
    return pl.format("CHPAIN{}", on("day").dt.strftime("%Y%m%d"))


def receipt_rows(world: World, paid: pl.DataFrame) -> pl.DataFrame:
    """Rows of `receipts`: paid instalments; those before the first day come on the first day."""
    entities = [ENTITIES[entity] for entity in ACCOUNT_ENTITY]
    currencies = [CURRENCIES[currency] for currency in ACCOUNT_CURRENCY]
    positions = list(range(len(entities)))
    brokered = pl.col("route") == "broker"
    return paid.filter((pl.col("fate") == "paid") & pl.col("receipt").is_not_null()).select(
        arrival=pl.max_horizontal("day", pl.lit(world.first, pl.Int64)),
        receipt_id=pl.format("R{}", pl.col("payment_id").str.slice(2)),
        obligation_type="receipt",
        obligation_id="obligation_id",
        customer_id="customer_id",
        entity_id=pl.col("account").replace_strict(positions, entities, return_dtype=pl.String),
        received_date=on("day"),
        amount=money("amount"),
        currency=pl.col("account").replace_strict(positions, currencies, return_dtype=pl.String),
        channel="channel",
        payment_reference=pl.when(brokered).then("lump").otherwise("end_to_end_id"),
        remitted_by="remitted_by",
    )
