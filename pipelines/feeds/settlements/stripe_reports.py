"""Stripe's reports of balance transactions: itemised reports and the dashboard's own export.

Here amounts stand in major units, under other names than the API's. A line of category payout is a
payout as well, for these reports come without the payouts' own file; one that a later line takes
back has failed.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from pipelines.feeds.parsing.delimited import LINE, DelimitedLayout, RecordBatch, batches, layouts
from pipelines.feeds.parsing.rejects import broken_lines, in_order
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, Source, recognised
from pipelines.feeds.settlements.rows import LINES, PAYOUTS, add_up, stripped, with_reversals
from pipelines.feeds.settlements.stripe_api import LINE_TYPES, lines, unknown_types

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("balance_transaction_id", "id"),
    "type": ("reporting_category", "type"),
    "amount": ("gross", "amount"),
    "fee": ("fee", "fees"),
    "net": ("net",),
    "currency": ("currency",),
    "created": ("created_utc", "created_(utc)", "created", "effective_at_utc", "effective_at"),
    "available_on": ("available_on_utc", "available_on_(utc)", "available_on"),
    "source": ("source_id", "charge_id", "payout_id", "source"),
    "payout_id": ("automatic_payout_id", "payout_id", "transfer"),
    "description": ("description",),
    "merchant_reference": ("merchant_reference",),
    "payment_method_type": ("payment_method_type", "payment_method"),
    "connected_account_id": ("connected_account_id", "connected_account"),
    "exchange_rate": ("exchange_rate",),
    "status": ("status",),
}
"""The API's column and the reports' names for it, lower case, the best one first."""

_ITEMISED = {"balance_transaction_id", "reporting_category", "gross", "fee", "net", "currency"}
_DASHBOARD = {"id", "type", "amount", "fee", "net", "currency", "created_(utc)"}
_LOCAL = ("created", "effective_at")
_ARRIVALS = (
    *("automatic_payout_effective_at_utc", "automatic_payout_effective_at"),
    *("payout_expected_arrival_date", "transfer_date_(utc)"),
)
_GROUPED = r"^-?\d{1,3}(,\d{3})+(\.\d+)?$"
MAJOR = {
    f"{part}_amount": pl.when(pl.col(source_name).str.contains(_GROUPED))
    .then(pl.col(source_name).str.replace_all(",", "", literal=True))
    .otherwise(pl.col(source_name))
    for part, source_name in (("gross", "amount"), ("fee", "fee"), ("net", "net"))
}
"""Amounts as they stand; commas that group thousands go."""


def _plain(name: str) -> str:
    return "_".join(name.lower().split())


def _layout(head: bytes) -> DelimitedLayout | None:
    for layout in layouts(head):
        given = {_plain(name) for name in layout.header}
        dated = given.intersection(NAMES["created"])
        if dated and (given >= _ITEMISED or given >= _DASHBOARD):
            return layout
    return None


def recognises(head: bytes, _name: str) -> bool:
    """Whether the first line has the columns that every such report has."""
    return _layout(head) is not None


def read(source: Source) -> Iterator[Reading]:
    """Read a report into settlement lines and the payouts among them."""
    layout = recognised(_layout(source.head()), "a Stripe report")
    named = {_plain(name): name for name in layout.header}
    header_names = {
        column_name: next(named[name] for name in names if name in named)
        for column_name, names in NAMES.items()
        if any(name in named for name in names)
    }
    findings = _zone(header_names["created"])
    payout_parts: list[pl.DataFrame] = []
    for batch in batches(source, layout):
        reading, payouts = _reading(batch, header_names, findings)
        findings = ()
        payout_parts.append(payouts)
        yield reading
    yield _ended(pl.concat(payout_parts), len(layout.header))


def _ended(payouts: pl.DataFrame, columns: int) -> Reading:
    """The payouts of the whole report, once it is known which of them came back."""
    paid, undone = (
        payouts.filter(pl.col("status") == "paid"),
        payouts.filter(pl.col("status") != "paid"),
    )
    rows, rejected_rows = typed(PAYOUTS, with_reversals(paid, undone))
    return Reading("Stripe report", f"{columns} columns", {PAYOUTS.name: rows}, rejected_rows)


def _zone(created: str) -> tuple[Finding, ...]:
    if _plain(created) not in _LOCAL:
        return ()
    words = "the report does not say in which time zone its times are; taken as UTC"
    return (Finding("time_zone_unknown", words, f"column {created}"),)


def _reading(
    batch: RecordBatch, header_names: Mapping[str, str], findings: tuple[Finding, ...]
) -> tuple[Reading, pl.DataFrame]:
    given = stripped(batch)
    written = _renamed(given, header_names)
    rows, rejects = typed(LINES, lines(written, MAJOR), given)
    reading = Reading(
        format="Stripe report",
        version=f"{len(given.columns) - 1} columns",
        tables={LINES.name: rows},
        rejected=in_order(rejects, broken_lines(LINES.name, batch.broken)),
        findings=(*findings, *batch.findings, *add_up(rows), *unknown_types(written)),
    )
    return reading, _payouts(written, rows)


def _renamed(given: pl.DataFrame, header_names: Mapping[str, str]) -> pl.DataFrame:
    """The columns under the API's names; another that bears one of them is marked as the file's."""
    taken = set(header_names.values())
    others = {name: f"{name} (as written)" for name in header_names if name not in taken}
    renamed = given.rename({name: new for name, new in others.items() if name in given.columns})
    renamed = renamed.rename({name: column_name for column_name, name in header_names.items()})
    day = [name for name in ("available_on", "created") if name in renamed.columns]
    payout = [name for name in ("payout_id", "source") if name in renamed.columns]
    kind = pl.col("type").replace_strict(LINE_TYPES, default="adjustment")
    of_payout = kind.is_in(["payout", "payout_failed"])
    known = [pl.col("payout_id")] if "payout_id" in payout else []
    return renamed.with_columns(
        available_on=pl.coalesce(day),
        payout_id=pl.coalesce(*known, pl.when(of_payout).then(pl.coalesce(*payout, "id"))),
    )


def _payouts(written: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    arrivals = [name for name in written.columns if _plain(name) in _ARRIVALS]
    automatic = any(_plain(name).startswith("automatic_payout") for name in written.columns)
    arrival = written.select(
        LINE, arrival_date=pl.coalesce(*arrivals, "available_on").str.slice(0, 10)
    )
    back = pl.col("line_type") == "payout_failed"
    canceled = pl.when(pl.col("raw_type").str.contains("cancel")).then(pl.lit("canceled"))
    paid = rows.filter((pl.col("line_type") == "payout") | back).select(
        LINE,
        "provider",
        "payout_id",
        "merchant_account",
        amount=pl.when(back).then("net_amount").otherwise(-pl.col("net_amount")).cast(pl.String),
        currency=pl.col("net_currency"),
        status=pl.when(back).then(canceled.otherwise(pl.lit("failed"))).otherwise(pl.lit("paid")),
        automatic=pl.lit("true" if automatic else "false"),
        created_at=pl.col("created_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return paid.join(arrival, on=LINE, how="left", maintain_order="left")


FORMATS = (Format("stripe.reports", "settlements", recognises, read),)
