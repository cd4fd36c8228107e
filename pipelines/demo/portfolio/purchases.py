"""Travel covers bought by card for one journey, refunds of them, and the thieves among buyers."""

import numpy as np
import polars as pl

from pipelines.demo.portfolio.collecting import local_second, provider_of
from pipelines.demo.portfolio.payment import payments
from pipelines.demo.portfolio.people import COUNTRIES
from pipelines.demo.world.institution import PREMIUM_ACCOUNT
from pipelines.demo.world.random_streams import Ints, identifiers
from pipelines.demo.world.timeline import DAY, World

STRANGE = ("RO", "BG", "NG", "VN", "BR", "TR", "US", "GB", "ES")
"""Countries of purchases away from home, thieves' and travellers' alike."""

_WEEKLY = 0.085
"""Purchases of a customer in a week: an assumption."""

_BURSTS, _TAKEOVERS, _SLOW, _ABUSERS = 0.0003, 0.0007, 0.008, 0.005
"""Weekly chance of a stolen card and of a taken-over account, and shares of customers with a low
and slow thief and of refund abusers: far more than in reality (some 0.1 % of card payments), so
that a small demo has frauds to learn from."""

_COVERS = ("single_trip", "europe", "worldwide", "winter_sports")
"""Covers of a journey."""


def purchases_of(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """One row per attempted purchase: buyer, moment, price, device, country and, of frauds, how.

    Honest buyers come a few times a year, more before summer and the turn of the year. Frauds:
    stolen_card (a burst of buys within the hour), new_device_abroad (one or two dear ones),
    low_and_slow (a device shared by several victims, small sums over weeks), refund_abuse (honest
    at the counter, refunded again and again).
    """
    who = people["customer"].to_numpy()
    weeks = np.arange((world.last - world.first) // 7 + 1, dtype=np.int64)
    customer, week = np.repeat(who, weeks.size), np.tile(weeks, who.size)
    streams = world.streams
    month = (world.first + 7 * weeks).astype("datetime64[D]").astype("datetime64[M]")
    season = np.array([0.8, 0.8, 0.9, 1.1, 1.1, 1.4, 1.6, 1.3, 0.9, 0.8, 0.7, 1.2])
    chance = _WEEKLY * season[month.astype(np.int64) % 12][week]
    abuser = streams.chance(_ABUSERS, "refund abuser", customer)
    slow = streams.chance(_SLOW, "slow victim", customer)
    honest = streams.chance(np.where(abuser, 3 * chance, chance), "buys", customer, week)
    family = streams.chance(0.06, "family", customer, week)
    groups = [
        _buys(customer, week, honest, np.where(family, 3, 1), 0),
        _buys(customer, week, streams.chance(_BURSTS, "burst", customer, week),
              streams.whole(4, 11, "burst size", customer, week), 1),
        _buys(customer, week, streams.chance(_TAKEOVERS, "takeover", customer, week),
              streams.whole(1, 2, "takeover size", customer, week), 2),
        _buys(customer, week, slow & streams.chance(0.12, "slow", customer, week),
              np.ones_like(week), 3),
    ]  # fmt: skip
    rows = pl.concat(groups).join(people, on="customer", how="left", maintain_order="left")
    return _dressed(world, rows).filter(pl.col("day") <= world.last)


def _buys(customer: Ints, week: Ints, chosen: object, size: Ints, kind: int) -> pl.DataFrame:
    frame = pl.DataFrame({"customer": customer, "week": week, "size": size})
    picked = frame.filter(pl.Series(np.asarray(chosen)))
    return picked.with_columns(n=pl.int_ranges(0, "size"), scheme=pl.lit(kind)).explode("n")


def _dressed(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    streams = world.streams
    who, week = rows["customer"].to_numpy(), rows["week"].to_numpy()
    n, scheme = rows["n"].to_numpy().astype(np.int64), rows["scheme"].to_numpy().astype(np.int64)
    same = (who, week, scheme)
    each = (who, week, scheme, n)
    thief = scheme > 0
    day = world.first + 7 * week + streams.pick((1, 1, 1, 1.1, 1.4, 1.3, 1.2), "weekday", *same)
    home = rows["country_at"].to_numpy()
    second = local_second(world, who * 1000 + week, home, 7)
    night = streams.whole(600, 80_000, "night", *same)
    second = np.where((scheme == 1) | (scheme == 2), night, second)
    gap = np.where(scheme == 1, streams.whole(60, 420, "gap", *each), 180)
    second = np.minimum(second + n * gap, 86_390)
    median = np.array([3_900, 4_800, 13_500, 1_900])[scheme]
    amount = streams.lognormal(median, np.where(thief, 0.5, 0.6), "price", *each).astype(np.int64)
    fresh = (scheme == 1) | (scheme == 2) & streams.chance(0.85, "thief device", *same)
    other = identifiers(streams.bits("other device", *same), 12)
    shared = identifiers(streams.bits("shared device", who // 400), 12)
    fresh = fresh | (scheme == 0) & streams.chance(0.035, "new device", *same)
    away = np.where(scheme == 2, 0.8, np.where(scheme == 1, 0.45, 0.06))
    away = np.where(scheme == 3, 0.25, away)
    device = np.where(scheme == 3, shared, np.where(fresh, other, "")).astype(str)
    strange = np.array(STRANGE)[streams.whole(0, len(STRANGE) - 1, "strange", *same)]
    country = np.where(streams.chance(away, "away", *same), strange, np.array(COUNTRIES)[home])
    reject = np.where(thief, np.where(scheme == 1, 0.3, 0.12), 0.025)
    number = (who * 1_000 + week) * 100 + scheme * 12 + n
    return rows.with_columns(
        number=pl.Series(number), day=pl.Series(day), second=pl.Series(second),
        amount=pl.Series(np.maximum(amount, 450)), place=pl.Series(country),
        used=pl.Series(device), rejected=pl.Series(streams.chance(reject, "refused", *each)),
        wallet=pl.Series(streams.chance(0.14, "wallet", *same)),
        account=pl.Series(PREMIUM_ACCOUNT[rows["currency"].to_numpy()]),
        cover=pl.Series(np.array(_COVERS)[streams.whole(0, 3, "trip", *same)]),
        abuser=pl.Series(streams.chance(_ABUSERS, "refund abuser", who)),
        policy_id=pl.format("T{}", pl.Series(number).cast(pl.String).str.zfill(14)),
    )  # fmt: skip


def purchase_payments(world: World, bought: pl.DataFrame) -> pl.DataFrame:
    """The card payments of the purchases, with when a fraud is reported, if ever.

    One row per purchase.
    """
    number = bought["number"].to_numpy()
    scheme = bought["scheme"].to_numpy().astype(np.int64)
    delay = world.streams.whole(5, 25, "report delay", number)
    is_reported = (scheme > 0) & world.streams.chance(0.82, "reported", number)
    is_reported &= ~bought["rejected"].to_numpy()
    is_reported |= world.streams.chance(0.0004, "friendly", number)
    names = np.array(["", "stolen_card", "new_device_abroad", "low_and_slow"])
    channel = pl.when(pl.col("wallet")).then(pl.lit("wallet")).otherwise(pl.lit("card"))
    rejected = pl.col("rejected")
    return payments(
        bought.with_columns(channel=channel),
        end_to_end_id=pl.format("ET{}", pl.col("number").cast(pl.String).str.zfill(14)),
        payment_id=pl.format("PMET{}", pl.col("number").cast(pl.String).str.zfill(14)),
        direction=pl.lit("incoming"),
        category=pl.lit("premium"),
        name=pl.col("full_name"),
        provider=provider_of(),
        device_id=pl.when(pl.col("used") == "").then("device_id").otherwise("used"),
        country=pl.col("place"),
        obligation_id=pl.col("policy_id") + "-01",
        started=pl.col("day") * DAY + pl.col("second") * 1_000_000,
        route=pl.lit("card"),
        fate=pl.when(rejected).then(pl.lit("rejected")).otherwise(pl.lit("paid")),
        ended=pl.when(rejected).then(pl.col("day")).otherwise(-1),
        reported=pl.when(pl.Series(is_reported))
        .then((pl.col("day") + pl.Series(delay)) * DAY + 36_000_000_000)
        .otherwise(-1),
        reason=pl.when(rejected).then(pl.lit("refused")),
        pattern=pl.when(pl.Series(scheme > 0)).then(pl.Series(names[scheme])),
        contra=pl.lit("1400"),
        text=pl.format("Travel {}", "policy_id"),
        receipt=pl.lit("premium"),
        remitted_by=provider_of(),
    )


def given_back(world: World, bought: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """Refunds and chargebacks of purchases, as outgoing payments with the sale's end-to-end id.

    One row per refund or chargeback.
    """
    number = bought["number"].to_numpy()
    abuser = bought["abuser"].to_numpy() & (bought["scheme"].to_numpy() == 0)
    refunds = world.streams.chance(np.where(abuser, 0.75, 0.022), "refunded", number)
    days = world.streams.whole(2, 20, "refund delay", number)
    rows = paid.with_columns(
        abuse=pl.Series(abuser),
        refund=pl.Series(refunds),
        later=pl.col("day") + pl.Series(days),
        disputed=pl.Series(world.streams.chance(0.9, "disputed", number))
        & (pl.col("reported") > 0),
        charged=pl.col("reported") // DAY + 3 + pl.Series(days) // 2,
    ).filter(pl.col("fate") == "paid")
    refund = _outgoing(
        rows.filter(pl.col("refund") & ~pl.col("disputed")), "RF", pl.col("later"), "REFUND"
    ).with_columns(pattern=pl.when(pl.Series(_abused(rows))).then(pl.lit("refund_abuse")))
    charge = _outgoing(rows.filter(pl.col("disputed")), "CB", pl.col("charged"), "CHARGEBACK")
    return pl.concat([refund, charge]).filter(pl.col("day") <= world.last)


def _abused(rows: pl.DataFrame) -> pl.Series:
    return rows.filter(pl.col("refund") & ~pl.col("disputed"))["abuse"]


def _outgoing(rows: pl.DataFrame, mark: str, day: pl.Expr, reason: str) -> pl.DataFrame:
    return payments(
        rows,
        payment_id=pl.col("payment_id") + mark,
        direction=pl.lit("outgoing"),
        category=pl.lit("refund"),
        started=day * DAY + 43_200_000_000,
        day=day,
        reported=pl.lit(-1, pl.Int64),
        pattern=pl.lit(None, pl.String),
        reason=pl.lit(reason),
        contra=pl.lit("2500"),
        receipt=pl.lit(None, pl.String),
        remitted_by=pl.lit(None, pl.String),
    )


def policy_terms(bought: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The policies and instalments of the purchases, in the shape of the standing ones.

    One row per policy, and one row per instalment.
    """
    sold = bought.filter(~pl.col("rejected")).with_columns(
        product=pl.lit("travel"),
        begin=pl.col("day"),
        expiry=pl.col("day") + 14,
        annual=pl.col("amount"),
        plan_at=pl.lit(2, pl.Int64),
        channel=pl.when(pl.col("wallet")).then(pl.lit("wallet")).otherwise(pl.lit("card")),
        broker_at=pl.lit(-1, pl.Int64),
        arrival=pl.col("day"),
    )
    instalments = sold.with_columns(
        obligation_id=pl.col("policy_id") + "-01",
        k=pl.lit(0, pl.Int64),
        billed=pl.col("day"),
        due=pl.col("day"),
        status=pl.lit("billed"),
    )
    return sold.with_columns(status=pl.lit("active")), instalments
