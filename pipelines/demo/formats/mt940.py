"""Statements as SWIFT MT940, each field of :86: on a line of its own."""

import polars as pl

from pipelines.demo.bank.statements import Statements
from pipelines.demo.world.institution import BANKS, accounts
from pipelines.demo.world.money import money, on
from pipelines.demo.world.timeline import CURRENCIES

_LINE = 65
"""Characters of a line of field 86: SWIFT allows 65."""


def documents(stated: Statements, bank: int) -> pl.DataFrame:
    """One document per day of one bank: `bank_day` and its `text`."""
    account_indices = [account.index for account in accounts() if account.bank == bank]
    rows = stated.rows.filter(pl.col("account").is_in(account_indices))
    heads = stated.heads.filter(pl.col("account").is_in(account_indices))
    entries = (
        _entries(rows)
        .group_by("account", "bank_day", maintain_order=True)
        .agg(body=pl.col("lines").str.join(""))
    )
    return (
        heads.join(entries, on=["account", "bank_day"], how="left", maintain_order="left")
        .with_columns(text=_statement(bank))
        .sort("bank_day", "account")
        .group_by("bank_day", maintain_order=True)
        .agg(text=pl.col("text").str.join(""))
    )


def _mark(minor: pl.Expr) -> pl.Expr:
    return pl.when(minor < 0).then(pl.lit("D")).otherwise(pl.lit("C"))


def _comma(minor: pl.Expr) -> pl.Expr:
    return money(minor.abs()).str.replace(".", ",", literal=True)


def _entries(rows: pl.DataFrame) -> pl.DataFrame:
    day = on("bank_day")
    amount = pl.col("amount")
    reference = pl.format("//HT{}{}", day.dt.strftime("%m%d"), pl.col("entry_index"))
    code = pl.col("code").replace_strict(
        {
            "PMNT-IDDT-ESDD": "NDDT", "PMNT-IDDT-UPDD": "NRTI", "ACMT-MDOP-CHRG": "NCHG",
        },
        default="NTRF", return_dtype=pl.String,
    )  # fmt: skip

    def line(tag: str, content: pl.Expr) -> pl.Expr:
        cut = pl.concat_str(pl.lit(tag), content).str.slice(0, _LINE)
        return pl.when(content.is_not_null()).then(cut + pl.lit("\r\n")).otherwise(pl.lit(""))

    iban = pl.col("iban")
    return rows.with_columns(
        lines=pl.concat_str(
            pl.lit(":61:"), day.dt.strftime("%y%m%d%m%d"), _mark(amount), _comma(amount), code,
            pl.lit("NONREF"), reference, pl.lit("\r\n:86:"),
            line("/EREF/", pl.col("shown_id").fill_null("NOTPROVIDED")),
            line("/OCMT/", pl.format("{}{}", "instructed_in", _comma(pl.col("instructed")))),
            line("/EXCH/", pl.col("rate").cast(pl.String).str.replace(".", ",", literal=True)),
            line("/IBAN/", iban),
            line("/NAME/", pl.col("shown_name")),
            line("/REMI/", pl.col("remittance_plain")),
        )
    )  # fmt: skip


def _statement(bank: int) -> pl.Expr:
    own_accounts = accounts()
    positions = list(range(len(own_accounts)))
    iban = pl.col("account").replace_strict(
        positions, [a.iban for a in own_accounts], return_dtype=pl.String
    )
    currency = pl.col("account").replace_strict(
        positions, [CURRENCIES[a.currency] for a in own_accounts], return_dtype=pl.String
    )
    parts = pl.col("statement_id").str.splitn("/", 2).struct
    day = on("bank_day").dt.strftime("%y%m%d")
    opening, closing = pl.col("opening"), pl.col("printed")
    swift = f"{{1:F01{BANKS[bank].bic[:8]}AXXX0000000000}}{{2:I940CNTGDEFFXXXXN}}{{4:\r\n"
    return pl.concat_str(
        pl.lit(swift),
        pl.lit(":20:"), parts.field("field_0"),
        pl.lit("\r\n:25:"), iban,
        pl.lit("\r\n:28C:"), parts.field("field_1"),
        pl.lit("\r\n:60F:"), _mark(opening), on("previous").dt.strftime("%y%m%d"), currency,
        _comma(opening), pl.lit("\r\n"),
        pl.col("body").fill_null(""),
        pl.lit(":62F:"), _mark(closing), day, currency, _comma(closing), pl.lit("\r\n-}\r\n"),
    )  # fmt: skip
