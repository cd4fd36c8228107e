"""Tables of the pages: headings for people, numbers that are numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import marimo as mo
import polars as pl

from notebooks.money import shown

NEGATIVE = "var(--red-11)"
"""A red that marimo's dark theme lightens by itself."""


def table(rows: pl.DataFrame, *, selection: str | None = None, **more: Any) -> mo.ui.table:
    """A table of the page. Cells of money sort by their amount; nothing is rounded for display."""
    money = [name for name, dtype in rows.schema.items() if dtype == pl.Struct]
    numbers = [*money, *(name for name, dtype in rows.schema.items() if dtype.is_numeric())]
    dates = [name for name, dtype in rows.schema.items() if dtype == pl.Date]
    formats = {**dict.fromkeys(money, shown), **dict.fromkeys(dates, _day)}
    return mo.ui.table(
        rows.with_columns(pl.col(pl.String).fill_null("")),
        selection=selection,
        format_mapping=formats or None,
        text_justify_columns=dict.fromkeys(numbers, "right") or None,
        style_cell=_style,
        show_column_summaries=False,
        show_data_types=False,
        show_download=False,
        **more,
    )


def _style(_row: str, _column: str, value: object) -> dict[str, str]:
    amount = value.get("amount") if isinstance(value, Mapping) else None
    minus = amount is not None and amount < 0
    common = {"whiteSpace": "nowrap", "fontVariantNumeric": "tabular-nums"}
    return {**common, "color": NEGATIVE} if minus else common


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
