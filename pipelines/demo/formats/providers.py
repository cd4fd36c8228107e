"""Card payments at their providers: reports by day, fees, and the payouts that follow."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demo.world.institution import ACCOUNT_CURRENCY, ACCOUNT_ENTITY, ENTITIES, accounts
from pipelines.demo.world.random_streams import identifiers
from pipelines.demo.world.timeline import CURRENCIES, World


@dataclass(frozen=True, slots=True)
class SettledCards:
    """Lines of provider reports (one per capture, refund or chargeback) and their payouts."""

    lines: pl.DataFrame
    payouts: pl.DataFrame


def settle_cards(world: World, paid: pl.DataFrame) -> SettledCards:
    """The provider's side of card payments; each day of each account is one report and payout.

    Args:
        world: the world.
        paid: payments of the window, all routes.
    """
    cards = paid.filter((pl.col("route") == "card") & (pl.col("fate") == "paid"))
    rows = _lines(world, cards)
    payouts = (
        rows.filter("reported_line")
        .group_by("provider", "account", "day", maintain_order=True)
        .agg(net=pl.col("net").sum(), fee=pl.col("fee").sum(), gross=pl.col("signed").sum())
        .filter(pl.col("net") != 0)
    )
    payouts = _payouts(world, payouts)
    payout_of = payouts.select("provider", "account", "day", "payout_id", "batch", "arrives")
    joined = rows.join(
        payout_of, on=["provider", "account", "day"], how="left", maintain_order="left"
    )
    return SettledCards(joined, payouts)


def _lines(world: World, cards: pl.DataFrame) -> pl.DataFrame:
    key = cards["payment_id"].hash(world.streams.seed).to_numpy().view(np.int64)
    streams = world.streams
    adyen = (cards["provider"] == "adyen").to_numpy()
    amount = cards["amount"].to_numpy()
    sale = (cards["direction"] == "incoming").to_numpy()
    interchange = np.where(adyen & sale, np.round(amount * 0.003), 0).astype(np.int64)
    scheme = np.where(adyen & sale, np.maximum(np.round(amount * 0.0012), 1), 0).astype(np.int64)
    markup = np.where(adyen & sale, np.maximum(np.round(amount * 0.004), 5), 0).astype(np.int64)
    charge = (cards["reason"] == "CHARGEBACK").fill_null(value=False).to_numpy()
    flat = np.where(charge, 1_500, 0)
    stripe = np.where(sale, np.round(amount * 0.0149).astype(np.int64) + 25, flat)
    fee = np.where(adyen, interchange + scheme + markup, stripe).astype(np.int64)
    commission = np.where(adyen & ~sale, np.where(charge, 750, 0), 0)
    fee = fee + commission
    signed = np.where(sale, amount, -amount)
    method = np.array(["visa", "mc", "amex"])[streams.pick((0.55, 0.38, 0.07), "brand", key)]
    kind = np.where(sale, "sale", np.where(charge, "chargeback", "refund"))
    lost = streams.chance(0.003, "report gap", key) & sale
    return cards.with_columns(
        kind=pl.Series(kind),
        signed=pl.Series(signed),
        fee=pl.Series(fee),
        net=pl.Series(signed - fee),
        interchange=pl.Series(interchange),
        scheme=pl.Series(scheme),
        markup=pl.Series(markup),
        commission=pl.Series(commission),
        method=pl.Series(method),
        reported_line=pl.Series(~lost),
        psp=pl.Series((10**15 + streams.bits("psp", key) % np.uint64(9 * 10**15)).astype(np.int64)),
        modification=pl.Series(
            (10**15 + streams.bits("mod", key) % np.uint64(9 * 10**15)).astype(np.int64)
        ),
        token=pl.Series(identifiers(streams.bits("token", key), 16)),
        source=pl.Series(identifiers(streams.bits("source", key), 16)),
    )


def _payouts(world: World, payouts: pl.DataFrame) -> pl.DataFrame:
    account, day = payouts["account"].to_numpy(), payouts["day"].to_numpy()
    adyen = (payouts["provider"] == "adyen").to_numpy()
    streams = world.streams
    salt = np.where(adyen, 1, 2)
    arrives = world.calendars.business(ACCOUNT_CURRENCY[account], day + 2)
    late = streams.pick((0.82, 0.18), "payout booked", account, day, salt)
    batch = day - world.first + 101
    wire = streams.bits("wire", account, day, salt) % np.uint64(10**9)
    token = identifiers(streams.bits("payout", account, day, salt), 16)
    merchants = [
        f"{ENTITIES[a.entity].replace('-', '')}_{CURRENCIES[a.currency]}" for a in accounts()
    ]
    adyen_id = pl.format("TX{}XT", pl.Series(wire.astype(np.int64)).cast(pl.String).str.zfill(9))
    at_adyen = pl.Series(adyen)
    stripe_id = pl.Series(np.char.add("po_", token))
    shown = pl.Series(streams.chance(0.55, "payout shown", account, day, salt))
    return payouts.with_columns(
        batch=pl.Series(batch),
        arrives=pl.Series(arrives),
        booked=pl.Series(world.calendars.business(ACCOUNT_CURRENCY[account], arrives, late)),
        merchant=pl.col("account").replace_strict(
            list(range(len(merchants))), merchants, return_dtype=pl.String
        ),
        entity=pl.Series(ACCOUNT_ENTITY[account]),
        payout_id=pl.when(at_adyen).then(adyen_id).otherwise(stripe_id),
        payer=pl.when(at_adyen).then(pl.lit("Adyen N.V.")).otherwise(pl.lit("Stripe Payments")),
        receivable=pl.when(at_adyen).then(pl.lit("1310")).otherwise(pl.lit("1320")),
        shows=pl.when(at_adyen | shown).then(pl.lit("text")).otherwise(pl.lit("none")),
    ).with_columns(
        bank_text=pl.when(at_adyen)
        .then(pl.format("{} batch {}, {}", "payout_id", "batch", "merchant"))
        .when(shown)
        .then(pl.format("STRIPE PAYOUT {}", "payout_id"))
        .otherwise(pl.lit("STRIPE PAYOUT"))
    )
