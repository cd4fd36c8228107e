"""Gross, fee and net of each line of a settlement report, whichever of them it writes."""

import polars as pl

from pipelines.feeds.settlements.rows import EXACT, exact
from pipelines.feeds.settlements.tabular.profile import SettlementProfile
from quality.currencies import PLACES_KEPT, currencies

_ZERO = pl.lit("0")


def amounts(named: pl.DataFrame, profile: SettlementProfile, *, signed: bool) -> pl.DataFrame:
    """Add type, gross, fee, net and parts of the fee, as text, and `exact_net` with all decimals.

    Args:
        named: the lines under our names, their numbers plain.
        profile: how the report is laid out.
        signed: whether amounts have their minus, though the profile knows them without.
    """
    if profile.single_amount:
        return _single(named, profile, signed=signed)
    fees = [name for name in named.columns if name.startswith("fee ")]
    if fees:
        total = pl.sum_horizontal(
            pl.when(pl.col(name).is_not_null()).then(exact(named[name])).otherwise(0)
            for name in fees
        )
        unread = pl.any_horizontal(
            pl.col(name).is_not_null() & pl.Series(exact(named[name])).is_null() for name in fees
        )
        written = pl.concat_str(fees, separator=" + ", ignore_nulls=True)
        fee = pl.when(unread).then(written).otherwise(total.cast(pl.String))
        named = named.with_columns(fee.alias("fee_amount"))
    named = _third(named)
    pairs = named.select("raw_type", "net_amount").iter_rows()
    kinds = pl.Series([profile.line_type(*pair) for pair in pairs], dtype=pl.String)
    none = [pl.lit(None, pl.String).alias(part) for part in PARTS]
    return named.with_columns(
        line_type=kinds, fee_amount=_costs(named), exact_net=exact(named["net_amount"])
    ).with_columns(none)


def _third(named: pl.DataFrame) -> pl.DataFrame:
    """The one of gross, fee and net that a report leaves out, where it leaves out one."""
    names = ("gross_amount", "fee_amount", "net_amount")
    empty = [name for name in names if named[name].null_count() == named.height]
    if len(empty) != 1 or named.is_empty():
        return named
    gross, fee, net = (exact(named[name]) for name in names)
    cost = -fee if bool((fee.fill_null(0) <= 0).all()) else fee
    made = {"gross_amount": net + cost, "fee_amount": gross - net, "net_amount": gross - cost}
    return named.with_columns(made[empty[0]].cast(pl.String).alias(empty[0]))


PARTS = ("commission", "scheme_fees", "interchange")


def _costs(named: pl.DataFrame) -> pl.Series:
    """Fees as costs: some providers write them negative, which the net of the line tells."""
    gross, fee, net = (exact(named[f"{name}_amount"]) for name in ("gross", "fee", "net"))
    negative = (gross + fee == net) & (gross - fee != net)
    as_cost = (-fee).cast(pl.String)
    return pl.select(pl.when(negative).then(as_cost).otherwise(named["fee_amount"])).to_series()


def _single(named: pl.DataFrame, profile: SettlementProfile, *, signed: bool) -> pl.DataFrame:
    """One amount a line: of a fee it is all fee, of any other line it is gross and net."""
    raws = named["raw_type"].to_list()
    taken = pl.Series([profile.is_deducted(raw) and not signed for raw in raws], dtype=pl.Boolean)
    negated = pl.when(taken & ~pl.col("net_amount").str.starts_with("-")).then(
        pl.lit("-") + pl.col("net_amount")
    )
    named = named.with_columns(negated.otherwise(pl.col("net_amount")).alias("net_amount"))
    kinds = [
        profile.line_type(*pair) for pair in named.select("raw_type", "net_amount").iter_rows()
    ]
    parts = [profile.part_of(raw) for raw in raws]
    named = named.with_columns(
        pl.Series("line_type", kinds, dtype=pl.String),
        pl.Series("part", parts, dtype=pl.String),
        exact(named["net_amount"]).alias("exact_net"),
    )
    if profile.unrounded:
        named = named.with_columns(
            _rounded(named["exact_net"], named).fill_null(named["net_amount"])
        )
    is_fee = pl.col("line_type") == "fee"
    net = exact(named["net_amount"])
    cost = pl.Series((-net).cast(pl.String))
    return named.with_columns(
        gross_amount=pl.when(~is_fee).then(pl.col("net_amount")),
        gross_currency=pl.when(~is_fee).then(pl.col("net_currency")),
        fee_amount=pl.when(is_fee).then(cost.fill_null(named["net_amount"])).otherwise(_ZERO),
        **{
            part: pl.when(is_fee & (pl.col("part") == part)).then(
                (-pl.col("exact_net")).cast(pl.String)
            )
            for part in PARTS
        },
    )


def _rounded(amount: pl.Series, named: pl.DataFrame) -> pl.Series:
    """Amounts in the decimals of their currency, as text; the exact ones stay in the remainder."""
    return round_to_currency(amount, named["net_currency"]).cast(pl.String).alias("net_amount")


def round_to_currency(amount: pl.Series, currency: pl.Series) -> pl.Series:
    """Amounts rounded to the decimals of their currency, half to even."""
    known = {code: min(places, PLACES_KEPT) for code, places in currencies().items()}
    places = currency.str.to_uppercase().replace_strict(known, default=2, return_dtype=pl.Int64)
    rounded = pl.coalesce(
        pl.when(places == number).then(amount.round(number)) for number in range(PLACES_KEPT + 1)
    )
    return pl.select(rounded.cast(EXACT)).to_series()
