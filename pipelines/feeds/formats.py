"""Every file format that the house reads, in the order in which they are tried."""

from importlib import import_module

from pipelines.feeds.reading import Format, RefusedError, Source
from pipelines.feeds.unknown import refusal

_READERS = (
    "camt", "mt940", "bai2", "ofx",
    "payment_orders", "payment_status", "payment_events",
    "adyen", "stripe", "paypal",
    "berka", "tabular", "columnar", "settlement_csv",
    "csv_statement", "statement_csv", "profile_csv",
)  # fmt: skip


def _formats(module: str) -> tuple[Format, ...]:
    try:
        found = import_module(f"pipelines.feeds.{module}")
    except ImportError:
        return ()
    return tuple(getattr(found, "FORMATS", ()))


FORMATS: tuple[Format, ...] = tuple(known for module in _READERS for known in _formats(module))
"""Formats with a mark of their own come first; those that any table of text may fit come last."""


def recognise(source: Source) -> Format:
    """The format of a file, by its content.

    Raises:
        RefusedError: no reader knows it; the reason names what it seems to be and what was looked
            for.
    """
    head = source.head()
    for known in FORMATS:
        if known.recognises(head, source.name):
            return known
    raise refusal(head, source.name)


__all__ = ["FORMATS", "RefusedError", "recognise"]
