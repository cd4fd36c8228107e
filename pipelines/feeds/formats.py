"""Every file format that the house reads, in the order in which they are tried."""

from pipelines.feeds import (
    adyen,
    bai2,
    berka,
    camt,
    columnar,
    mt940,
    ofx,
    payment_events,
    payment_orders,
    payment_status,
    paypal,
    settlement_csv,
    statement_csv,
    stripe,
    stripe_reports,
    tabular,
)
from pipelines.feeds.ledger_table import ledger_tables
from pipelines.feeds.reading import Format, Source
from pipelines.feeds.saved_profiles import SavedProfiles
from pipelines.feeds.settlement_csv import settlement_tables
from pipelines.feeds.settlement_guess import UNKNOWN_SETTLEMENT
from pipelines.feeds.unknown import refusal

FORMATS: tuple[Format, ...] = (
    *camt.FORMATS,
    *mt940.FORMATS,
    *bai2.FORMATS,
    *ofx.FORMATS,
    *payment_orders.FORMATS,
    *payment_status.FORMATS,
    *payment_events.FORMATS,
    *adyen.FORMATS,
    *stripe.FORMATS,
    *stripe_reports.FORMATS,
    *paypal.FORMATS,
    *berka.FORMATS,
    *tabular.FORMATS,
    *columnar.FORMATS,
    *settlement_csv.FORMATS,
    *statement_csv.FORMATS,
    UNKNOWN_SETTLEMENT,
)
"""Formats with a mark of their own come first; those that any table of text may fit come last."""


def formats_with(saved: SavedProfiles) -> tuple[Format, ...]:
    """Every format, with the profiles that are saved beside a lake.

    Saved profiles are tried before the formats of any table: whoever saved one knows the file.
    """
    own = (*tabular.FORMATS, *columnar.FORMATS, *settlement_csv.FORMATS, *statement_csv.FORMATS)
    own = (*own, UNKNOWN_SETTLEMENT)
    marked = tuple(known for known in FORMATS if known not in own)
    return (
        *marked,
        *ledger_tables(saved.ledgers),
        *tabular.FORMATS,
        *columnar.FORMATS,
        settlement_tables(saved.settlements),
        statement_csv.statement_tables(saved.statements),
        UNKNOWN_SETTLEMENT,
    )


def recognise(source: Source) -> Format:
    """The format of a file, by its content.

    Raises:
        RefusedError: no reader knows it; the reason names what it seems to be and what was looked
            for.
    """
    head = source.head()
    for known in FORMATS:
        if known.knows(head, source.name):
            return known
    raise refusal(head, source.name)
