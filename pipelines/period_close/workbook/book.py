"""The workbook as bytes on disk: the same figures give the same bytes."""

from datetime import datetime, time
from pathlib import Path

from xlsxwriter import Workbook

from pipelines.period_close.workbook.figures import PeriodFigures
from pipelines.period_close.workbook.listing import SUMMARY, write_listing
from pipelines.period_close.workbook.pages import listings
from pipelines.period_close.workbook.sheet import Sheet, Styles
from pipelines.period_close.workbook.summary_sheet import WIDTHS, write_summary


def write_workbook(figures: PeriodFigures, out: Path) -> bool:
    """Write the workbook of a period; an older one of that name is replaced when it is whole.

    Returns:
        Whether every figure agrees with its parts.

    Raises:
        WorkbookError: an amount or a table is more than a spreadsheet holds; nothing is
            written then.
        OSError: the file cannot be written.
    """
    part = out.with_name(f".{out.name}.part")
    try:
        agrees = _write(figures, part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return agrees


def _write(figures: PeriodFigures, out: Path) -> bool:
    # Rows leave memory as they are written; a sheet may have a million of them.
    book = Workbook(str(out), {"constant_memory": True, "strings_to_formulas": False})
    try:
        made = datetime.combine(figures.as_of, time())
        book.set_properties(
            {"title": f"Close of {figures.period}", "author": "Countinghouse", "created": made}
        )
        book.set_calc_mode("auto")
        styles = Styles(book)
        summary = Sheet(book, SUMMARY, styles, WIDTHS)
        sheets = {}
        for listing in listings(figures):
            sheet = Sheet(book, listing.name, styles, listing.widths)
            sheets[listing.name] = write_listing(sheet, listing)
        return write_summary(summary, figures, sheets)
    finally:
        book.close()
