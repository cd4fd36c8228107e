"""Cash movements: what the ledger books and what the bank will show for it."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.demo.world.institution import ACCOUNT_CURRENCY, BANKS, BROKERS, accounts
from pipelines.demo.world.money import on
from pipelines.demo.world.timeline import World

MOVEMENT: Mapping[str, pl.DataType] = {
    "item": pl.String(),
    "gid": pl.String(),
    "payment_id": pl.String(),
    "account": pl.Int64(),
    "ledger_account": pl.Int64(),
    "ledger_day": pl.Int64(),
    "bank_day": pl.Int64(),
    "ledger_amount": pl.Int64(),
    "bank_amount": pl.Int64(),
    "ledger_lump": pl.String(),
    "bank_lump": pl.String(),
    "exploded": pl.Boolean(),
    "on_ledger": pl.Boolean(),
    "on_bank": pl.Boolean(),
    "reference": pl.String(),
    "end_to_end_id": pl.String(),
    "name": pl.String(),
    "iban": pl.String(),
    "text": pl.String(),
    "code": pl.String(),
    "document_type": pl.String(),
    "contra": pl.String(),
    "fee": pl.Int64(),
    "shows": pl.String(),
    "defect": pl.String(),
    "note": pl.String(),
    "instructed": pl.Int64(),
    "instructed_in": pl.String(),
    "rate": pl.Float64(),
}
"""One row per movement of one account.

Amounts are signed minor units (+ is money in); `gid` names the group of ledger lines and bank rows
that settle each other, null where nothing answers; movements of one `ledger_lump` are one ledger
line, those of one `bank_lump` one bank entry, which shows its parts where `exploded`; `shows` says
what the bank tells of our reference: id, text or none; `fee` is what a provider kept."""

_DOCUMENT = {
    "premium": "receipt",
    "loan_instalment": "receipt",
    "claim": "claim",
    "refund": "payment",
    "loan_disbursement": "loan",
    "supplier": "payment",
    "payroll": "payroll",
    "tax": "payment",
}
"""Document type of the ledger by category of payment."""

_CODES = {
    "transfer": "PMNT-RCDT-ESCT",
    "direct_debit": "PMNT-IDDT-ESDD",
    "broker": "PMNT-RCDT-ESCT",
    "batch": "PMNT-ICDT-ESCT",
    "single": "PMNT-ICDT-ESCT",
    "payroll": "PMNT-ICDT-SALA",
}
"""ISO 20022 bank transaction code (domain, family, sub-family) by route of payment."""


def movements(frame: pl.DataFrame, **columns: pl.Expr | pl.Series) -> pl.DataFrame:
    """A frame of movements: the given columns, sensible ones where a column is not given.

    One row per movement, in the columns of `MOVEMENT`.
    """
    filled = frame.with_columns(**columns)
    usual: dict[str, pl.Expr] = {
        "ledger_account": pl.col("account"),
        "bank_day": pl.col("ledger_day"),
        "bank_amount": pl.col("ledger_amount"),
        "exploded": pl.lit(value=False),
        "on_ledger": pl.lit(value=True),
        "on_bank": pl.lit(value=True),
        "gid": pl.col("item"),
        "fee": pl.lit(0),
        "shows": pl.lit("id"),
    }
    return filled.select(
        (pl.col(name) if name in filled.columns else usual.get(name, pl.lit(None)))
        .cast(dtype)
        .alias(name)
        for name, dtype in MOVEMENT.items()
    )


def of_payments(world: World, paid: pl.DataFrame) -> pl.DataFrame:
    """The movements of payments that pass a bank account directly, returns included.

    One row per movement, in the columns of `MOVEMENT`.
    """
    direct = paid.filter((pl.col("route") != "card") & (pl.col("fate") != "rejected"))
    forward = _forward(world, direct)
    return pl.concat([forward, _returned(world, direct.filter(pl.col("fate") == "returned"))])


def _forward(world: World, direct: pl.DataFrame) -> pl.DataFrame:
    route, account = pl.col("route"), pl.col("account")
    first_bank = account.is_in([0, 1, 4, 6])
    lump = (
        pl.when(route == "direct_debit")
        .then(pl.format("DD-{}-{}", on("day"), account))
        .when(route == "batch")
        .then(pl.format("CT-{}-{}{}", on("day"), account, pl.col("category").str.slice(0, 1)))
        .when(route == "payroll")
        .then(pl.format("PY-{}-{}", on("day"), account))
        .when(route == "broker")
        .then(pl.col("lump"))
    )
    exploded = (
        lump.is_not_null()
        & first_bank
        & ((route == "direct_debit") | (route == "batch") & (pl.col("category") == "claim"))
    )
    summed = (
        (route == "payroll")
        | (route == "direct_debit") & (account == 4)
        | (route == "broker") & pl.col("name").is_in(list(BROKERS[:3]))
    )
    rows = direct.with_columns(bank_lump=lump, exploded=exploded, summed=summed)
    rows = _days(world, rows)
    signed = pl.when(pl.col("direction") == "incoming").then("amount").otherwise(-pl.col("amount"))
    together = pl.col("bank_lump").is_not_null() & (pl.col("summed") | ~pl.col("exploded"))
    one_line = pl.when("summed").then("bank_lump")
    return movements(
        rows,
        item=pl.col("payment_id"),
        gid=pl.when(together).then("bank_lump").otherwise("payment_id"),
        ledger_amount=signed,
        ledger_lump=one_line,
        reference=pl.coalesce(
            one_line, pl.when(route == "broker").then("bank_lump"), "end_to_end_id"
        ),
        end_to_end_id=pl.when(route == "broker").then("bank_lump").otherwise("end_to_end_id"),
        text=pl.when(route == "broker")
        .then(pl.format("Premium remittance {}", "bank_lump"))
        .otherwise("text"),
        code=route.replace_strict(_CODES, return_dtype=pl.String),
        document_type=pl.col("category").replace_strict(_DOCUMENT, return_dtype=pl.String),
        shows=_shown(world, rows),
        fee=pl.lit(0),
    )


def _days(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    keys = rows["payment_id"].hash(world.streams.seed).to_numpy().view(np.int64)
    currency = ACCOUNT_CURRENCY[rows["account"].to_numpy()]
    day = rows["day"].to_numpy()
    booked_later = (rows["route"] == "transfer").to_numpy() * world.streams.pick(
        (0.6, 0.32, 0.08), "applied", keys
    )
    banked_later = (rows["route"] == "single").to_numpy() * world.streams.pick(
        (0.78, 0.22), "banked", keys
    )
    return rows.with_columns(
        ledger_day=pl.Series(world.calendars.business(currency, day, booked_later)),
        bank_day=pl.Series(world.calendars.business(currency, day, banked_later)),
    )


def _shown(world: World, rows: pl.DataFrame) -> pl.Series:
    keys = rows["payment_id"].hash(world.streams.seed).to_numpy().view(np.int64)
    draw = world.streams.uniform("shown", keys)
    loose = (rows["route"] == "transfer").to_numpy()
    single = rows["route"].is_in(["single", "broker"]).to_numpy()
    by_id = np.where(loose, 0.52, np.where(single, 0.8, 0.97))
    by_text = np.where(loose, 0.86, np.where(single, 0.96, 1.0))
    return pl.Series(np.where(draw < by_id, "id", np.where(draw < by_text, "text", "none")))


def _returned(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    return movements(
        rows,
        item=pl.col("payment_id") + "R",
        ledger_day=pl.col("ended"),
        ledger_amount=-pl.col("amount"),
        reference=pl.col("end_to_end_id"),
        text=pl.format("Return AM04 {}", "text"),
        code=pl.lit("PMNT-IDDT-UPDD"),
        document_type=pl.lit("reversal"),
        shows=pl.when(pl.col("payment_id").hash(world.streams.seed) % 5 == 0)
        .then(pl.lit("text"))
        .otherwise(pl.lit("id")),
    ).filter(pl.col("ledger_day") <= world.last + 10)


def of_transfers(transfers: pl.DataFrame) -> pl.DataFrame:
    """Both sides of transfers between our own accounts.

    One row per movement, in the columns of `MOVEMENT`.
    """
    own_accounts = accounts()
    bank = [BANKS[account.bank].name for account in own_accounts]
    names = [account.name for account in own_accounts]
    ibans = [account.iban for account in own_accounts]
    sides = []
    for side, other, sign, amount in (
        ("source", "target", -1, "amount"),
        ("target", "source", 1, "received"),
    ):
        sides.append(
            movements(
                transfers.with_columns(account=pl.col(side)),
                item=pl.format("{}-{}", transfer_id(), pl.lit(side)),
                ledger_day=pl.col("day"),
                ledger_amount=pl.col(amount) * sign,
                reference=transfer_id(),
                end_to_end_id=transfer_id(),
                name=_named(other, names),
                iban=_named(other, ibans),
                text=pl.format("Own transfer {} {}", transfer_id(), _named(other, bank)),
                code=pl.lit("PMNT-ICDT-BOOK"),
                document_type=pl.lit("transfer"),
                contra=pl.when(pl.col("source") // 1 == 9)
                .then(pl.lit("1710"))
                .otherwise(pl.lit("1700")),
            )
        )
    return pl.concat(sides)


def _named(column: str, names: list[str]) -> pl.Expr:
    return pl.col(column).replace_strict(list(range(len(names))), names, return_dtype=pl.String)


def transfer_id() -> pl.Expr:
    """Our reference of a transfer, from its day and number."""
    return pl.format("TR{}{}", pl.col("day"), pl.col("n").cast(pl.String).str.zfill(2))


def of_charges(world: World, charges: pl.DataFrame) -> pl.DataFrame:
    """Bank charges: first on the statement, booked when somebody has read it, sometimes never.

    One row per movement, in the columns of `MOVEMENT`.
    """
    currency = ACCOUNT_CURRENCY[charges["account"].to_numpy()]
    booked = world.calendars.business(
        currency, charges["day"].to_numpy(), charges["lag"].to_numpy()
    )
    return movements(
        charges,
        item=pl.format("BC-{}-{}", "day", "account"),
        gid=pl.when("booked").then(pl.format("BC-{}-{}", "day", "account")),
        ledger_day=pl.Series(booked),
        bank_day=pl.col("day"),
        ledger_amount=pl.col("amount"),
        on_ledger=pl.col("booked"),
        reference=pl.format("BC-{}-{}", "day", "account"),
        text=pl.lit("Account maintenance and transaction charges"),
        code=pl.lit("ACMT-MDOP-CHRG"),
        document_type=pl.lit("fee"),
        contra=pl.lit("6200"),
        shows=pl.lit("none"),
        defect=pl.when(~pl.col("booked")).then(pl.lit("missing_right")),
        note=pl.when(~pl.col("booked")).then(pl.lit("bank charge that nobody booked")),
    )


def of_payouts(payouts: pl.DataFrame) -> pl.DataFrame:
    """Payouts of providers as they reach our bank; the fee is what they kept.

    One row per movement, in the columns of `MOVEMENT`.
    """
    return movements(
        payouts,
        item=pl.col("payout_id"),
        ledger_day=pl.col("booked"),
        bank_day=pl.col("arrives"),
        ledger_amount=pl.col("net"),
        reference=pl.col("payout_id"),
        end_to_end_id=pl.lit(None, pl.String),
        name=pl.col("payer"),
        text=pl.col("bank_text"),
        code=pl.lit("PMNT-RCDT-ESCT"),
        document_type=pl.lit("settlement"),
        contra=pl.col("receivable"),
    )
