"""The bank's view: entries of each account and day, in statement order, with what they show."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demo.world.institution import BANKS, accounts
from pipelines.demo.world.money import on
from pipelines.demo.world.random_streams import Ints
from pipelines.demo.world.timeline import World

ASCII = {
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "ss", "é": "e",
    "è": "e", "í": "i", "ú": "u", "ñ": "n", "á": "a",
}  # fmt: skip
"""Letters outside SWIFT's character set X and what banks write instead."""

_LINE_LIMIT = 27
"""Characters of a name that the banks show: one line of a DTA record."""

_SHARED = (
    *("gid", "end_to_end_id", "name", "iban", "code", "shows", "defect", "note"),
    "document_type",
)
"""Columns that movements of one batch share, so that the first stands for all."""


@dataclass(frozen=True, slots=True)
class Statements:
    """Entries and the statements that carry them.

    `rows` has one row per movement (statement_id, entry_index, detail_index, amount and texts);
    `heads` one per account and business day with opening and closing balance.
    """

    rows: pl.DataFrame
    heads: pl.DataFrame


def statements(
    world: World, moves: pl.DataFrame, opening: Ints, first: int, last: int
) -> Statements:
    """The statements of the business days from `first` to `last`.

    Args:
        world: the world.
        moves: movements that the bank books on those days.
        opening: balance of each account on the eve, in minor units.
        first: first day.
        last: last day.
    """
    heads = _heads(world, first, last)
    rows = _ordered(_shown(_entries(moves))).join(
        heads.select("account", "bank_day", "statement_id", "identity"),
        on=["account", "bank_day"],
        how="left",
        maintain_order="left",
    )
    moved = rows.group_by("account", "bank_day").agg(
        net=pl.col("amount").sum(), entries=pl.col("entry_index").max() + 1
    )
    start = pl.col("account").replace_strict(
        list(range(len(opening))), opening.tolist(), return_dtype=pl.Int64
    )
    balances = (
        heads.join(moved, on=["account", "bank_day"], how="left", maintain_order="left")
        .with_columns(pl.col("net", "entries").fill_null(0))
        .with_columns(closing=start + pl.col("net").cum_sum().over("account"))
        .with_columns(opening=pl.col("closing") - pl.col("net"), printed=pl.col("closing"))
    )
    return Statements(rows, balances)


def _heads(world: World, first: int, last: int) -> pl.DataFrame:
    heads = []
    for account in accounts():
        opened = world.calendars.open_days[account.currency]
        days = opened[(opened >= first) & (opened <= last)]
        number = np.searchsorted(opened, days) - np.searchsorted(opened, world.first) + 1
        heads.append(
            pl.DataFrame({"bank_day": days, "sequence": number})
            .with_columns(
                account=pl.lit(account.index, pl.Int64),
                bank=pl.lit(account.bank, pl.Int64),
                previous=pl.Series(opened[np.searchsorted(opened, days) - 1]),
                statement_id=_statement_id(account.bank, account.iban, account.index),
            )
            .with_columns(identity=_identity(account.bank))
        )
    return pl.concat(heads).sort("account", "bank_day")


def _statement_id(bank: int, iban: str, index: int) -> pl.Expr:
    if BANKS[bank].format == "MT940":
        return pl.format(
            "HT{}{}/{}/1", on("bank_day").dt.strftime("%y%m%d"), pl.lit(iban[-6:]), "sequence"
        )
    stamp = on("bank_day").dt.strftime("%Y%m%d")
    return pl.format(f"{BANKS[bank].bic[:4]}-{{}}-{index:02d}", stamp)


def _identity(bank: int) -> pl.Expr:
    """The identity of a statement in bronze: its id, and the first day that its format states."""
    first_day = on("previous" if BANKS[bank].format == "MT940" else "bank_day")
    return pl.format("{}/{}", "statement_id", first_day)


def _entries(moves: pl.DataFrame) -> pl.DataFrame:
    """Movements as the bank books them: parts of unexploded lumps added up."""
    whole = moves.with_columns(
        entry=pl.coalesce("bank_lump", "item"),
        size=pl.lit(1, pl.UInt32),
        amount=pl.col("bank_amount"),
    )
    lumped = pl.col("bank_lump").is_not_null() & ~pl.col("exploded")
    summed = (
        whole.filter(lumped)
        .group_by("account", "bank_day", "entry", maintain_order=True)
        .agg(
            pl.col(_SHARED).first(),
            amount=pl.col("bank_amount").sum(),
            size=pl.len(),
            brokered=(pl.col("bank_lump").first().str.starts_with("RM-")),
            text=pl.col("text").first(),
        )
        .with_columns(
            end_to_end_id=pl.when("brokered").then("end_to_end_id"),
            name=pl.when("brokered").then("name"),
            iban=pl.lit(None, pl.String),
            item=pl.col("entry"),
            text=pl.when("brokered").then("text").otherwise(
                pl.format("BATCH {} NUMBER {}", "entry", "size")
            ),
            batched=pl.lit(value=True),
        )
    )  # fmt: skip
    return pl.concat([whole.filter(~lumped), summed], how="diagonal").with_columns(
        pl.col("batched").fill_null(value=False) & ~pl.col("brokered").fill_null(value=False)
    )


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    reference = pl.col("end_to_end_id")
    shows = pl.col("shows")
    bare = pl.col("text").str.split(" ").list.first()
    plain = pl.col("name").str.replace_many(list(ASCII), list(ASCII.values())).str.to_uppercase()
    return rows.with_columns(
        shown_id=pl.when(shows == "id").then(reference),
        remittance=pl.when(pl.col("end_to_end_id").is_null() | (shows == "id"))
        .then("text")
        .when(shows == "text")
        .then(pl.format("{} REF {}", bare, reference))
        .otherwise(bare),
        shown_name=plain.str.slice(0, _LINE_LIMIT),
    ).with_columns(
        remittance=pl.when(pl.col("batched")).then("text").otherwise("remittance"),
        remittance_plain=pl.col("remittance").str.replace_many(list(ASCII), list(ASCII.values())),
    )


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    ranked = rows.with_columns(rank=pl.col("entry").hash(17)).sort(
        "account", "bank_day", "rank", "entry", "item"
    )
    by_day = ["account", "bank_day"]
    new = (pl.col("entry") != pl.col("entry").shift().over(by_day)).fill_null(value=True)
    return ranked.with_columns(
        entry_index=(new.cum_sum().over(by_day) - 1).cast(pl.Int64)
    ).with_columns(
        detail_index=(pl.int_range(pl.len()).over([*by_day, "entry_index"])).cast(pl.Int64)
    )


def row_ids() -> pl.Expr:
    """Identity of a bank row: account_id, statement, entry_index and detail_index."""
    ibans = [account.iban for account in accounts()]
    account = pl.col("account").replace_strict(
        list(range(len(ibans))), ibans, return_dtype=pl.String
    )
    return pl.format("{}|{}|{}|{}", account, "identity", "entry_index", "detail_index")
