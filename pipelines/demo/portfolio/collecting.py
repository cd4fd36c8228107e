"""Payments that settle obligations: collections, failures, second tries, parts, remittances."""

import numpy as np
import polars as pl

from pipelines.demo.portfolio.payment import payments
from pipelines.demo.portfolio.payment_behaviour import NEVER
from pipelines.demo.portfolio.people import COUNTRIES, UTC_SHIFT
from pipelines.demo.world.institution import BANKS, BROKERS, accounts
from pipelines.demo.world.timeline import AHEAD, DAY, World

_EARLY = 5
"""Days by which somebody pays before the due date, at most."""


def cancel_after_lapse(settled: pl.DataFrame, grace: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mark what falls due after an instalment stayed unpaid for `grace` days.

    Returns:
        The obligations with `lapse` (day, null where none) and `cancelled`; and owner with lapse.
    """
    late = settled.filter(pl.col("delay") > grace)
    lapses = late.group_by("owner").agg(lapse=(pl.col("due") + grace).min()).sort("owner")
    marked = settled.join(lapses, on="owner", how="left", maintain_order="left")
    cancelled = (pl.col("due") > pl.col("lapse") + _EARLY).fill_null(value=False)
    return marked.with_columns(cancelled=cancelled), lapses


def collect(world: World, settled: pl.DataFrame) -> pl.DataFrame:
    """The payments of the obligations up to the end of the horizon, failed first tries included.

    One row per payment, failed or not.
    """
    live = settled.filter(~pl.col("cancelled"))
    first = _failed(world, live.filter(pl.col("fails")))
    paid = live.filter(pl.col("delay") < NEVER)
    whole = ~_in_parts(world, paid)
    payments_made = [
        first,
        _paid(world, paid.filter(pl.Series(whole)), 2, 1.0, 0),
        _paid(world, paid.filter(pl.Series(~whole)), 3, 0.6, 0),
        _paid(world, paid.filter(pl.Series(~whole)), 4, 0.4, 14),
    ]
    return pl.concat(payments_made).filter(pl.col("day") <= world.last + AHEAD)


def _in_parts(world: World, paid: pl.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    slow = ((paid["delay"] > 12) & (paid["channel"] != "broker")).to_numpy()
    return slow & world.streams.chance(0.05, "parts", paid["key"].to_numpy())


def _failed(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    key, currency = rows["key"].to_numpy(), rows["currency"].to_numpy()
    debit = (rows["channel"] == "direct_debit").to_numpy()
    due = rows["due"].to_numpy()
    day = np.where(debit, world.calendars.business(currency, due), due)
    back = world.calendars.business(currency, day, world.streams.whole(2, 4, "returned after", key))
    return _payment(
        world, rows.with_columns(day=pl.Series(day)), 1,
        fate=pl.when(pl.Series(debit)).then(pl.lit("returned")).otherwise(pl.lit("rejected")),
        ended=pl.when(pl.Series(debit)).then(pl.Series(back)).otherwise(pl.col("day")),
        reason=pl.when(pl.Series(debit)).then(pl.lit("AM04")).otherwise(pl.lit("insufficient")),
    )  # fmt: skip


def _paid(world: World, rows: pl.DataFrame, attempt: int, share: float, later: int) -> pl.DataFrame:
    first_part = (pl.col("amount") * 0.6).floor().cast(pl.Int64)
    amount = {1.0: pl.col("amount"), 0.6: first_part}.get(share, pl.col("amount") - first_part)
    by_hand = pl.col("fails") & (pl.col("channel") == "direct_debit")
    rows = rows.with_columns(
        channel=pl.when(by_hand).then(pl.lit("transfer")).otherwise("channel"), amount=amount
    )
    day = (rows["due"] + rows["delay"]).to_numpy() + later
    card = rows["channel"].is_in(["card", "wallet"]).to_numpy()
    broker = (rows["channel"] == "broker").to_numpy()
    currency = rows["currency"].to_numpy()
    friday = day + (4 - (day + 3) % 7) % 7 + 7
    day = np.where(broker, friday, day)
    day = np.where(card, day, world.calendars.business(currency, day))
    return _payment(
        world, rows.with_columns(day=pl.Series(day)), attempt, fate=pl.lit("paid"),
        ended=pl.lit(-1, pl.Int64), reason=pl.lit(None, pl.String),
    )  # fmt: skip


def _payment(
    world: World,
    rows: pl.DataFrame,
    attempt: int,
    *,
    fate: pl.Expr,
    ended: pl.Expr,
    reason: pl.Expr,
) -> pl.DataFrame:
    provided = pl.col("channel").is_in(["card", "wallet"])
    reference = pl.format(
        "{}{}{}",
        pl.when(pl.col("kind") == "loan").then(pl.lit("EL")).otherwise(pl.lit("EP")),
        pl.col("key").cast(pl.String).str.zfill(13),
        pl.lit(attempt),
    )
    broker = pl.col("broker_at").replace_strict(
        list(range(len(BROKERS))), list(BROKERS), default=None, return_dtype=pl.String
    )
    brokered = pl.col("channel") == "broker"
    return payments(
        rows.with_columns(end_to_end_id=reference),
        payment_id="PM" + pl.col("end_to_end_id"),
        direction=pl.lit("incoming"),
        category=pl.when(pl.col("kind") == "loan")
        .then(pl.lit("loan_instalment"))
        .otherwise(pl.lit("premium")),
        name=pl.when(brokered).then(broker).otherwise("full_name"),
        iban=pl.when(brokered).then(None).otherwise("iban"),
        provider=provider_of(),
        device_id=_device(world, rows, attempt),
        country=_country(world, rows, attempt),
        started=_started(world, rows, attempt),
        route=pl.when(provided).then(pl.lit("card")).otherwise("channel"),
        fate=fate,
        ended=ended,
        reported=pl.lit(-1, pl.Int64),
        reason=reason,
        lump=pl.when(brokered).then(
            pl.format("RM-{}-{}-{}", pl.col("broker_at"), pl.col("day"), pl.col("account"))
        ),
        contra=pl.when(pl.col("kind") == "loan").then(pl.lit("1500")).otherwise(pl.lit("1400")),
        text=pl.format("{} {}", _words(), pl.col("obligation_id")),
        receipt=pl.col("kind"),
        remitted_by=pl.when(brokered).then(broker).when(provided).then(provider_of()),
    )


def _words() -> pl.Expr:
    return pl.when(pl.col("kind") == "loan").then(pl.lit("Loan")).otherwise(pl.lit("Premium"))


def provider_of() -> pl.Expr:
    """Adyen takes the insurer's euro cards, Stripe all other cards and wallets, banks the rest."""
    bank_names = [BANKS[account.bank].name for account in accounts()]
    bank = pl.col("account").replace_strict(
        list(range(len(bank_names))), bank_names, return_dtype=pl.String
    )
    adyen = (pl.col("channel") == "card") & (pl.col("account") == 0)
    stripe = pl.col("channel").is_in(["card", "wallet"])
    return pl.when(adyen).then(pl.lit("adyen")).when(stripe).then(pl.lit("stripe")).otherwise(bank)


def _started(world: World, rows: pl.DataFrame, attempt: int) -> pl.Series:
    second = local_second(world, rows["key"].to_numpy(), rows["country_at"].to_numpy(), attempt)
    channel = rows["channel"]
    back = np.where((channel == "direct_debit").to_numpy(), 5, 0)
    back = np.where((channel == "transfer").to_numpy(), 1, back)
    return pl.Series((rows["day"].to_numpy() - back) * DAY + second * 1_000_000)


def local_second(
    world: World,
    key: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    country: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    salt: int,
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Second of the UTC day at which a customer acts: mostly their late morning and evening."""
    evening = world.streams.chance(0.45, "evening", key, salt)
    hour = np.where(evening, 19.5, 12.5) + 2.2 * world.streams.normal("hour", key, salt)
    second = ((hour - UTC_SHIFT[country]) * 3600).astype(np.int64)
    return np.asarray(np.clip(second, 600, 85_000))


def _device(world: World, rows: pl.DataFrame, attempt: int) -> pl.Expr:
    key = rows["key"].to_numpy()
    fresh = world.streams.chance(0.025, "fresh device", key, attempt)
    online = pl.col("channel").is_in(["card", "wallet", "transfer"])
    other = pl.concat_str(pl.lit("dvn"), (pl.col("key") % 99_991_327_003).cast(pl.String))
    used = pl.when(pl.Series(fresh)).then(other).otherwise("device_id")
    return pl.when(online).then(used)


def _country(world: World, rows: pl.DataFrame, attempt: int) -> pl.Series:
    key, home = rows["key"].to_numpy(), rows["country_at"].to_numpy()
    abroad = world.streams.chance(0.03, "abroad", key, attempt)
    away = world.streams.whole(0, len(COUNTRIES) - 1, "away", key, attempt)
    return pl.Series(np.array(COUNTRIES)[np.where(abroad, away, home)])
