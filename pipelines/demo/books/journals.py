"""The general ledger: journals of two or more lines that balance in each currency."""

from collections.abc import Mapping

import polars as pl

from pipelines.demo.books.cash import MOVEMENT
from pipelines.demo.world.institution import (
    ACCOUNT_CURRENCY,
    ACCOUNT_ENTITY,
    BANKS,
    ENTITIES,
    accounts,
)
from pipelines.demo.world.money import currency_code, on, positive
from pipelines.demo.world.random_streams import Ints
from pipelines.demo.world.timeline import DAY, World

JOURNAL_LINE: Mapping[str, pl.DataType] = {
    "journal": pl.String(),
    "day": pl.Int64(),
    "line": pl.Int64(),
    "entity": pl.Int64(),
    "account_code": pl.String(),
    "bank_account_id": pl.String(),
    "amount": pl.Int64(),
    "currency": pl.Int64(),
    "reference": pl.String(),
    "document_type": pl.String(),
    "name": pl.String(),
    "iban": pl.String(),
    "text": pl.String(),
    "gid": pl.String(),
    "defect": pl.String(),
    "note": pl.String(),
    "account": pl.Int64(),
}
"""One row per journal line before numbering; `amount` is debit minus credit in minor units."""

_FX_POSITION = "1900"
"""The account of the exchange position, in `CHART`."""


def journal_lines(frame: pl.DataFrame, **columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A frame of journal lines, null where a column is not given."""
    filled = frame.with_columns(**columns)
    return filled.select(
        (pl.col(name) if name in filled.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in JOURNAL_LINE.items()
    )


def _at(values: list[str] | list[int], dtype: pl.DataType, column: str) -> pl.Expr:
    return pl.col(column).replace_strict(list(range(len(values))), values, return_dtype=dtype)


def of_cash(moves: pl.DataFrame) -> pl.DataFrame:
    """Journals of the movements: the cash line first, what it is for, and a provider's fee."""
    booked = moves.filter("on_ledger")
    summed = booked.filter(pl.col("ledger_lump").is_not_null())
    lumped = (
        summed.group_by("ledger_lump", "ledger_account", "ledger_day", maintain_order=True)
        .agg(
            pl.col(name).first()
            for name in MOVEMENT
            if name not in ("ledger_lump", "ledger_account", "ledger_day", "ledger_amount", "fee")
        )
        .join(
            summed.group_by("ledger_lump", "ledger_account", "ledger_day").agg(
                pl.col("ledger_amount", "fee").sum(), pieces=pl.len()
            ),
            on=["ledger_lump", "ledger_account", "ledger_day"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            name=pl.when(pl.col("ledger_lump").str.starts_with("RM-")).then("name"),
            iban=pl.lit(None, pl.String),
            item=pl.col("ledger_lump"),
            text=pl.format("Batch {} of {}", "ledger_lump", "pieces"),
        )
        .select(list(MOVEMENT))
    )
    units = pl.concat([booked.filter(pl.col("ledger_lump").is_null()), lumped]).with_columns(
        entity=_at(ACCOUNT_ENTITY.tolist(), pl.Int64(), "ledger_account"),
        currency=_at(ACCOUNT_CURRENCY.tolist(), pl.Int64(), "ledger_account"),
        day=pl.col("ledger_day"),
        journal=pl.format("1-{}", "item"),
    )
    own_accounts = accounts()
    cash = journal_lines(
        units,
        line=pl.lit(1, pl.Int64),
        account_code=_at([a.code for a in own_accounts], pl.String(), "ledger_account"),
        bank_account_id=_at([a.iban for a in own_accounts], pl.String(), "ledger_account"),
        amount=pl.col("ledger_amount"),
        account=pl.col("ledger_account"),
    )
    unanswered = {"gid": pl.lit(None), "defect": pl.lit(None), "note": pl.lit(None)}
    contra = journal_lines(
        units,
        line=pl.lit(2, pl.Int64),
        account_code=pl.col("contra"),
        amount=-(pl.col("ledger_amount") + pl.col("fee")),
        **unanswered,
    )
    fees = journal_lines(
        units.filter(pl.col("fee") != 0),
        line=pl.lit(3, pl.Int64),
        account_code=pl.lit("6210"),
        amount=pl.col("fee"),
        **unanswered,
    )
    return pl.concat([cash, contra, fees])


def of_exchange(transfers: pl.DataFrame) -> pl.DataFrame:
    """Journals that carry a transfer's clearing into the exchange position, per currency.

    One row per journal line.
    """
    deals = transfers.with_columns(
        given=_at(ACCOUNT_CURRENCY.tolist(), pl.Int64(), "source"),
        got=_at(ACCOUNT_CURRENCY.tolist(), pl.Int64(), "target"),
    ).filter(pl.col("given") != pl.col("got"))
    parts = []
    for number, (code, currency, amount, side) in enumerate(
        (
            (_FX_POSITION, "given", pl.col("amount"), "source"),
            ("1700", "given", -pl.col("amount"), "source"),
            (_FX_POSITION, "got", -pl.col("received"), "target"),
            ("1700", "got", pl.col("received"), "target"),
        )
    ):
        parts.append(
            journal_lines(
                deals,
                journal=pl.format("4-FX{}-{}", "day", "n"),
                line=pl.lit(number + 1),
                entity=_at(ACCOUNT_ENTITY.tolist(), pl.Int64(), side),
                account_code=pl.lit(code),
                amount=amount,
                currency=pl.col(currency),
                reference=pl.format(
                    "TR{}{}", pl.col("day"), pl.col("n").cast(pl.String).str.zfill(2)
                ),
                document_type=pl.lit("transfer"),
                text=pl.lit("Foreign exchange"),
                gid=pl.lit(None),
                account=pl.lit(None),
            )
        )
    return pl.concat(parts) if parts else pl.DataFrame(schema=JOURNAL_LINE)


def pair(
    frame: pl.DataFrame,
    debit: str | pl.Expr,
    credit: str | pl.Expr,
    **columns: pl.Expr,
) -> pl.DataFrame:
    """Journals of two lines, `amount` from the account `credit` to the account `debit`."""
    first, second = (pl.lit(c) if isinstance(c, str) else c for c in (debit, credit))
    first_line = journal_lines(frame, **columns, line=pl.lit(1, pl.Int64), account_code=first)
    second_line = journal_lines(frame, **columns, line=pl.lit(2, pl.Int64), account_code=second)
    return pl.concat([first_line, second_line.with_columns(amount=-pl.col("amount"))])


def opening(world: World, balances: Ints) -> pl.DataFrame:
    """The opening journals: each account's balance against equity.

    One row per journal line.
    """
    own_accounts = accounts()
    frame = pl.DataFrame({"account": list(range(len(own_accounts))), "amount": balances})
    return pair(
        frame,
        _at([a.code for a in own_accounts], pl.String(), "account"),
        "3000",
        journal=pl.format("0-{}", "account"),
        day=pl.lit(world.first, pl.Int64),
        entity=_at(ACCOUNT_ENTITY.tolist(), pl.Int64(), "account"),
        currency=_at(ACCOUNT_CURRENCY.tolist(), pl.Int64(), "account"),
        document_type=pl.lit("opening"),
        text=pl.lit("Opening balance"),
    ).with_columns(
        bank_account_id=pl.when(pl.col("line") == 1).then(
            _at([a.iban for a in own_accounts], pl.String(), "account")
        )
    )


def numbered(booked: pl.DataFrame) -> pl.DataFrame:
    """The lines in booking order with their journal number."""
    ordered = booked.sort("day", "journal", "line")
    new = (pl.col("journal") != pl.col("journal").shift()).fill_null(value=True) | (
        pl.col("line") == 1
    )
    return ordered.with_columns(count=new.cum_sum().over("day")).with_columns(
        journal_id=pl.format(
            "J{}-{}",
            on("day").dt.strftime("%Y%m%d"),
            pl.col("count").cast(pl.String).str.zfill(6),
        )
    )


def posting_id() -> pl.Expr:
    """Identity of a ledger row: book, journal and line."""
    return pl.format("general|{}|{}", "journal_id", "line")


def posting_rows(posted: pl.DataFrame) -> pl.DataFrame:
    """Rows of `ledger_postings`, from numbered lines."""
    agents = [BANKS[a.bank].bic for a in accounts()]
    second = 28_800 + pl.col("count") % 36_000
    return posted.select(
        arrival="day",
        book=pl.lit("general"),
        journal_id="journal_id",
        line_number="line",
        entity_id=_at(list(ENTITIES), pl.String(), "entity"),
        account_code="account_code",
        bank_account_id="bank_account_id",
        booking_date=on("day"),
        value_date=on("day"),
        posted_at=(pl.col("day") * DAY + second * 1_000_000).cast(pl.Datetime("us", "UTC")),
        debit=positive(pl.col("amount")).fill_null("0.00"),
        credit=positive(-pl.col("amount")).fill_null("0.00"),
        currency=currency_code(),
        reference="reference",
        document_type="document_type",
        counterparty_name="name",
        counterparty_account="iban",
        counterparty_agent=pl.when(pl.col("iban").is_not_null()).then(
            pl.col("account").replace_strict(
                list(range(len(agents))), agents, default=None, return_dtype=pl.String
            )
        ),
        description="text",
        balance_after=pl.lit(None, pl.String),
    )
