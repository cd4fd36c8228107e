"""Claims that develop: a loss, a report weeks later, reserves that move, payments, recoveries."""

import numpy as np
import polars as pl

from pipelines.demo.portfolio.payment import payments
from pipelines.demo.portfolio.people import mule_account
from pipelines.demo.world.iban import BANKS, ibans
from pipelines.demo.world.institution import CLAIM_ACCOUNT
from pipelines.demo.world.money import currency_code, moment, money, on
from pipelines.demo.world.random_streams import Ints
from pipelines.demo.world.timeline import AHEAD, DAY, World

_MONTHLY = {"motor": 0.023, "home": 0.015, "life": 0.0018}
"""Claims of a policy in a month: frequent enough that a small demo has claims of each product."""

_CAUSES = {
    "motor": ("collision", "theft", "glass", "weather"),
    "home": ("water", "fire", "burglary", "storm"),
    "life": ("death", "disability", "death", "disability"),
}
"""Causes of loss by product."""

_SEVERITY = {"motor": 140_000, "home": 110_000, "life": 900_000}
"""Median ultimate amount in minor units by product: an assumption."""

_BACK = 360
"""Days before the first day whose losses are simulated: a claim is paid within a year."""

_STEPS = 3
"""Times that a reserve is set: when reported, after three and after eight weeks."""


def claims_of(world: World, policies: pl.DataFrame) -> pl.DataFrame:
    """One row per claim with loss and report day, ultimate amount, and how it will be paid."""
    streams = world.streams
    base = policies
    number = base["policy"].to_numpy()
    months = np.arange((world.last - world.first + _BACK) // 30 + 1, dtype=np.int64)
    rows = base.select(
        "policy",
        "policy_id",
        "customer_id",
        "customer",
        "currency",
        "product",
        "full_name",
        "iban",
        "begin",
        "expiry",
    )[np.repeat(np.arange(base.height), months.size)]
    policy, month = np.repeat(number, months.size), np.tile(months, number.size)
    start = world.first - _BACK + 30 * month
    winter = 1.0 + 0.35 * np.cos(2 * np.pi * ((start + 10) % 365) / 365)
    chance = rows["product"].replace_strict(_MONTHLY, return_dtype=pl.Float64).to_numpy() * winter
    hits = streams.chance(chance, "loss", policy, month)
    rows, policy, month = rows.filter(pl.Series(hits)), policy[hits], month[hits]
    claim = policy * 1000 + month
    loss = start[hits] + streams.whole(0, 29, "loss day", claim)
    report = loss + 1 + streams.lognormal(7, 1.0, "report lag", claim).astype(np.int64)
    median = rows["product"].replace_strict(_SEVERITY, return_dtype=pl.Float64).to_numpy()
    ultimate = streams.lognormal(median, 0.9, "severity", claim).astype(np.int64) + 5_000
    at = streams.whole(0, 3, "cause", claim)
    causes = [_CAUSES[p][k] for p, k in zip(rows["product"], at, strict=True)]
    return rows.with_columns(
        claim=pl.Series(claim),
        claim_id=pl.format("K{}", pl.Series(claim)),
        loss=pl.Series(loss),
        report=pl.Series(report),
        ultimate=pl.Series(ultimate),
        cause=pl.Series(causes, dtype=pl.String),
        rejected=pl.Series(streams.chance(0.09, "claim rejected", claim)),
        count=pl.Series(1 + streams.pick((0.6, 0.25, 0.1, 0.05), "payments", claim)),
        account=pl.Series(CLAIM_ACCOUNT[rows["currency"].to_numpy()]),
    ).filter(
        (pl.col("report") <= world.last)
        & (pl.col("loss") >= pl.col("begin"))
        & (pl.col("loss") < pl.col("expiry"))
    )


def movements_of(world: World, claims: pl.DataFrame) -> pl.DataFrame:
    """One row per movement of a claim: reserve, paid or recovery, with its day and step."""
    reserves = [_reserve(world, claims, step) for step in range(_STEPS)]
    paid = _paid(world, claims)
    release = paid.with_columns(kind=pl.lit("reserve"), amount=-pl.col("amount"))
    recovered = _recovered(world, claims)
    rows = pl.concat([*reserves, paid, release, recovered], how="diagonal")
    return rows.filter(pl.col("day") <= world.last + AHEAD).sort("claim", "day", "kind", "step")


def _reserve(world: World, claims: pl.DataFrame, step: int) -> pl.DataFrame:
    claim = claims["claim"].to_numpy()
    guess = _guess(world, claims, claim, step)
    before = _guess(world, claims, claim, step - 1) if step else np.zeros_like(guess)
    day = claims["report"].to_numpy() + np.array([0, 21, 55])[step]
    return claims.with_columns(
        kind=pl.lit("reserve"),
        step=pl.lit(step, pl.Int64),
        day=pl.Series(day),
        amount=pl.Series(guess - before),
    ).filter(pl.col("amount") != 0)


def _guess(world: World, claims: pl.DataFrame, claim: Ints, step: int) -> Ints:
    truth = claims["ultimate"].to_numpy()
    if step == _STEPS - 1:
        return np.where(claims["rejected"].to_numpy(), 0, truth).astype(np.int64)
    error = np.exp(world.streams.normal("reserve", claim, step) * (0.45, 0.2)[step])
    return np.round(truth * error, -2).astype(np.int64)


def _paid(world: World, claims: pl.DataFrame) -> pl.DataFrame:
    rows = (
        claims.filter(~pl.col("rejected"))
        .with_columns(
            step=pl.int_ranges(0, pl.col("count")), part=pl.col("ultimate") // pl.col("count")
        )
        .explode("step")
    )
    claim, step = rows["claim"].to_numpy(), rows["step"].to_numpy().astype(np.int64)
    gap = world.streams.lognormal(20, 0.4, "payment gap", claim, step).astype(np.int64)
    day = rows["report"].to_numpy() + 58 + step * 26 + gap
    day = np.where(rows["ultimate"].to_numpy() < 80_000, day - 48, day)
    day = world.calendars.business(rows["currency"].to_numpy(), np.maximum(day, 0))
    last = pl.col("step") == pl.col("count") - 1
    return rows.with_columns(
        kind=pl.lit("paid"),
        day=pl.Series(day),
        amount=pl.when(last)
        .then(pl.col("ultimate") - pl.col("part") * (pl.col("count") - 1))
        .otherwise("part"),
    )


def _recovered(world: World, claims: pl.DataFrame) -> pl.DataFrame:
    rows = claims.filter((pl.col("product") == "motor") & ~pl.col("rejected"))
    claim = rows["claim"].to_numpy()
    day = rows["report"].to_numpy() + 120 + world.streams.whole(0, 60, "recovery day", claim)
    share = 0.2 + 0.6 * world.streams.uniform("recovery share", claim)
    amount = np.maximum((rows["ultimate"].to_numpy() * share).astype(np.int64), 100)
    return rows.with_columns(
        kind=pl.lit("recovery"),
        step=pl.lit(0, pl.Int64),
        day=pl.Series(world.calendars.business(rows["currency"].to_numpy(), day)),
        amount=pl.Series(amount),
    ).filter(pl.Series(world.streams.chance(0.14, "recovers", claim)))


def with_payees(world: World, moves: pl.DataFrame) -> pl.DataFrame:
    """The movements with who is paid where: the customer, a workshop, or a thief's account.

    One row per movement on a claim.
    """
    claim, step = moves["claim"].to_numpy(), moves["step"].to_numpy().astype(np.int64)
    shop = world.streams.chance(0.22, "workshop", claim)
    which = world.streams.whole(0, 39, "which workshop", claim)
    stolen = world.streams.chance(0.05, "payee changed", claim, step)
    new_account = world.streams.chance(0.04, "moved bank", claim)
    shops = ibans("DE", BANKS["DE"][1], 1_200_000_000 + which * 7_919)
    fresh = ibans("NL", BANKS["NL"][0], 10**9 + claim % 10**9)
    paid = pl.col("kind") == "paid"
    return moves.with_columns(
        stolen=paid & pl.Series(stolen),
        payee=pl.when(pl.Series(shop))
        .then(pl.format("Werkstatt und Reparatur {}", pl.Series(which)))
        .otherwise("full_name"),
        payee_account=pl.when(paid & pl.Series(stolen))
        .then(mule_account(world, claim // 3_000_000))
        .when(pl.Series(shop))
        .then(shops)
        .when(pl.Series(new_account))
        .then(fresh)
        .otherwise("iban"),
        reference=pl.format(
            "EC{}{}{}",
            pl.col("claim").cast(pl.String).str.zfill(13),
            pl.when(paid).then(pl.lit("P")).otherwise(pl.lit("R")),
            pl.col("step"),
        ),
    ).with_columns(reference=pl.when(pl.col("kind") != "reserve").then("reference"))


def claim_payments(world: World, moves: pl.DataFrame) -> pl.DataFrame:
    """Outgoing payments of claims and incoming recoveries, from the first day on.

    One row per payment, in the columns of `PAYMENT`.
    """
    rows = moves.filter((pl.col("kind") != "reserve") & (pl.col("day") >= world.first))
    claim, step = rows["claim"].to_numpy(), rows["step"].to_numpy().astype(np.int64)
    paid = pl.col("kind") == "paid"
    is_reported = rows["stolen"].to_numpy() & world.streams.chance(
        0.85, "theft reported", claim, step
    )
    delay = world.streams.whole(5, 25, "theft delay", claim, step)
    return payments(
        rows,
        end_to_end_id=pl.col("reference"),
        payment_id="PM" + pl.col("reference"),
        direction=pl.when(paid).then(pl.lit("outgoing")).otherwise(pl.lit("incoming")),
        category=pl.lit("claim"),
        name=pl.when(paid).then("payee").otherwise(pl.lit("Haftpflicht Gegenseite AG")),
        iban=pl.when(paid).then("payee_account"),
        channel=pl.lit("transfer"),
        provider=pl.lit("bank"),
        obligation_id=_movement_id(),
        started=(pl.col("day") - 1) * DAY
        + 32_400_000_000
        + pl.Series(world.streams.whole(0, 25_000, "claim second", claim, step)) * 1_000_000,
        route=pl.when(~paid)
        .then(pl.lit("transfer"))
        .when(pl.col("account") == 1)
        .then(pl.lit("batch"))
        .otherwise(pl.lit("single")),
        fate=pl.lit("paid"),
        ended=pl.lit(-1, pl.Int64),
        reported=pl.when(pl.Series(is_reported))
        .then((pl.col("day") + pl.Series(delay)) * DAY + 39_600_000_000)
        .otherwise(-1),
        pattern=pl.when("stolen").then(pl.lit("payee_changed")),
        contra=pl.when(paid).then(pl.lit("2200")).otherwise(pl.lit("1600")),
        text=pl.format("Claim {}", "claim_id"),
    )


def _movement_id() -> pl.Expr:
    letter = pl.col("kind").replace_strict(
        {"reserve": "S", "paid": "P", "recovery": "R"}, return_dtype=pl.String
    )
    release = pl.when(
        (pl.col("kind") == "reserve") & (pl.col("amount") < 0) & pl.col("part").is_not_null()
    )
    return pl.format("{}-{}{}", "claim_id", release.then(pl.lit("X")).otherwise(letter), "step")


def transaction_rows(world: World, moves: pl.DataFrame) -> pl.DataFrame:
    """Rows of `claim_transactions`; what happened before the first day comes on the first day."""
    return moves.select(
        arrival=pl.max_horizontal("day", pl.lit(world.first, pl.Int64)),
        claim_transaction_id=_movement_id(),
        claim_id="claim_id",
        transaction_type="kind",
        transaction_date=on("day"),
        amount=money("amount"),
        currency=currency_code(),
        payment_reference="reference",
        payee_name=pl.when(pl.col("kind") == "paid").then("payee"),
        payee_account=pl.when(pl.col("kind") == "paid").then("payee_account"),
    )


def claim_rows(world: World, claims: pl.DataFrame, moves: pl.DataFrame) -> pl.DataFrame:
    """Rows of `claims`: a new state on each day that the reserve moves, the last one closed."""
    daily = (
        moves.filter(pl.col("kind") == "reserve")
        .group_by("claim", "day", maintain_order=True)
        .agg(change=pl.col("amount").sum())
        .with_columns(left=pl.col("change").cum_sum().over("claim"))
    )
    with_claim = daily.join(claims, on="claim", how="left", maintain_order="left")
    arrival = pl.max_horizontal("day", pl.lit(world.first, pl.Int64))
    done = (pl.col("left") <= 0) & (pl.col("day") > pl.col("report") + 5)
    rows = with_claim.with_columns(arrival=arrival).unique(
        ["claim", "arrival"], keep="last", maintain_order=True
    )
    return rows.select(
        "arrival",
        "claim_id",
        "policy_id",
        "customer_id",
        entity_id=pl.lit("CH-INS"),
        loss_date=on("loss"),
        reported_date=on("report"),
        cause="cause",
        status=pl.when(done & pl.col("rejected"))
        .then(pl.lit("rejected"))
        .when(done)
        .then(pl.lit("closed"))
        .otherwise(pl.lit("open")),
        reserve_amount=money(pl.col("left").clip(lower_bound=0)),
        currency=currency_code(),
        updated_at=moment(pl.col("day"), 17),
    )
