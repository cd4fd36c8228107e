"""Journals without cash: what is earned, due, reserved, and what providers owe us."""

import polars as pl

from pipelines.demo.books.journals import JOURNAL_LINE, pair
from pipelines.demo.formats.providers import SettledCards
from pipelines.demo.world.institution import (
    ACCOUNT_CURRENCY,
    ACCOUNT_ENTITY,
    GROUP,
    INSURER,
    LENDER,
)

_SIDES = {
    "premium": ("1400", "4000", INSURER, "premium", "Premiums due"),
    "interest": ("1500", "4100", LENDER, "loan", "Interest due"),
    "reserve": ("5000", "2200", INSURER, "claim", "Claims reserve"),
    "recovery": ("1600", "5000", INSURER, "claim", "Recoveries"),
    "supplier": ("6100", "2100", GROUP, "payment", "Invoices"),
    "payroll": ("6000", "2300", GROUP, "payroll", "Wages"),
    "tax": ("6300", "2400", INSURER, "payment", "Insurance tax"),
    "refund": ("4000", "2500", INSURER, "premium", "Premiums given back"),
}
"""Debit and credit account, entity, document type and text of each kind of accrual."""


def journals(paid: pl.DataFrame, settled: SettledCards, accruals: pl.DataFrame) -> pl.DataFrame:
    """The journals of a window that touch no bank account.

    One row per journal line, in the columns of `books.journals`.

    Args:
        paid: payments of the window.
        settled: the providers' side of its card payments.
        accruals: day, kind, currency and sum of what the registers accrue.
    """
    own = paid.filter(pl.col("category").is_in(["supplier", "payroll", "tax", "refund"])).select(
        "day",
        "amount",
        kind="category",
        currency=pl.col("account").replace_strict(
            list(range(len(ACCOUNT_CURRENCY))), ACCOUNT_CURRENCY.tolist(), return_dtype=pl.Int64
        ),
    )
    sums = (
        pl.concat([accruals.select("day", "amount", "kind", "currency"), own])
        .group_by("day", "kind", "currency")
        .agg(pl.col("amount").sum())
    )
    journals_made = [_accrued(sums.filter(pl.col("kind") == kind), kind) for kind in _SIDES]
    return pl.concat([pl.DataFrame(schema=JOURNAL_LINE), *journals_made, _card_sales(settled)])


def _accrued(sums: pl.DataFrame, kind: str) -> pl.DataFrame:
    debit, credit, entity, document, text = _SIDES[kind]
    return pair(
        sums,
        debit,
        credit,
        journal=pl.format("5-{}-{}", "kind", "currency"),
        entity=pl.lit(entity),
        document_type=pl.lit(document),
        text=pl.lit(text),
        account=pl.lit(None),
    )


def _card_sales(settled: SettledCards) -> pl.DataFrame:
    positions = list(range(len(ACCOUNT_CURRENCY)))
    adyen = pl.col("provider") == "adyen"
    receivable = pl.when(adyen).then(pl.lit("1310")).otherwise(pl.lit("1320"))
    return pair(
        settled.lines.with_columns(amount=pl.col("signed")),
        receivable,
        pl.col("contra"),
        journal=pl.format("2-{}", "payment_id"),
        entity=pl.col("account").replace_strict(
            positions, ACCOUNT_ENTITY.tolist(), return_dtype=pl.Int64
        ),
        currency=pl.col("account").replace_strict(
            positions, ACCOUNT_CURRENCY.tolist(), return_dtype=pl.Int64
        ),
        reference=pl.col("end_to_end_id"),
        document_type=pl.lit("receipt"),
        account=pl.lit(None),
    )
