"""What a settlement report pays out: as it states it, or as its lines make it up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from pipelines.feeds.parsing.delimited import LINE, RecordBatch
from pipelines.feeds.parsing.delimited_lines import BrokenLine, split_records
from pipelines.feeds.reading import Finding
from pipelines.feeds.settlements.amounts import round_to_currency
from pipelines.feeds.settlements.rows import EXACT, exact, stripped
from pipelines.feeds.settlements.tabular.heading import Heading
from pipelines.feeds.settlements.tabular.profile import SettlementProfile

ROUNDING = "Rounding"
_KEY = ("payout_id", "currency")


@dataclass(frozen=True, slots=True)
class DerivedPayouts:
    """Payouts and lines of rounding as text, and what does not agree."""

    payouts: pl.DataFrame
    roundings: pl.DataFrame
    findings: tuple[Finding, ...]


def split_payout_rows(
    batch: RecordBatch, names: Mapping[str, str], report: Heading
) -> tuple[RecordBatch, list[Mapping[str, str]]]:
    """Take the rows that state a payout out of the lines; they may end where its columns do."""
    given = stripped(batch)
    states = pl.col(names["amount"]).is_not_null()
    if raw := report.names.get("raw_type"):
        states &= pl.col(raw).is_null()
    stating = given.filter(states).select(
        pl.col(LINE).cast(pl.String),
        *(pl.col(name).alias(column) for column, name in names.items()),
    )
    totals: list[Mapping[str, str]] = [_without_nulls(row) for row in stating.iter_rows(named=True)]
    broken: list[BrokenLine] = []
    for line in batch.broken:
        row = _short_row(line, report)
        if row is None or not row.get(names["amount"]):
            broken.append(line)
        else:
            stated = {column: row.get(name, "") for column, name in names.items()}
            totals.append(stated | {LINE: str(line.line)})
    kept = given.select(~states.fill_null(value=False)).to_series()
    return replace(batch, records=batch.records.filter(kept), broken=tuple(broken)), totals


def _without_nulls(row: Mapping[str, str | None]) -> Mapping[str, str]:
    return {name: value or "" for name, value in row.items()}


def _short_row(line: BrokenLine, report: Heading) -> Mapping[str, str] | None:
    fields = split_records(line.text, 1, report.layout.separator, None).records
    header = report.layout.header
    if not fields or len(fields[0][1]) > len(header):
        return None
    return {name: (cell or "").strip() for name, cell in zip(header, fields[0][1], strict=False)}


def payouts_of(
    profile: SettlementProfile, lines: pl.DataFrame, totals: pl.DataFrame
) -> DerivedPayouts:
    """The payouts of a whole report.

    Args:
        profile: how the report is laid out.
        lines: every line that was taken, with `exact_net`.
        totals: what the report itself states of its payouts.
    """
    made = (
        lines.filter(pl.col("payout_id").is_not_null() & (pl.col("line_type") != "payout"))
        .rename({"net_currency": "currency"})
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col(LINE).max(),
            pl.col("exact_net").sum().alias("exact_total"),
            exact_sum("net_amount").alias("line_total"),
            pl.col("merchant_account").drop_nulls().first(),
            pl.col("created_at").max(),
            pl.col("available_on").max().alias("arrival_date"),
        )
    )
    made = made.with_columns(round_to_currency(made["exact_total"], made["currency"]).alias("paid"))
    if totals.height:
        return _stated(profile, made, totals)
    paid_already = lines.filter(pl.col("line_type") == "payout")["payout_id"].drop_nulls()
    summed = made.filter(~pl.col("payout_id").is_in(paid_already.implode()))
    payouts = summed.with_columns(amount=pl.col("paid").cast(pl.String))
    return DerivedPayouts(_rows(payouts, profile), _roundings(summed, profile), ())


def exact_sum(name: str) -> pl.Expr:
    """The sum of plain decimal text with all its digits."""
    return pl.col(name).map_batches(exact, return_dtype=EXACT).sum()


def _stated(profile: SettlementProfile, made: pl.DataFrame, totals: pl.DataFrame) -> DerivedPayouts:
    stated = totals.with_columns(pl.col("currency").str.to_uppercase()).join(
        made, on=_KEY, how="left", maintain_order="left", suffix="_of_lines"
    )
    stated = stated.with_columns(
        pl.coalesce("arrival_date", "arrival_date_of_lines").alias("arrival_date"),
        pl.coalesce("created_at", "arrival_date").alias("created_at"),
        pl.col(LINE).fill_null(1),
        exact(stated["amount"]).alias("exact_amount"),
    )
    unstated = made.join(stated.select(_KEY), on=_KEY, how="anti", maintain_order="left")
    findings = tuple(
        Finding(
            "payout_total", "the report has lines of it and states no amount", f"payout {payout}"
        )
        for payout in unstated["payout_id"]
    )
    return DerivedPayouts(_rows(stated, profile), _roundings(made.clear(), profile), findings)


def _rows(payouts: pl.DataFrame, profile: SettlementProfile) -> pl.DataFrame:
    total = pl.col("exact_total").cast(pl.String)
    return payouts.select(
        LINE,
        "payout_id",
        "merchant_account",
        "amount",
        "currency",
        "created_at",
        "arrival_date",
        provider=pl.lit(profile.provider),
        report_id=pl.col("payout_id"),
        status=pl.lit("paid"),
        automatic=pl.lit("true"),
        bank_reference=pl.col("payout_id"),
        remainder=pl.when(pl.col("exact_total") != pl.col("paid")).then(
            pl.lit('{"sum of the lines": "') + total + pl.lit('"}')
        ),
    )


def _roundings(made: pl.DataFrame, profile: SettlementProfile) -> pl.DataFrame:
    """A line for what lies between the lines in whole cents and the payout, where there is any."""
    if not profile.unrounded:
        made = made.clear()
    inexact = made.filter(pl.col("exact_total") != pl.col("paid"))
    difference = (pl.col("paid") - pl.col("line_total")).cast(pl.String)
    return inexact.select(
        LINE,
        "payout_id",
        "merchant_account",
        "created_at",
        provider=pl.lit(profile.provider),
        report_id=pl.col("payout_id"),
        line_id=pl.lit("rounding"),
        line_type=pl.lit("adjustment"),
        raw_type=pl.lit(ROUNDING),
        available_on=pl.col("arrival_date"),
        gross_amount=difference,
        gross_currency=pl.col("currency"),
        fee_amount=pl.lit("0"),
        net_amount=difference,
        net_currency=pl.col("currency"),
        description=pl.format(
            "the lines make {}, {} is paid, {} of it by rounding",
            pl.col("exact_total").cast(pl.String),
            pl.col("paid").cast(pl.String),
            (pl.col("paid") - pl.col("exact_total")).cast(pl.String),
        ),
    )
