"""One sheet, written from the top row down."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from pipelines.period_close.workbook.cells import Cell, Formula, Link, exact

_FORMATS = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1},
    "part": {"bold": True},
    "note": {"italic": True, "font_color": "#555555"},
    "link": {"font_color": "#0563C1", "underline": 1},
    "money": {"num_format": "#,##0.00#;[Red]-#,##0.00#"},
    "count": {"num_format": "#,##0"},
    "share": {"num_format": "0.00%"},
    "score": {"num_format": "0.0000"},
    "date": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "flag": {"bold": True},
    "wrong": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#C00000"},
    "text": {},
}
_A4 = 9
_STYLE_OF = {bool: "flag", int: "count", float: "score", Decimal: "money", str: "text"}


class Styles:
    """The formats of a workbook, made once."""

    def __init__(self, book: Workbook) -> None:
        self._made = {name: book.add_format(how) for name, how in _FORMATS.items()}

    def __getitem__(self, name: str) -> Any:
        return self._made[name]


class Sheet:
    """A worksheet that is filled row by row; `row` is the next one, counted from 0."""

    def __init__(self, book: Workbook, name: str, styles: Styles, widths: Sequence[int]) -> None:
        self.name, self.row = name, 0
        self._styles, self._sheet = styles, book.add_worksheet(name)
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)  # as wide as the paper, as long as it takes
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def line(self, cells: Sequence[Cell] = (), *, style: str | None = None) -> int:
        """Write the next row and give its number; `style` is for text that has no other."""
        for column, cell in enumerate(cells):
            if cell is not None:
                self._put(column, cell, style)
        self.row += 1
        return self.row - 1

    def head(self, titles: Sequence[str]) -> int:
        """Write a row of column titles."""
        return self.line(titles, style="head")

    def filtered(self, head: int, last: int, columns: int) -> None:
        """Let the reader filter a table whose titles stand in row `head`, kept in sight."""
        self._sheet.autofilter(head, 0, max(last, head + 1), columns - 1)
        if head < 15:
            self._sheet.freeze_panes(head + 1, 0)

    def warn_when_false(self, column: int, first: int, last: int) -> None:
        """Show a FALSE in red, from the first row to the last."""
        wrong = self._styles["wrong"]
        rule = {"type": "cell", "criteria": "==", "value": "FALSE", "format": wrong}
        self._sheet.conditional_format(first, column, last, column, rule)

    def at(self, row: int, column: int, *, elsewhere: bool = False) -> str:
        """The address of a cell, with the name of the sheet when it is cited elsewhere."""
        cell = str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))
        return f"'{self.name}'!{cell}" if elsewhere else cell

    def span(self, column: int, first: int, last: int, *, elsewhere: bool = False) -> str:
        """The address of a part of a column; at least one cell, so that an empty table adds up."""
        last = max(first, last)
        return f"{self.at(first, column, elsewhere=elsewhere)}:{self.at(last, column)}"

    def _put(self, column: int, cell: Cell, style: str | None) -> None:
        if isinstance(cell, Formula):
            self._formula(column, cell)
        elif isinstance(cell, Link):
            target = f"internal:'{cell.sheet}'!A1"
            self._sheet.write_url(self.row, column, target, self._styles["link"], cell.words)
        elif isinstance(cell, str):
            # Never `write`: a text that begins with an equals sign would become a formula.
            self._sheet.write_string(self.row, column, cell, self._styles[style or "text"])
        elif isinstance(cell, bool):
            self._sheet.write_boolean(self.row, column, cell, self._styles["flag"])
        elif isinstance(cell, datetime):
            plain = cell.replace(tzinfo=None)
            self._sheet.write_datetime(self.row, column, plain, self._styles["moment"])
        elif isinstance(cell, date):
            self._sheet.write_datetime(self.row, column, cell, self._styles["date"])
        else:
            number = self._number(cell)
            chosen = self._styles[style or _STYLE_OF[type(cell)]]
            self._sheet.write_number(self.row, column, number, chosen)

    def _formula(self, column: int, cell: Formula) -> None:
        value = cell.value
        told = self._number(value) if isinstance(value, Decimal) else value
        self._sheet.write_formula(self.row, column, cell.text, self._styles[cell.style], told)

    def _number(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return exact(value, f"sheet {self.name}, row {self.row + 1}")
