"""Velocity features: the pace, device, country and size of a payment beside those before it.

Every column looks only at payments initiated before this one, and at reports made before it, so
that it says the same whether it is computed as the payment comes in or a year later.
"""

import polars as pl

VELOCITY: tuple[str, ...] = (
    "amount_eur",
    "hour_of_day",
    "day_of_week",
    "is_wallet",
    "is_transfer",
    "is_abroad",
    "is_new_device",
    "earlier_payments",
    "payments_1h",
    "payments_24h",
    "amount_24h",
    "hours_since_last",
    "amount_over_usual",
    "other_customers_on_device",
    "reported_on_device",
    "reported_of_customer",
)
"""Columns that `with_velocity` adds."""

_AT, _WHO, _DEVICE = "event_timestamp", "payer_id", "device_id"


def with_velocity(payments: pl.DataFrame) -> pl.DataFrame:
    """Payments with the columns of `VELOCITY`.

    Args:
        payments: all there are, oldest included: `payment_id`, `payer_id`, `device_id`, `country`,
            `home_country`, `channel`, `amount_base`, `event_timestamp` (when it was
            initiated) and `fraud_reported_at`.

    Returns:
        The same rows, by time.
    """
    ordered = payments.sort(_AT, "payment_id").with_columns(
        amount_eur=pl.col("amount_base").cast(pl.Float64)
    )
    joined = (
        ordered.join(_pace(ordered, "1h", "1h"), on=[_WHO, _AT], how="left")
        .join(_pace(ordered, "24h", "24h"), on=[_WHO, _AT], how="left")
        .join(_sharing(ordered), on="payment_id", how="left")
        .sort(_AT, "payment_id")
    )
    earlier = pl.col("payment_id").cum_count().over(_WHO) - 1
    spent = pl.col("amount_eur").cum_sum().over(_WHO) - pl.col("amount_eur")
    return joined.with_columns(
        hour_of_day=pl.col(_AT).dt.hour(),
        day_of_week=pl.col(_AT).dt.weekday(),
        is_wallet=pl.col("channel") == "wallet",
        is_transfer=pl.col("channel") == "transfer",
        is_abroad=pl.col("country") != pl.col("home_country"),
        is_new_device=(pl.col(_AT) == pl.col(_AT).min().over(_WHO, _DEVICE)) & (earlier > 0),
        earlier_payments=earlier,
        hours_since_last=pl.col(_AT).diff().over(_WHO).dt.total_seconds() / 3600,
        amount_over_usual=pl.when(earlier > 0).then(pl.col("amount_eur") * earlier / spent),
        reported_on_device=_reported_before(_DEVICE),
        reported_of_customer=_reported_before(_WHO),
    )


def _pace(ordered: pl.DataFrame, period: str, name: str) -> pl.DataFrame:
    """Payments and amounts of the same customer in the time before, this one not counted."""
    return (
        ordered.rolling(index_column=_AT, group_by=_WHO, period=period, closed="left")
        .agg(
            pl.len().alias(f"payments_{name}"),
            pl.col("amount_eur").sum().alias(f"amount_{name}"),
        )
        .unique([_WHO, _AT])
    )


def _sharing(ordered: pl.DataFrame) -> pl.DataFrame:
    """How many other customers had used the device before."""
    first = (
        ordered.filter(pl.col(_DEVICE).is_not_null())
        .group_by(_DEVICE, _WHO)
        .agg(pl.min(_AT).alias("first_use"))
    )
    return (
        ordered.select("payment_id", _WHO, _DEVICE, _AT)
        .join(first.rename({_WHO: "other"}), on=_DEVICE, how="inner")
        .filter((pl.col("first_use") < pl.col(_AT)) & (pl.col("other") != pl.col(_WHO)))
        .group_by("payment_id")
        .agg(pl.len().alias("other_customers_on_device"))
        .join(ordered.select("payment_id"), on="payment_id", how="right")
        .with_columns(pl.col("other_customers_on_device").fill_null(0))
    )


def _reported_before(who: str) -> pl.Expr:
    first_report = pl.col("fraud_reported_at").min().over(who)
    return pl.col(who).is_not_null() & (first_report < pl.col(_AT)).fill_null(value=False)
