"""Entries and their details put together, whole columns at a time.

An entry becomes its details where they add up to it (a batch), otherwise one row with the details
kept beside it; with one detail or none it is one row of the entry's own amount.
"""

import json
from collections.abc import Sequence

import polars as pl

from pipelines.feeds.camt_fields import DETAIL_FIELDS, ENTRY_FIELDS, PARTY_PARTS
from pipelines.feeds.reading import Finding
from pipelines.feeds.statement_parts import ROW_SCHEMA
from quality.contract import MONEY

ENTRY_KEYS = ("statement", "entry_index", "source_row", "source_path", "owner", "day", "entry_rest")
DETAIL_KEYS = ("entry", "detail_index", "detail_rest")

_STATUS = {"BOOK": "BOOK", "PDNG": "PDNG", "FUTR": "PDNG", "INFO": "INFO"}
_TRUE = ("true", "1")


def _text_frame(
    rows: Sequence[tuple[object, ...]], keys: dict[str, pl.DataType], names: Sequence[str]
) -> pl.DataFrame:
    kinds = {**keys, **dict.fromkeys(names, pl.String())}
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    frame = pl.DataFrame(dict(zip(kinds, columns, strict=True)), schema=kinds)
    texts = pl.col(list(names)).str.strip_chars()
    return frame.with_columns(pl.when(texts != "").then(texts).name.keep())


def movements(
    entries: Sequence[tuple[object, ...]], details: Sequence[tuple[object, ...]]
) -> tuple[pl.DataFrame, list[Finding]]:
    """Put raw entries and details together.

    Args:
        entries: `ENTRY_KEYS`, then the texts of `ENTRY_FIELDS`; `day` stands in for a missing date.
        details: `DETAIL_KEYS`, then `DETAIL_FIELDS`; `entry` is a position in `entries`.

    Returns:
        Rows of `ROW_SCHEMA`, and what was odd about them.
    """
    number, text = pl.Int64(), pl.String()
    kinds = dict(zip(ENTRY_KEYS, (number, number, number, text, text, text, text), strict=True))
    above = _text_frame(entries, kinds, [f"e_{field.name}" for field in ENTRY_FIELDS])
    above = _entry_columns(above.with_row_index("entry").cast({"entry": number}))
    kinds = dict(zip(DETAIL_KEYS, (number, number, text), strict=True))
    below = _text_frame(details, kinds, [field.name for field in DETAIL_FIELDS])
    below = _detail_amounts(below, above)
    return _rows(above, below), [*_oddities(above), *_unexploded(below, above)]


def _oddities(above: pl.DataFrame) -> list[Finding]:
    undated = pl.col("e_booking_date").is_null()
    unknown = pl.col("e_status").is_null() | ~pl.col("e_status").is_in(list(_STATUS))
    words = (
        (
            undated,
            "booking_date_missing",
            "the entry has no booking date; its value date or the day of the statement stands in",
        ),
        (unknown, "status_unknown", "the entry has no status or one that ISO 20022 does not know"),
        (
            pl.col("e_indicator").is_null(),
            "direction_missing",
            "the entry says neither CRDT nor DBIT",
        ),
    )
    return [
        Finding(code, message, place)
        for condition, code, message in words
        for place in above.filter(condition)["source_path"]
    ]


def _unexploded(below: pl.DataFrame, above: pl.DataFrame) -> list[Finding]:
    whole = below.filter((pl.col("size") > 1) & ~pl.col("exploded") & (pl.col("detail_index") == 0))
    places = above["source_path"]
    return [
        Finding(
            "batch_does_not_add_up",
            f"{size} details do not add up to the entry in its currency; it is kept whole, "
            "the details in its remainder",
            places[entry],
        )
        for entry, size in whole.select("entry", "size").iter_rows()
    ]


def _signed(amount: str, indicator: str) -> pl.Expr:
    unsigned = pl.col(amount)
    return (
        pl.when(pl.col(indicator) == "DBIT")
        .then(pl.lit("-") + unsigned)
        .when(pl.col(indicator) == "CRDT")
        .then(unsigned)
    )


def _entry_columns(above: pl.DataFrame) -> pl.DataFrame:
    return above.with_columns(
        _signed("e_amount", "e_indicator").alias("entry_amount"),
        pl.col("e_currency").str.to_uppercase().alias("currency_of_entry"),
        pl.col("e_reversal").is_in(_TRUE).fill_null(value=False).alias("reversal"),
        pl.col("e_status")
        .replace_strict(_STATUS, default="INFO", return_dtype=pl.String())
        .fill_null("BOOK")
        .alias("status_of_entry"),
    )


def _detail_amounts(below: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """Add each detail's amount in the currency of its entry, and whether the details add up."""
    entry = above.select("entry", "entry_amount", "currency_of_entry", "e_indicator")
    pairs = (
        ("amount", "currency"),
        ("transaction_amount", "transaction_currency"),
        ("counter_amount", "counter_currency"),
        ("instructed_amount", "instructed_currency"),
    )
    same = pl.coalesce(
        pl.when(pl.col(currency) == pl.col("currency_of_entry")).then(pl.col(amount))
        for amount, currency in pairs
    )
    joined = below.join(entry, on="entry", how="left", maintain_order="left").with_columns(
        same.alias("own_amount"),
        pl.coalesce("indicator", "e_indicator").alias("own_indicator"),
    )
    joined = joined.with_columns(
        _signed("own_amount", "own_indicator").alias("as_stated"),
        _signed("own_amount", "e_indicator").alias("as_entry"),
    )
    total = pl.col("entry_amount").cast(MONEY, strict=False)

    def adds_up(name: str) -> pl.Expr:
        parts = pl.col(name).cast(MONEY, strict=False)
        every = parts.is_not_null().all().over("entry")
        return every & (parts.sum().over("entry") == total)

    return joined.with_columns(
        pl.len().over("entry").cast(pl.Int64).alias("size"),
        pl.when(adds_up("as_stated"))
        .then(pl.col("as_stated"))
        .when(adds_up("as_entry"))
        .then(pl.col("as_entry"))
        .alias("share"),
    ).with_columns(((pl.col("size") > 1) & pl.col("share").is_not_null()).alias("exploded"))


def _rows(above: pl.DataFrame, below: pl.DataFrame) -> pl.DataFrame:
    alone = below.filter((pl.col("size") == 1) | pl.col("exploded"))
    kept = _kept_whole(below.filter((pl.col("size") > 1) & ~pl.col("exploded")))
    names = [name for name in alone.columns if name not in above.columns or name == "entry"]
    rows = above.join(alone.select(names), on="entry", how="left", maintain_order="left_right")
    rows = rows.join(kept, on="entry", how="left", maintain_order="left")
    rows = rows.with_columns(
        pl.when(pl.col("exploded"))
        .then(pl.col("share"))
        .otherwise(pl.col("entry_amount"))
        .alias("movement"),
        pl.when(pl.col("exploded")).then(pl.col("size")).otherwise(1).alias("batch_size"),
        pl.col("detail_index").fill_null(0),
    )
    return _canonical(_counterparty(rows))


def _kept_whole(below: pl.DataFrame) -> pl.DataFrame:
    """The details of entries that they do not add up to, as one JSON list per entry."""
    names = [field.name for field in DETAIL_FIELDS]
    lists: dict[int, list[dict[str, object]]] = {}
    for row in below.iter_rows(named=True):
        detail: dict[str, object] = {name: row[name] for name in names if row[name] is not None}
        if row["detail_rest"]:
            detail["remainder"] = json.loads("{" + row["detail_rest"] + "}")
        lists.setdefault(row["entry"], []).append(detail)
    texts = ['"details":' + json.dumps(details, ensure_ascii=False) for details in lists.values()]
    kinds = {"entry": pl.Int64(), "details": pl.String()}
    return pl.DataFrame({"entry": list(lists), "details": texts}, schema=kinds)


def _counterparty(rows: pl.DataFrame) -> pl.DataFrame:
    """The other party: who paid on a credit, who was paid on a debit; never the account itself."""
    credit = pl.coalesce("own_indicator", "e_indicator") == "CRDT"
    owner = pl.col("owner")
    debtor, creditor = pl.col("debtor_account"), pl.col("creditor_account")
    other_is_us = pl.when(credit).then(creditor == owner).otherwise(debtor == owner)
    chosen_is_us = pl.when(credit).then(debtor == owner).otherwise(creditor == owner)
    turned = chosen_is_us.fill_null(value=False) & ~other_is_us.fill_null(value=False)
    blank = pl.all_horizontal(
        pl.when(credit)
        .then(pl.col(f"debtor_{part}"))
        .otherwise(pl.col(f"creditor_{part}"))
        .is_null()
        for part in PARTY_PARTS
    )
    rows = rows.with_columns(
        (credit ^ (turned | (blank & ~other_is_us.fill_null(value=False)))).alias("from_debtor")
    )
    picked = {}
    for part in PARTY_PARTS:
        one, two = pl.col(f"debtor_{part}"), pl.col(f"creditor_{part}")
        picked[f"their_{part}"] = pl.when(pl.col("from_debtor")).then(one).otherwise(two)
        picked[f"our_{part}"] = pl.when(pl.col("from_debtor")).then(two).otherwise(one)
    return rows.with_columns(**picked)


def _piece(key: str, value: pl.Expr, condition: pl.Expr | None = None) -> pl.Expr:
    escaped = value.str.replace_many(
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    )
    piece = pl.lit(f'"{key}":"') + escaped + pl.lit('"')
    return piece if condition is None else pl.when(condition).then(piece)


def _remainder() -> pl.Expr:
    named = pl.col("their_name").is_not_null()
    amount, stated = pl.col("transaction_amount"), pl.col("amount")
    pieces = [
        pl.col("entry_rest"),
        pl.col("detail_rest"),
        pl.col("details"),
        *(_piece(f"our_{part}", pl.col(f"our_{part}")) for part in PARTY_PARTS),
        _piece("their_ultimate", pl.col("their_ultimate"), named),
        _piece("status", pl.col("e_status"), ~pl.col("e_status").is_in(("BOOK", "PDNG", "INFO"))),
        _piece("detail_amount", stated, stated != pl.col("e_amount")),
        _piece(
            "detail_currency", pl.col("currency"), pl.col("currency") != pl.col("currency_of_entry")
        ),
        _piece("transaction_amount", amount, amount != pl.coalesce(stated, pl.lit(""))),
        _piece(
            "transaction_currency",
            pl.col("transaction_currency"),
            pl.col("transaction_currency") != pl.col("currency_of_entry"),
        ),
        _piece("counter_amount", pl.col("counter_amount")),
        _piece(
            "detail_reference",
            pl.col("servicer_reference"),
            pl.col("servicer_reference") != pl.col("e_servicer_reference"),
        ),
        _piece("entry_code", pl.col("e_code"), pl.col("code") != pl.col("e_code")),
        _piece("entry_charges", pl.col("e_charges"), pl.col("charges").is_not_null()),
    ]
    inside = pl.concat_str(pieces, separator=",", ignore_nulls=True)
    return pl.when(inside != "").then(pl.lit("{") + inside + pl.lit("}"))


def _sum_of(name: str) -> pl.Expr:
    parts = pl.col(name).str.split("+").list.eval(pl.element().cast(MONEY, strict=False)).list.sum()
    return (
        pl.when(pl.col(name).str.contains("+", literal=True))
        .then(parts.cast(pl.String))
        .otherwise(pl.col(name))
    )


def _canonical(rows: pl.DataFrame) -> pl.DataFrame:
    single = ~pl.col("exploded").fill_null(value=False)
    rows = rows.with_columns(
        charges=pl.coalesce(_sum_of("charges"), pl.when(single).then(_sum_of("e_charges"))),
        remainder=_remainder(),
    )
    columns = {
        "amount": pl.col("movement"),
        "currency": pl.col("currency_of_entry"),
        "credit_debit": pl.col("e_indicator"),
        "status": pl.col("status_of_entry"),
        "booking_date": pl.coalesce("e_booking_date", "e_value_date", "day"),
        "value_date": pl.col("e_value_date"),
        "entry_reference": pl.col("e_entry_reference"),
        "bank_reference": pl.coalesce("servicer_reference", "e_servicer_reference"),
        "message_id": pl.coalesce("message_id", "e_batch_message_id"),
        "payment_information_id": pl.coalesce(
            "payment_information_id", "e_batch_payment_information_id"
        ),
        "counterparty_name": pl.coalesce("their_name", "their_ultimate"),
        "counterparty_account": pl.col("their_account"),
        "counterparty_agent": pl.col("their_agent"),
        "bank_transaction_code": pl.coalesce("code", "e_code"),
        "charges": pl.col("charges"),
        "instructed_amount": pl.coalesce("instructed_amount", "e_instructed_amount"),
        "instructed_currency": pl.coalesce("instructed_currency", "e_instructed_currency"),
        "exchange_rate": pl.coalesce("exchange_rate", "e_exchange_rate"),
        "additional_information": pl.coalesce("information", "e_information"),
        "source_path": pl.when(pl.col("exploded"))
        .then(pl.format("{}/TxDtls[{}]", "source_path", pl.col("detail_index") + 1))
        .otherwise(pl.col("source_path")),
    }
    return rows.with_columns(**columns).select(
        pl.col(name).cast(kind) for name, kind in ROW_SCHEMA.items()
    )
