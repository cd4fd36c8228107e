"""Standing policies, their terms and renewals, and the instalments that they bill."""

import numpy as np
import polars as pl

from pipelines.demo.world.institution import BROKERS, INSURER, PREMIUM_ACCOUNT
from pipelines.demo.world.money import moment, money
from pipelines.demo.world.timeline import CURRENCIES, World

PRODUCTS = ("motor", "home", "life")
_COVERS = (("liability", "partial", "comprehensive"), ("contents", "building", "both"), ("term",))
"""Covers by product."""

_ANNUAL = np.array([68_000, 36_000, 54_000])
"""Median annual premium in minor units by product: an assumption."""

CHANNELS = ("direct_debit", "card", "transfer", "broker", "wallet")
"""How a premium is paid."""

_SLOTS = (0.82, 0.45, 0.16)
"""Share of customers that hold a first, a second and a third policy."""

_PLANS = ("monthly", "quarterly", "yearly")
"""Instalment plans, by the position that `plan_at` holds."""

_COUNTS = np.array([12, 4, 1])
"""Instalments in a year by plan."""

_BILLED_BEFORE = 14
"""Days before its due date that an instalment is billed."""

HISTORY = 120
"""Days of instalments before the first day that the registers still tell of."""


def policies_of(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """One row per policy term that begins before the horizon ends, with its first and last day."""
    slots = [_slot(world, people, slot) for slot in range(len(_SLOTS))]
    standing = pl.concat(slots)
    number = standing["policy"].to_numpy()
    terms = range((world.last - world.first + 515) // 365 + 1)
    renewed = np.ones(number.size, dtype=np.bool_)
    terms_of = []
    for term in terms:
        renewed = renewed & world.streams.chance(0.88 if term else 1.0, "renewed", number, term)
        begin = pl.col("begin") + 365 * term
        price = pl.lit(1.0 + 0.03 * term)
        terms_of.append(
            standing.filter(pl.Series(renewed)).with_columns(
                term=pl.lit(term),
                begin=begin,
                expiry=begin + 365,
                annual=(pl.col("annual") * price).round(0).cast(pl.Int64) // 100 * 100,
            )
        )
    return (
        pl.concat(terms_of)
        .filter(pl.col("begin") <= world.last + _BILLED_BEFORE)
        .filter(pl.col("expiry") > world.first - HISTORY)
        .with_columns(
            policy_id=pl.format(
                "P{}-{}",
                pl.col("policy").cast(pl.String).str.zfill(9),
                (pl.col("term") + 1).cast(pl.String).str.zfill(2),
            )
        )
    )


def _slot(world: World, people: pl.DataFrame, slot: int) -> pl.DataFrame:
    streams, customer = world.streams, people["customer"].to_numpy()
    number = customer * 10 + slot
    product = streams.pick((0.5, 0.32, 0.18), "product", number)
    cover = streams.whole(0, 2, "cover", number)
    covers = [_COVERS[p][c % len(_COVERS[p])] for p, c in zip(product, cover, strict=True)]
    channel = streams.pick((0.36, 0.26, 0.18, 0.15, 0.05), "channel", number)
    begin = world.first + streams.whole(-365, 150, "begin", number)
    firsts = begin.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]")
    begin = np.where(streams.chance(0.5, "month start", number), firsts.astype(np.int64), begin)
    annual = streams.lognormal(_ANNUAL[product], 0.35, "annual", number).round(-2).astype(np.int64)
    broker = streams.whole(0, len(BROKERS) - 1, "broker", number)
    frame = people.select(
        "customer", "customer_id", "currency", "behaviour", "full_name", "iban", "device_id"
    ).with_columns(
        policy=pl.Series(number),
        product=pl.Series(np.array(PRODUCTS)[product]),
        cover=pl.Series(covers, dtype=pl.String),
        channel=pl.Series(np.array(CHANNELS)[channel]),
        plan_at=pl.Series(streams.pick((0.62, 0.2, 0.18), "plan", number)),
        begin=pl.Series(begin),
        annual=pl.Series(annual),
        broker_at=pl.Series(np.where(channel == 3, broker, -1)),
    )
    return frame.filter(pl.Series(streams.chance(_SLOTS[slot], "holds", number)))


def instalments_of(world: World, policies: pl.DataFrame) -> pl.DataFrame:
    """One row per instalment of the terms, due monthly, quarterly or at once."""
    counts = _COUNTS[policies["plan_at"].to_numpy()]
    expanded = policies.with_columns(count=pl.Series(counts)).with_columns(
        k=pl.int_ranges(0, pl.col("count"))
    )
    rows = expanded.explode("k").with_columns(
        due=pl.col("begin").cast(pl.Int32).cast(pl.Date)
        .dt.offset_by(pl.format("{}mo", pl.col("k") * 12 // pl.col("count")))
        .cast(pl.Int32).cast(pl.Int64),
        part=pl.col("annual") // pl.col("count"),
    )  # fmt: skip
    last = pl.col("k") == pl.col("count") - 1
    return rows.with_columns(
        amount=pl.when(last)
        .then(pl.col("annual") - pl.col("part") * (pl.col("count") - 1))
        .otherwise("part"),
        key=(pl.col("policy") * 8 + pl.col("term")) * 16 + pl.col("k"),
        owner=pl.col("policy") * 8 + pl.col("term"),
        obligation_id=pl.format(
            "{}-{}", "policy_id", (pl.col("k") + 1).cast(pl.String).str.zfill(2)
        ),
        account=pl.Series(PREMIUM_ACCOUNT)[0] if not rows.height else _account(rows),
        kind=pl.lit("premium"),
        billed=pl.max_horizontal(
            pl.col("begin") - _BILLED_BEFORE, pl.lit(world.first - HISTORY, pl.Int64)
        ),
    ).filter(pl.col("due") > world.first - HISTORY)


def _account(rows: pl.DataFrame) -> pl.Series:
    return pl.Series(PREMIUM_ACCOUNT[rows["currency"].to_numpy()])


def policy_rows(world: World, policies: pl.DataFrame, lapsed: pl.DataFrame) -> pl.DataFrame:
    """Rows of `policies`: each term when it is written, and again when it lapses or expires.

    Args:
        world: the world.
        policies: from `policies_of`.
        lapsed: owner and lapse day of the terms whose premium stayed unpaid.
    """
    keyed = policies.with_columns(owner=pl.col("policy") * 8 + pl.col("term")).join(
        lapsed, on="owner", how="left", maintain_order="left"
    )
    begins = keyed.with_columns(
        arrival=pl.max_horizontal(pl.col("begin") - 14, pl.lit(world.first, pl.Int64)),
        status=pl.lit("active"),
    )
    ends = keyed.with_columns(
        arrival=pl.min_horizontal("lapse", "expiry"),
        status=pl.when(pl.col("lapse") < pl.col("expiry"))
        .then(pl.lit("lapsed"))
        .otherwise(pl.lit("expired")),
    ).with_columns(arrival=pl.max_horizontal("arrival", pl.lit(world.first, pl.Int64)))
    over = pl.min_horizontal("lapse", "expiry") <= world.first
    return pl.concat([begins.filter(~over), ends]).select(policy_columns())


def policy_columns() -> list[pl.Expr]:
    """The contract's columns of a policy, from a frame of terms with arrival and status."""
    entity = "CH-INS"
    return [
        pl.col("arrival"),
        pl.col("policy_id"),
        pl.lit(entity).alias("entity_id"),
        pl.col("customer_id"),
        pl.col("product"),
        pl.col("cover"),
        pl.col("begin").cast(pl.Int32).cast(pl.Date).alias("inception_date"),
        pl.col("expiry").cast(pl.Int32).cast(pl.Date).alias("expiry_date"),
        pl.col("status"),
        money("annual").alias("annual_premium"),
        pl.col("currency").replace_strict([0, 1, 2], list(CURRENCIES), return_dtype=pl.String),
        pl.col("plan_at")
        .replace_strict([0, 1, 2], list(_PLANS), return_dtype=pl.String)
        .alias("instalment_plan"),
        pl.col("channel").alias("payment_channel"),
        pl.col("broker_at")
        .replace_strict(list(range(len(BROKERS))), list(BROKERS), default=None)
        .cast(pl.String)
        .alias("broker"),
        moment(pl.col("arrival"), 5).alias("updated_at"),
    ]


def instalment_rows(world: World, instalments: pl.DataFrame) -> pl.DataFrame:
    """Rows of `premium_instalments`: each when billed, and again when its policy lapsed."""
    billed = instalments.with_columns(
        arrival=pl.max_horizontal("billed", pl.lit(world.first, pl.Int64)), status=pl.lit("billed")
    )
    cancelled = instalments.filter(pl.col("cancelled")).with_columns(
        arrival=pl.max_horizontal("lapse", pl.lit(world.first, pl.Int64)),
        status=pl.lit("cancelled"),
    )
    never = pl.col("cancelled") & (pl.col("lapse") <= pl.max_horizontal("billed", world.first))
    return pl.concat([billed.filter(~never), cancelled]).select(instalment_columns())


def instalment_columns() -> list[pl.Expr]:
    """The contract's columns of an instalment, from a frame with arrival and status."""
    return [
        pl.col("arrival"),
        pl.col("obligation_id").alias("instalment_id"),
        pl.col("policy_id"),
        pl.col("customer_id"),
        pl.lit(("CH-INS", "CH-LEND")[INSURER]).alias("entity_id"),
        (pl.col("k") + 1).alias("instalment_number"),
        pl.col("billed").cast(pl.Int32).cast(pl.Date).alias("billed_date"),
        pl.col("due").cast(pl.Int32).cast(pl.Date).alias("due_date"),
        money("amount").alias("amount"),
        pl.col("currency").replace_strict([0, 1, 2], list(CURRENCIES), return_dtype=pl.String),
        pl.col("status"),
        moment(pl.col("arrival"), 5).alias("updated_at"),
    ]
