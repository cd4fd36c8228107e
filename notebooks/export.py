"""Lists to take along: CSV and XLSX in which no text becomes a formula."""

import io
from datetime import date
from decimal import Decimal

import polars as pl
import xlsxwriter

from pipelines.output.spreadsheet_text import csv_for_people
from quality.currencies import places


def flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Each column of money as two: the amount, and its currency behind it."""
    parts: list[pl.Expr] = []
    for name, dtype in rows.schema.items():
        if dtype == pl.Struct:
            parts += [
                pl.col(name).struct.field("amount").alias(name),
                pl.col(name).struct.field("currency").alias(f"{name}, currency"),
            ]
        else:
            parts.append(pl.col(name))
    return rows.select(parts)


def as_csv(rows: pl.DataFrame) -> bytes:
    """A list as CSV; a text that a spreadsheet would take for a formula is marked as text."""
    return csv_for_people(flat(rows))


def as_xlsx(rows: pl.DataFrame, title: str) -> bytes:
    """A list as a workbook: amounts are number cells, dates are dates, text stays text."""
    plain = flat(rows)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(title[:31])
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        amounts = {n: book.add_format({"num_format": _number(n)}) for n in range(4)}
        sheet.write_row(0, 0, plain.columns, book.add_format({"bold": True}))
        for number, row in enumerate(plain.iter_rows(), start=1):
            for column, value in enumerate(row):
                if isinstance(value, Decimal):
                    behind = row[column + 1] if column + 1 < len(row) else None
                    decimals = places(behind if isinstance(behind, str) else None)
                    shape = amounts[2 if decimals is None else decimals]
                    sheet.write_number(number, column, value, shape)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, int):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, str(value))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, plain.height, plain.width - 1)
        sheet.autofit()
    return stream.getvalue()


def _number(decimals: int) -> str:
    """A number format with thousands marks and minus in red."""
    shape = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{shape};[Red]-{shape}"
