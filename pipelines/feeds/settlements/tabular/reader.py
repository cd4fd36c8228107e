"""Settlement reports as tables, by a profile of headings: those that ship, and those of a lake.

A line is a document of its own where its profile knows an id of it, for such exports overlap; where
a report is of one payout, the payout is the document and its lines are numbered. A line of type
payout is a payout as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from pipelines.feeds.parsing.dates import moments
from pipelines.feeds.parsing.delimited import LINE, RecordBatch, batches
from pipelines.feeds.parsing.delimited_lines import BrokenLine
from pipelines.feeds.parsing.numbers import plain_number, without_currency_sign
from pipelines.feeds.parsing.rejects import broken_lines, in_order
from pipelines.feeds.parsing.total_lines import TotalLine
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, Source, recognised
from pipelines.feeds.settlements.amounts import amounts
from pipelines.feeds.settlements.payouts import payouts_of, split_payout_rows
from pipelines.feeds.settlements.rows import (
    LINES,
    PAYOUTS,
    add_up,
    payouts_among_lines,
    remainder,
    stripped,
)
from pipelines.feeds.settlements.tabular.heading import Heading, heading
from pipelines.feeds.settlements.tabular.notation import (
    MONEY_COLUMNS,
    Notation,
    filled_from_totals,
    notation_of,
)
from pipelines.feeds.settlements.tabular.profile import (
    OF_TYPE,
    SettlementProfile,
    heading_key,
    shipped_profiles,
)
from pipelines.feeds.settlements.tabular.total_lines import totals_of_lines, without_total_lines
from pipelines.feeds.settlements.totals import totals_of_payouts
from pipelines.feeds.table_profiles import format_by_profiles

_STATED = ("payout_id", "amount", "currency", "arrival_date")
_TYPE_COLUMNS = ("raw_type", "raw_detail", "raw_more")
_OURS = (
    *("line_id", "payout_id", "merchant_account", *_TYPE_COLUMNS, "psp_reference"),
    *("modification_reference", "merchant_reference", "payment_method", "created_at"),
    *("available_on", *MONEY_COLUMNS, "net_currency", "gross_currency", "exchange_rate"),
    *("status", "description", "bank_account", "bank_reference"),
)


def recognises(head: bytes, _name: str, known: Sequence[SettlementProfile] | None = None) -> bool:
    """Whether a line among the first names all that a settlement needs, in words of a profile."""
    return heading(head, tuple(known or shipped_profiles())) is not None


def read(source: Source, known: Sequence[SettlementProfile] | None = None) -> Iterator[Reading]:
    """Read a settlement report by the profile that it fits.

    Raises:
        RefusedError: no profile fits, the dates follow no one order, or a line has no end.
    """
    report = recognised(
        heading(source.head(), tuple(known or shipped_profiles())), "a settlement report"
    )
    given, broken, totals, stated = _whole(source, report)
    notation, findings = notation_of(
        report, pl.concat([_named(batch, report) for batch in given]), totals
    )
    lines: list[pl.DataFrame] = []
    held = totals_of_lines(report, given, stated, notation.mark)
    is_whole = not broken
    for batch in given:
        reading, read_lines = _reading(source, report, batch, notation, (findings, broken))
        lines.append(read_lines)
        yield replace(reading, totals=held)
        findings, broken, held = (), (), ()
    if report.profile.totals or report.profile.summed:
        yield _totals(report, pl.concat(lines), notation, is_whole=is_whole)


def _whole(
    source: Source, report: Heading
) -> tuple[
    list[RecordBatch], tuple[BrokenLine, ...], tuple[Mapping[str, str], ...], list[TotalLine]
]:
    """All batches without the rows that state a payout or a total of the lines."""
    names = report.profile.totals_of(report.layout.header)
    given, broken, totals = [], list[BrokenLine](), list(report.above)
    stated: list[TotalLine] = []
    for each in batches(source, report.layout):
        batch, lines = without_total_lines(each, report)
        stated += lines
        if names is None:
            given.append(batch)
            broken += batch.broken
            continue
        kept, stated_payouts = split_payout_rows(batch, names, report)
        given.append(kept)
        broken += kept.broken
        totals += stated_payouts
    return given, tuple(broken), tuple(totals), stated


def _named(batch: RecordBatch, report: Heading) -> pl.DataFrame:
    given = stripped(batch)
    named = given.select(
        LINE,
        *(pl.col(header_name).alias(column) for column, header_name in report.names.items()),
        *(pl.lit(None, pl.String).alias(name) for name in _OURS if name not in report.names),
        *(
            pl.col(name).alias(f"fee {name}")
            for name in given.columns
            if heading_key(name) in report.profile.fees
        ),
    )
    joined = pl.concat_str(_TYPE_COLUMNS, separator=" ", ignore_nulls=True).replace({"": None})
    currency = pl.col("net_currency").fill_null(pl.lit(report.profile.currency or None, pl.String))
    return named.with_columns(joined.alias("raw_type"), currency, first_type="raw_type")


def _reading(
    source: Source,
    report: Heading,
    batch: RecordBatch,
    notation: Notation,
    first_part: tuple[tuple[Finding, ...], tuple[BrokenLine, ...]],
) -> tuple[Reading, pl.DataFrame]:
    findings, broken = first_part
    named = _named(batch, report)
    money = [name for name in named.columns if name in MONEY_COLUMNS or name.startswith("fee ")]
    named = named.with_columns(
        *(_plain_amounts(named[name], notation) for name in money),
        *(moments(named[name], notation.orders[name]) for name in ("created_at", "available_on")),
    ).with_columns(pl.col("available_on").str.slice(0, 10))
    named = filled_from_totals(named, notation)
    used = set(report.names.values()) | {
        name for name in batch.records.columns if heading_key(name) in report.profile.fees
    }
    if report.profile.unrounded:
        used.discard(report.names["net_amount"])  # the remainder has every decimal
    exact = amounts(named, report.profile, signed=notation.signed)
    lines = _lines(exact, report, source.name).with_columns(remainder(stripped(batch), used))
    rows, rejects = typed(LINES, lines, batch.records)
    paid, unpaid = typed(PAYOUTS, _payouts(exact, lines))
    reading = Reading(
        format="settlement CSV",
        version=report.profile.provider,
        tables={LINES.name: rows, PAYOUTS.name: paid},
        rejected=in_order(rejects, unpaid, broken_lines(LINES.name, broken)),
        findings=(*findings, *batch.findings, *add_up(rows), *_unknown(exact, report.profile)),
    )
    known = lines.join(
        exact.select(LINE, "exact_net", "first_type"), on=LINE, how="left", maintain_order="left"
    )
    return reading, known.with_columns(is_taken=pl.col(LINE).is_in(rows[LINE].implode()))


def _plain_amounts(written: pl.Series, notation: Notation) -> pl.Series:
    plain = plain_number(without_currency_sign(written), notation.mark)
    return plain.alias(written.name)


def _lines(exact: pl.DataFrame, report: Heading, file: str) -> pl.DataFrame:
    profile = report.profile
    numbered = (pl.col(LINE) - report.layout.first_line + 1).cast(pl.String)
    line_id = numbered if profile.by_payout else pl.col("line_id")
    document = pl.coalesce("payout_id", pl.lit(file)) if profile.by_payout else pl.col("line_id")
    return exact.select(
        LINE,
        "payout_id",
        "merchant_account",
        "line_type",
        "psp_reference",
        "modification_reference",
        "merchant_reference",
        "payment_method",
        "gross_amount",
        "exchange_rate",
        "fee_amount",
        "commission",
        "scheme_fees",
        "interchange",
        "net_amount",
        "status",
        "description",
        provider=pl.lit(profile.provider),
        line_id=line_id,
        report_id=document,
        raw_type=pl.col("raw_type").fill_null(pl.col("line_type")),
        created_at=pl.coalesce("created_at", "available_on"),
        available_on=pl.coalesce("available_on", pl.col("created_at").str.slice(0, 10)),
        gross_currency=pl.when(pl.col("gross_amount").is_not_null()).then(
            pl.coalesce("gross_currency", "net_currency").str.to_uppercase()
        ),
        net_currency=pl.col("net_currency").str.to_uppercase(),
    )


def _unknown(exact: pl.DataFrame, profile: SettlementProfile) -> tuple[Finding, ...]:
    first = exact.group_by("raw_type", maintain_order=True).agg(pl.col(LINE).first())
    return tuple(
        Finding("unknown_line_type", f"taken as an adjustment: {raw}", f"line {line}")
        for raw, line in first.iter_rows()
        if not profile.knows(raw)
    )


def _payouts(exact: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    return payouts_among_lines(
        lines,
        exact["exact_net"],
        automatic=pl.lit("true"),
        bank_account=exact["bank_account"],
        bank_reference=exact["bank_reference"],
    )


def _totals(report: Heading, lines: pl.DataFrame, notation: Notation, *, is_whole: bool) -> Reading:
    names = (*report.profile.totals, *(f"{OF_TYPE}{word}" for word in report.profile.type_totals))
    names = (*dict.fromkeys((*_STATED, *names)), LINE)
    totals = pl.DataFrame(
        {name: [total.get(name) for total in notation.totals] for name in names},
        schema=dict.fromkeys(names, pl.String),
    )
    money = [name for name in names if name == "amount" or name.startswith(OF_TYPE)]
    totals = totals.with_columns(
        *(_plain_amounts(totals[name], notation) for name in money),
        moments(totals["arrival_date"], notation.orders["totals"]).str.slice(0, 10),
    )
    held, off = totals_of_payouts(report.profile, lines, totals, is_whole=is_whole)
    made = payouts_of(report.profile, lines.filter("is_taken"), totals.drop(LINE))
    paid, unpaid = typed(PAYOUTS, made.payouts)
    rows, rejects = typed(LINES, made.roundings)
    return Reading(
        format="settlement CSV",
        version=report.profile.provider,
        tables={LINES.name: rows, PAYOUTS.name: paid},
        rejected=in_order(rejects, unpaid),
        findings=(*off, *made.findings),
        totals=held,
    )


def settlement_tables(saved: Sequence[SettlementProfile] = ()) -> Format:
    """The format of settlement reports, by the profiles saved beside a lake and those that ship."""
    known = (*saved, *shipped_profiles())
    return format_by_profiles("settlement.csv", "settlements", known, recognises, read)


SETTLEMENT_CSV = settlement_tables()
FORMATS = (SETTLEMENT_CSV,)
