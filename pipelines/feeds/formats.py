"""Every file format that the house reads, in the order in which they are tried."""

from pipelines.feeds import berka
from pipelines.feeds.contract_tables import csv as contract_csv
from pipelines.feeds.contract_tables import parquet as contract_parquet
from pipelines.feeds.ledgers.tabular.reader import ledger_tables
from pipelines.feeds.payments import events, orders, status
from pipelines.feeds.reading import Format
from pipelines.feeds.saved_profiles import SavedProfiles
from pipelines.feeds.settlements import adyen, paypal, stripe_api, stripe_reports
from pipelines.feeds.settlements.tabular import reader as settlement_tabular
from pipelines.feeds.settlements.tabular.propose import UNKNOWN_SETTLEMENT
from pipelines.feeds.settlements.tabular.reader import settlement_tables
from pipelines.feeds.statements import bai2, mt940, ofx
from pipelines.feeds.statements.camt import reader as camt
from pipelines.feeds.statements.tabular import reader as statement_tabular

FORMATS: tuple[Format, ...] = (
    *camt.FORMATS,
    *mt940.FORMATS,
    *bai2.FORMATS,
    *ofx.FORMATS,
    *orders.FORMATS,
    *status.FORMATS,
    *events.FORMATS,
    *adyen.FORMATS,
    *stripe_api.FORMATS,
    *stripe_reports.FORMATS,
    *paypal.FORMATS,
    *berka.FORMATS,
    *contract_csv.FORMATS,
    *contract_parquet.FORMATS,
    *settlement_tabular.FORMATS,
    *statement_tabular.FORMATS,
    UNKNOWN_SETTLEMENT,
)
"""Formats with a mark of their own come first; those that any table of text may fit come last."""


def formats_with(saved: SavedProfiles) -> tuple[Format, ...]:
    """Every format, with the profiles that are saved beside a lake.

    Saved profiles are tried before the formats of any table: whoever saved one knows the file.
    """
    tables = (*contract_csv.FORMATS, *contract_parquet.FORMATS)
    own = (*tables, *settlement_tabular.FORMATS, *statement_tabular.FORMATS, UNKNOWN_SETTLEMENT)
    marked = tuple(known for known in FORMATS if known not in own)
    return (
        *marked,
        *ledger_tables(saved.ledgers),
        *tables,
        settlement_tables(saved.settlements),
        statement_tabular.statement_tables(saved.statements),
        UNKNOWN_SETTLEMENT,
    )
