"""Breaks planted among the movements, each marked with its kind for the truth."""

import numpy as np
import polars as pl

from pipelines.demo.books.cash import MOVEMENT
from pipelines.demo.world.institution import ACCOUNT_CURRENCY, SIBLING
from pipelines.demo.world.random_streams import Ints
from pipelines.demo.world.rates import rates
from pipelines.demo.world.timeline import CURRENCIES, World

_SHARE = 0.05
"""Share of movements with a planted break: high for a real house, so that a small demo has some of
each kind."""

_KINDS = (
    ("timing", 0.30),
    ("missing_left", 0.09),
    ("missing_right", 0.10),
    ("duplicate", 0.09),
    ("fee", 0.10),
    ("fx", 0.12),
    ("transposition", 0.06),
    ("wrong_reference", 0.08),
    ("late", 0.05),
    ("reversal", 0.04),
    ("wrong_account", 0.04),
)
"""Kinds of break and their shares: timing first, as in practice most open items clear by
themselves."""

_EUROS, _DOLLARS = CURRENCIES.index("EUR"), CURRENCIES.index("USD")
_NAMES = np.array([name for name, _ in _KINDS])


def plant_breaks(world: World, moves: pl.DataFrame) -> pl.DataFrame:
    """The movements, some with planted breaks: one row per movement, in the columns of `MOVEMENT`.

    Only movements that one ledger line and one bank entry show by themselves get a break.

    Args:
        world: the world.
        moves: rows of `cash.ITEM`, not yet spoilt.
    """
    kind = _kinds(world, moves)
    planted = kind.is_not_null()
    marked = moves.rechunk().with_columns(defect=pl.coalesce("defect", kind))
    spoilt, intact = marked.filter(planted).rechunk(), marked.filter(~planted)
    extras = [_copies(world, spoilt), _reversed_pairs(world, spoilt)]
    return pl.concat([intact, _spoil(world, spoilt), *extras])


def _kinds(world: World, moves: pl.DataFrame) -> pl.Series:
    key = _keys(world, moves)
    alone = (
        (moves["gid"] == moves["item"])
        & moves["ledger_lump"].is_null()
        & moves["document_type"].is_in(["receipt", "claim", "payment", "loan", "settlement"])
    ).fill_null(value=False)
    single = moves["bank_lump"].is_null().to_numpy()
    month_day = moves["ledger_day"].to_numpy()
    ends = (month_day + 4).astype("datetime64[D]").astype("datetime64[M]") != month_day.astype(
        "datetime64[D]"
    ).astype("datetime64[M]")
    chosen = _NAMES[world.streams.pick([weight for _, weight in _KINDS], "defect", key)]
    near_end = world.streams.chance(0.03, "cut off", key) & ends & single
    picked = alone.to_numpy() & (world.streams.chance(_SHARE, "planted", key) | near_end)
    chosen = np.where(near_end & (chosen != "fx"), "timing", chosen)
    needs_single = np.isin(chosen, ["timing", "missing_left", "fee", "fx"])
    picked &= single | ~needs_single
    picked &= (SIBLING[moves["account"].to_numpy()] >= 0) | (chosen != "wrong_account")
    payout = (moves["document_type"] == "settlement").to_numpy()
    picked &= ~payout | np.isin(chosen, ["fee", "timing", "duplicate", "late", "reversal"])
    swapped = _transposed(moves["ledger_amount"].to_numpy())
    picked &= (swapped != moves["ledger_amount"].to_numpy()) | (chosen != "transposition")
    return pl.select(pl.when(pl.Series(picked)).then(pl.Series(chosen))).to_series()


def _keys(world: World, moves: pl.DataFrame) -> Ints:
    return moves["item"].hash(world.streams.seed + 11).to_numpy().view(np.int64)


def _transposed(amount: Ints) -> Ints:
    """The amount with the leftmost pair of unequal neighbouring digits swapped."""
    size = np.abs(amount)
    result = size.copy()
    for power in (10, 100, 1_000, 10_000, 100_000):
        low, high = size // power % 10, size // (power * 10) % 10
        fits = (low != high) & (size >= power * 100)
        result = np.where(fits, size + (low - high) * power * 9, result)
    return np.asarray(np.sign(amount) * result)


def _spoil(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    key, kind = _keys(world, rows), rows["defect"].to_numpy().astype(str)
    streams, account = world.streams, rows["account"].to_numpy()
    currency = ACCOUNT_CURRENCY[account]
    shift = np.where(kind == "timing", streams.pick((0.45, 0.3, 0.15, 0.1), "lag", key) + 1, 0)
    waits = np.where(kind == "late", streams.whole(6, 14, "late", key), 0)
    ledger_day = rows["ledger_day"].to_numpy()
    bank_day = np.where(kind == "timing", ledger_day, rows["bank_day"].to_numpy())
    amount = rows["ledger_amount"].to_numpy()
    fee = np.where(kind == "fee", streams.whole(3, 50, "fee", key) * 50, 0)
    fee = np.where(fee * 3 < np.abs(amount), fee, 25)
    drift = np.where(streams.chance(0.5, "fx way", key), 1, -1) * (
        0.002 + 0.018 * streams.uniform("fx", key)
    )
    bank_amount = rows["bank_amount"].to_numpy() - np.where(kind == "fee", fee, 0)
    converted = np.where(kind == "fx", np.round(amount * (1 + drift)), bank_amount).astype(np.int64)
    converted = np.where((kind == "fx") & (converted == amount), amount - 100, converted)
    foreign = np.where(currency == _DOLLARS, _EUROS, _DOLLARS)
    quoted, row = rates(world, ledger_day), np.arange(ledger_day.size)
    instructed = np.round(np.abs(amount) * quoted[row, foreign] / quoted[row, currency]).astype(
        np.int64
    )
    wrong = pl.format("{}{}", pl.col("reference").str.head(3), pl.Series(np.abs(key) % 10**9))
    return rows.with_columns(
        ledger_day=pl.Series(world.calendars.business(currency, ledger_day, waits)),
        bank_day=pl.Series(world.calendars.business(currency, bank_day, shift)),
        bank_amount=pl.Series(converted),
        ledger_amount=pl.Series(np.where(kind == "transposition", _transposed(amount), amount)),
        ledger_account=pl.Series(np.where(kind == "wrong_account", SIBLING[account], account)),
        reference=pl.when(pl.Series(kind == "wrong_reference")).then(wrong).otherwise("reference"),
        on_ledger=pl.Series(kind != "missing_right") & pl.col("on_ledger"),
        on_bank=pl.Series(kind != "missing_left") & pl.col("on_bank"),
        gid=pl.when(pl.Series(np.isin(kind, ["missing_left", "missing_right"])))
        .then(None)
        .otherwise("gid"),
        instructed=pl.when(pl.Series(kind == "fx")).then(pl.Series(instructed)),
        instructed_in=pl.when(pl.Series(kind == "fx")).then(
            pl.Series(np.array(CURRENCIES)[foreign])
        ),
        rate=pl.when(pl.Series(kind == "fx")).then(
            pl.Series(np.round(instructed / np.abs(converted), 6))
        ),
        note=pl.Series(_notes(kind, amount, converted), dtype=pl.String),
        defect=pl.when(pl.Series(np.isin(kind, ["duplicate", "reversal"])))
        .then(None)
        .otherwise("defect"),
    )


def _notes(kind: object, amount: Ints, converted: Ints) -> list[str]:
    return [
        f"bank {money - booked:+d} minor units" if name in ("fee", "fx") else str(name)
        for name, booked, money in zip(np.asarray(kind), amount, converted, strict=True)
    ]


def _copies(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    duplicated = rows.filter(pl.col("defect") == "duplicate")
    days_later = world.streams.whole(0, 2, "again", _keys(world, duplicated))
    currency = ACCOUNT_CURRENCY[duplicated["account"].to_numpy()]
    day = world.calendars.business(currency, duplicated["ledger_day"].to_numpy(), days_later)
    return duplicated.with_columns(
        item=pl.col("item") + "#2",
        note=pl.format("second posting of {}", "item"),
        gid=pl.lit(None, pl.String),
        ledger_day=pl.Series(day),
        on_bank=pl.lit(value=False),
    ).select(list(MOVEMENT))


def _reversed_pairs(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    wrong = rows.filter(pl.col("defect") == "reversal")
    currency = ACCOUNT_CURRENCY[wrong["account"].to_numpy()]
    later = world.streams.whole(0, 3, "reversed after", _keys(world, wrong))
    day = world.calendars.business(currency, wrong["ledger_day"].to_numpy(), later)
    base = wrong.with_columns(
        gid=pl.lit(None, pl.String),
        on_bank=pl.lit(value=False),
        reference=pl.col("reference") + "V",
    )
    posted = base.with_columns(
        item=pl.col("item") + "#V1", note=pl.format("taken back by {}#V2", "item")
    )
    taken_back = base.with_columns(
        item=pl.col("item") + "#V2",
        note=pl.format("takes back {}#V1", "item"),
        ledger_amount=-pl.col("ledger_amount"),
        document_type=pl.lit("reversal"),
        ledger_day=pl.Series(day),
    )
    return pl.concat([posted.select(list(MOVEMENT)), taken_back.select(list(MOVEMENT))])
