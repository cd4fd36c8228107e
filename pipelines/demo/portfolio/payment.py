"""The frame of payments that every part of the simulation adds to."""

from collections.abc import Mapping

import polars as pl

PAYMENT: Mapping[str, pl.DataType] = {
    "payment_id": pl.String(),
    "end_to_end_id": pl.String(),
    "direction": pl.String(),
    "category": pl.String(),
    "account": pl.Int64(),
    "customer_id": pl.String(),
    "name": pl.String(),
    "iban": pl.String(),
    "amount": pl.Int64(),
    "channel": pl.String(),
    "provider": pl.String(),
    "device_id": pl.String(),
    "country": pl.String(),
    "obligation_id": pl.String(),
    "started": pl.Int64(),
    "day": pl.Int64(),
    "route": pl.String(),
    "fate": pl.String(),
    "ended": pl.Int64(),
    "reported": pl.Int64(),
    "reason": pl.String(),
    "pattern": pl.String(),
    "lump": pl.String(),
    "contra": pl.String(),
    "text": pl.String(),
    "receipt": pl.String(),
    "remitted_by": pl.String(),
}
"""One row per payment of the hub.

`amount` is in minor units; `started` and `reported` (of a fraud) are microseconds since 1970, `day`
is the day it settles (a card payment: is captured), `ended` the day it comes back; `fate` is paid,
rejected or returned; `route` says how it reaches the bank: transfer, direct_debit, card, broker,
batch, single or payroll; payments of one `lump` are booked as one; `receipt` is the obligation's
kind where the payment is one's receipt."""


def payments(frame: pl.DataFrame, **columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A frame of payments: the given columns, null where a column is not given.

    One row per payment, in the columns of `PAYMENT`.
    """
    filled = frame.with_columns(**columns)
    return filled.select(
        (pl.col(name) if name in filled.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in PAYMENT.items()
    )


def none() -> pl.DataFrame:
    """No payments.

    No rows, in the columns of a payment.
    """
    return pl.DataFrame(schema=PAYMENT)
