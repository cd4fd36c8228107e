"""Settlement files of providers without a reader of their own, by a profile of column names.

The profile (`settlement_profiles/generic.yaml`) is data. Each line is a document of its own, since
such exports overlap; a line of type payout is a payout as well.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import polars as pl
import yaml

from pipelines.feeds.delimited import LINE, Batch, Layout, batches, layouts
from pipelines.feeds.localised import date_order, decimal_mark, iso_dates, plain_number
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source
from pipelines.feeds.rejects import broken_lines, in_order
from pipelines.feeds.settlement_rows import LINES, PAYOUTS, add_up, exact, remainder, stripped
from pipelines.feeds.typed_rows import typed

PROFILE = Path(__file__).parent / "settlement_profiles" / "generic.yaml"
MONEY_COLUMNS = ("gross_amount", "fee_amount", "net_amount")


@dataclass(frozen=True, slots=True)
class Profile:
    """Headers that stand for our columns, columns a file must have, words for types of lines."""

    provider: str
    columns: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    types: Mapping[str, tuple[str, ...]]

    def names(self, header: tuple[str, ...]) -> dict[str, str]:
        """Our columns and the header's names for them, as far as the header has any."""
        written = {re.sub(r"[\s.\-/]+", "_", name.strip().lower()): name for name in header}
        return {
            ours: written[theirs[0]]
            for ours, known in self.columns.items()
            if (theirs := [name for name in known if name in written])
        }

    def line_type(self, raw: str | None, net: str | None) -> str:
        """The type that the provider's word stands for; without a word, the sign decides."""
        word = re.sub(r"[\s.\-/]+", "_", (raw or "").strip().lower())
        for kind, words in self.types.items():
            if any(known in word for known in words):
                return kind
        if raw:
            return "adjustment"
        return "refund" if (net or "").startswith("-") else "sale"


@cache
def profile() -> Profile:
    """The profile as it stands on disk."""
    node = yaml.safe_load(PROFILE.read_text("utf-8"))
    return Profile(
        provider=node["provider"],
        columns={ours: tuple(names) for ours, names in node["columns"].items()},
        required=frozenset(node["required"]),
        types={kind: tuple(words) for kind, words in node["types"].items()},
    )


@lru_cache(maxsize=8)
def _fit(head: bytes) -> tuple[Layout, Mapping[str, str]] | None:
    for layout in layouts(head):
        names = profile().names(layout.header)
        distinct = len(set(names.values())) == len(names)
        if profile().required <= names.keys() and distinct:
            return layout, names
    return None


def recognises(head: bytes, _name: str) -> bool:
    """Whether the first line names all that a settlement needs, in words of the profile."""
    return _fit(head) is not None


def read(source: Source) -> Iterator[Reading]:
    """Read a settlement file by the profile.

    Raises:
        RefusedError: the dates follow no one order, or a line has no end.
    """
    found = _fit(source.head())
    assert found is not None
    layout, names = found
    seen = pl.concat([_named(batch, names) for batch in batches(source, layout)])
    mark = decimal_mark(pl.concat([seen[name] for name in MONEY_COLUMNS]).drop_nulls())
    order, findings = _order(seen["created_at"].drop_nulls(), names["created_at"])
    for batch in batches(source, layout):
        yield _reading(batch, names, (mark, order), findings)
        findings = ()


def _order(written: pl.Series, column: str) -> tuple[str, tuple[Finding, ...]]:
    if written.is_empty():
        return "YMD", ()
    found = date_order(written.str.extract(r"^([^T\s]+)").drop_nulls().to_list())
    if found is None:
        raise RefusedError(
            "the dates follow no one order of day, month and year", place=f"column {column}"
        )
    if found.certain:
        return found.order, ()
    text = f"the dates could be read in another order as well; taken as {found.order}"
    return found.order, (Finding("ambiguous_dates", text, f"column {column}"),)


def _named(batch: Batch, names: Mapping[str, str]) -> pl.DataFrame:
    given = stripped(batch)
    absent = [name for name in profile().columns if name not in names]
    return given.select(
        LINE,
        *(pl.col(theirs).alias(ours) for ours, theirs in names.items()),
        *(pl.lit(None, pl.String).alias(name) for name in absent),
    )


def _reading(
    batch: Batch,
    names: Mapping[str, str],
    habits: tuple[str, str],
    findings: tuple[Finding, ...],
) -> Reading:
    mark, order = habits
    named = _named(batch, names)
    named = named.with_columns(
        *(plain_number(named[name], mark).alias(name) for name in MONEY_COLUMNS),
        _moments(named["created_at"], order),
        _moments(named["available_on"], order).str.slice(0, 10),
    )
    lines = _lines(named).with_columns(remainder(stripped(batch), set(names.values())))
    rows, rejects = typed(LINES, lines, batch.records)
    paid, unpaid = typed(PAYOUTS, _payouts(named, lines))
    broken = broken_lines(LINES.name, batch.broken)
    return Reading(
        format="settlement CSV",
        version=profile().provider,
        tables={LINES.name: rows, PAYOUTS.name: paid},
        rejected=in_order(rejects, unpaid, broken),
        findings=(*findings, *batch.findings, *add_up(rows)),
    )


def _moments(written: pl.Series, order: str) -> pl.Series:
    day = iso_dates(written.str.extract(r"^([^T\s]+)"), order)
    clock = written.str.extract(r"^[^T\s]+[T\s]+(.+)$")
    return (day + ("T" + clock).fill_null("")).alias(written.name)


def _lines(named: pl.DataFrame) -> pl.DataFrame:
    pairs = named.select("raw_type", "net_amount").iter_rows()
    kind = pl.Series([profile().line_type(*pair) for pair in pairs], dtype=pl.String)
    return named.select(
        LINE,
        "line_id",
        "payout_id",
        "merchant_account",
        "psp_reference",
        "merchant_reference",
        "payment_method",
        "created_at",
        "gross_amount",
        "exchange_rate",
        "net_amount",
        "status",
        "description",
        provider=pl.lit(profile().provider),
        report_id=pl.col("line_id"),
        line_type=kind,
        raw_type=pl.col("raw_type").fill_null(kind),
        available_on=pl.coalesce("available_on", pl.col("created_at").str.slice(0, 10)),
        gross_currency=pl.coalesce("gross_currency", "net_currency").str.to_uppercase(),
        fee_amount=_costs(named),
        net_currency=pl.col("net_currency").str.to_uppercase(),
    )


def _costs(named: pl.DataFrame) -> pl.Series:
    """Fees as costs: some providers write them negative, which the net of the line tells."""
    gross, fee, net = (exact(named[name]) for name in MONEY_COLUMNS)
    negative = (gross + fee == net) & (gross - fee != net)
    turned = (-fee).cast(pl.String)
    return pl.select(pl.when(negative).then(turned).otherwise(named["fee_amount"])).to_series()


def _payouts(named: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    return (
        lines.select(
            LINE,
            "line_type",
            "provider",
            "merchant_account",
            "created_at",
            payout_id=pl.coalesce("payout_id", "line_id"),
            amount=(-exact(named["net_amount"])).cast(pl.String).fill_null(named["net_amount"]),
            currency=pl.col("net_currency"),
            status=pl.lit("paid"),
            automatic=pl.lit("true"),
            arrival_date=pl.col("available_on"),
            bank_account=named["bank_account"],
            bank_reference=named["bank_reference"],
        )
        .filter(pl.col("line_type") == "payout")
        .drop("line_type")
    )


FORMATS = (Format("settlement.csv", "settlements", recognises, read),)
