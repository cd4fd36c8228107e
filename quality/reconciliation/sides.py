"""A side as the engine sees it: amounts as integers, days as numbers, text made comparable."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import Side
from quality.reconciliation.comparison.names import Vocabulary, plain_text
from quality.reconciliation.comparison.references import cited, codes

MONEY = pl.Decimal(18, 3)
RATE = pl.Decimal(18, 8)
THOUSANDTHS_PER_UNIT = 1000
"""Inside the engine money is counted in thousandths of the currency unit, as integers."""

COLUMNS: Mapping[str, pl.DataType] = {
    "row_id": pl.String(),
    "account_id": pl.String(),
    "date": pl.Date(),
    "value_date": pl.Date(),
    "amount": MONEY,
    "currency": pl.String(),
    "reference": pl.String(),
    "references_text": pl.String(),
    "counterparty_name": pl.String(),
    "counterparty_account": pl.String(),
    "description": pl.String(),
    "document_type": pl.String(),
    c.GROUP_ID: pl.String(),
    "charges": MONEY,
    "instructed_amount": MONEY,
    "instructed_currency": pl.String(),
    "exchange_rate": RATE,
    "ordered_amount": MONEY,
    "known_at": pl.Datetime("us", "UTC"),
}
"""Columns of a side. `row_id`, `date` and `amount` are needed; what is absent is taken as null.

`charges` were deducted or added by a bank, as the row states; `instructed_amount`, in
`instructed_currency` and at `exchange_rate`, is what it was converted from. `ordered_amount` is
what a third record (the payment hub, a provider's report) says the payment was for, in the row's
own currency."""

Texts = tuple[pl.Series, pl.Series]

_NEEDED = ("row_id", "date", "amount")
_SHORTEST_REFERENCE = 3
"""Characters below which a reference tells nothing: `NA`, `00`. 1 or 6 move nothing on the bank_rec
set and two demos."""
_OWN_DIGITS = 3
"""Digits from which a number in the reference field identifies the row. 1 moves nothing, 5
scores."""
_CITED_DIGITS = 4
"""Digits from which a number in a text may cite another row. With 6 the bank_rec set loses 94 of
1,070 automatic pairs; 3 moves nothing."""
_MOSTLY = 0.5
"""Share of named rows from which an unnamed one is the exception of its side; 0 or 0.95 move
nothing on two demos, whose sides name nearly all or nearly none."""


class SideError(ValueError):
    """A side cannot be reconciled: a column is missing, a row id repeats, money is float."""


def complete(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    """One row per row of the side, sorted by row id, with exactly the columns of `COLUMNS`.

    Raises:
        SideError: a needed column is missing or empty, an id repeats, or an amount is not decimal.
    """
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise SideError(f"the {side} side has no column {', '.join(missing)}")
    if frame.height and frame.schema["amount"].is_float():
        raise SideError(f"the {side} side holds its amounts as float; money is decimal")
    whole = frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in COLUMNS.items()
    ).sort("row_id")
    for name in _NEEDED:
        if whole[name].null_count():
            raise SideError(f"the {side} side has rows without {name}")
    if whole["row_id"].is_duplicated().any():
        repeated = whole.filter(pl.col("row_id").is_duplicated())["row_id"][0]
        raise SideError(f"row id {repeated} occurs more than once on the {side} side")
    return whole


@dataclass(frozen=True, slots=True)
class Items:
    """Both sides prepared; each has one row per row of the side, in the order of `row_no`.

    Columns: `columns.ITEMS`.
    """

    left: pl.DataFrame
    right: pl.DataFrame

    def of(self, side: Side) -> pl.DataFrame:
        """The items of one side: one row per row, with the columns of `columns.ITEMS`."""
        return self.left if side == "left" else self.right


def prepare(
    left: pl.DataFrame,
    right: pl.DataFrame,
    calendar: BusinessCalendar,
    vocabulary: Vocabulary,
    *,
    across_accounts: bool = False,
    texts: Texts | None = None,
) -> Items:
    """Both complete sides as items; a block is an account in a currency, or the currency alone.

    `texts` are those of `spelled_text`, where they are known already.
    """
    account = pl.lit("") if across_accounts else pl.col("account_id").fill_null("")
    block = pl.concat_str(account, pl.lit("|"), pl.col("currency").fill_null(""))
    spelled_left, spelled_right = texts or (counterparty_texts(left), counterparty_texts(right))
    return Items(
        _items(left, calendar, vocabulary.name_tokens(spelled_left, "left"), block),
        _items(right, calendar, vocabulary.name_tokens(spelled_right, "right"), block),
    )


def _squashed(column: str) -> pl.Expr:
    squashed = pl.col(column).str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(squashed.str.len_chars() >= _SHORTEST_REFERENCE).then(squashed)


def _items(
    frame: pl.DataFrame, calendar: BusinessCalendar, name_tokens: pl.DataFrame, block: pl.Expr
) -> pl.DataFrame:
    joined = pl.concat_str(
        pl.col("reference", "references_text", "description"), separator=" ", ignore_nulls=True
    )
    text = frame.select(joined.fill_null("").alias("text"))["text"]
    found = codes(text).with_columns(
        cited(frame["reference"].fill_null(""), _OWN_DIGITS).alias(c.OWN_REFERENCES),
        cited(text, _CITED_DIGITS).alias(c.CITED_REFERENCES),
    )
    return (
        frame.hstack(name_tokens)
        .hstack(found)
        .select(
            pl.int_range(pl.len(), dtype=pl.Int32).alias(c.ROW_NO),
            "row_id",
            block.alias(c.BLOCK),
            calendar.number(frame["date"]).alias(c.BUSINESS_DAY),
            "date",
            (pl.col("amount") * THOUSANDTHS_PER_UNIT).cast(pl.Int64).alias(c.THOUSANDTHS),
            _squashed("reference").alias(c.REFERENCE_KEY),
            _squashed("reference").str.replace_all(r"\d", "9").alias(c.REFERENCE_FAMILY),
            c.OWN_REFERENCES,
            c.CITED_REFERENCES,
            c.COMPOUND_CODES,
            c.COMPOUND_CODE_FAMILIES,
            c.NAME_TOKENS,
            c.NO_SHARED_WORD,
            (
                pl.col(c.NO_SHARED_WORD) | (pl.col("counterparty_name").is_null() & _mostly_named())
            ).alias(c.UNNAMED),
            _squashed("counterparty_account").alias(c.COUNTERPARTY_KEY),
            pl.col("document_type").str.to_lowercase().fill_null("").alias(c.DOCUMENT_KIND),
            pl.coalesce("description", "references_text").fill_null("").alias(c.RAW_TEXT),
            c.GROUP_ID,
            *stated_amounts(),
        )
    )


def stated_amounts() -> list[pl.Expr]:
    """What a row says of its amount, in thousandths and without a sign.

    `charge`, `ordered`; `converted` and `converted_back` are the instructed amount of another
    currency times, and divided by, the stated rate (its direction is not told by every bank);
    `foreign` whether another currency was instructed at all.
    """
    foreign = pl.col("instructed_amount").is_not_null() & (
        pl.col("instructed_currency") != pl.col("currency")
    ).fill_null(value=False)
    instructed = pl.col("instructed_amount").abs().cast(pl.Float64) * THOUSANDTHS_PER_UNIT
    rate = pl.col("exchange_rate").cast(pl.Float64)
    rate = pl.when(foreign & (rate > 0)).then(rate)

    def whole(amount: pl.Expr) -> pl.Expr:
        return pl.when(amount < 9e15).then(amount).round().cast(pl.Int64)

    return [
        (pl.col("charges").abs() * THOUSANDTHS_PER_UNIT).cast(pl.Int64).alias("charge"),
        (pl.col("ordered_amount").abs() * THOUSANDTHS_PER_UNIT).cast(pl.Int64).alias("ordered"),
        whole(instructed * rate).alias("converted"),
        whole(instructed / rate).alias("converted_back"),
        foreign.alias("foreign"),
    ]


def _mostly_named() -> pl.Expr:
    """Whether a row without a counterparty is the exception on its side."""
    return pl.col("counterparty_name").is_not_null().mean() > _MOSTLY


def counterparty_texts(frame: pl.DataFrame) -> pl.Series:
    """The text by which each row of a complete side names its counterparty, spelled plainly."""
    return plain_text(frame.select(pl.coalesce("counterparty_name", "description")).to_series())


def distinct_texts(frame: pl.DataFrame, texts: pl.Series) -> pl.Series:
    """What a side says, once for each day: thirty rows of one remittance say one thing."""
    return (
        frame.select("account_id", "date")
        .hstack([texts.alias("text")])
        .unique(["account_id", "date", "text"], keep="first", maintain_order=True)["text"]
    )
