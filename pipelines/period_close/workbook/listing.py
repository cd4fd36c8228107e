"""A sheet that lists rows, with totals above them that formulas add up again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.period_close.workbook.cells import Cell, Formula, Link
from pipelines.period_close.workbook.period import WorkbookError
from pipelines.period_close.workbook.sheet import Sheet

SUMMARY = "Summary"
MOST_ROWS = 1_000_000
_MONEY = 18
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a listing: the name in the frame, the title for people, the width."""

    name: str
    title: str
    width: int = 14


@dataclass(frozen=True, slots=True)
class Totals:
    """What is added up: for each distinct `by`, which always holds the currency, each amount."""

    by: tuple[str, ...]
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowProof:
    """Two cells at the end of each row: its parts added up, and whether that is what `total` says.

    `signs` has the columns that are added (1) and taken away (-1).
    """

    total: str
    signs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a sheet lists, before it is written."""

    name: str
    title: str
    note: str
    columns: tuple[SheetColumn, ...]
    rows: pl.DataFrame
    totals: tuple[Totals, ...] = ()
    proof: RowProof | None = None

    @property
    def titles(self) -> Mapping[str, str]:
        """The title of each column by its name."""
        return {column.name: column.title for column in self.columns}

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of the columns; the totals above them share them, and the proofs follow."""
        widths = [max(column.width, len(column.title) + 2) for column in self.columns]
        widths += [_MONEY, _MONEY] if self.proof else []
        for totals in self.totals:
            for at, needed in enumerate((_MONEY, _MONEY, _MONEY), start=len(totals.by)):
                widths[at] = max(widths[at], needed)
        return tuple(widths)


@dataclass(frozen=True, slots=True)
class PlacedListing:
    """A listing on its sheet: where its columns and its proofs lie, for formulas elsewhere."""

    columns: Mapping[str, str]
    """The address of each column's cells."""
    proofs: tuple[str, ...]
    """The addresses of the cells that say whether a figure and its parts agree."""
    agrees: bool
    """Whether all of them say that they do."""


def write_listing(sheet: Sheet, listing: Listing) -> PlacedListing:
    """Write a listing onto an empty sheet.

    Raises:
        WorkbookError: there are more rows than a sheet takes.
    """
    rows = listing.rows
    if rows.height > MOST_ROWS:
        raise WorkbookError(
            f"{listing.title}: {rows.height:,} rows, and a sheet takes {MOST_ROWS:,}. Nothing was "
            "written; close a shorter time, or read the mart itself."
        )
    sheet.line([listing.title], style="title")
    sheet.line([Link(SUMMARY, "Back to the summary"), None, listing.note], style="note")
    sheet.line()
    groups = [_groups(rows, totals) for totals in listing.totals]
    above = sum(
        3 + len(lines) * len(t.amounts) for t, lines in zip(listing.totals, groups, strict=True)
    )
    head = sheet.row + above
    spans = {
        column.name: (at, head + 1, head + max(rows.height, 1))
        for at, column in enumerate(listing.columns)
    }
    proofs: list[str] = []
    for totals, lines in zip(listing.totals, groups, strict=True):
        proofs += _write_totals(sheet, listing, totals, lines, spans)
    proof, width = listing.proof, len(listing.columns)
    proven = ["Added up", "Agrees"] if proof else []
    sheet.head([*(column.title for column in listing.columns), *proven])
    at = {column.name: place for place, column in enumerate(listing.columns)}
    agree = True
    for row in rows.select(*at).iter_rows(named=True):
        cells = _proven(sheet, row, at, proof) if proof else []
        agree = agree and all(cell.value is not False for cell in cells)
        sheet.line([*row.values(), *cells])
    if proof and rows.height:
        proofs.append(sheet.span(width + 1, head + 1, sheet.row - 1, elsewhere=True))
        sheet.warn_when_false(width + 1, head + 1, sheet.row - 1)
    sheet.filtered(head, sheet.row - 1, width + len(proven))
    addresses = {name: sheet.span(*span, elsewhere=True) for name, span in spans.items()}
    return PlacedListing(addresses, tuple(proofs), agree)


def _proven(
    sheet: Sheet, row: Mapping[str, Any], at: Mapping[str, int], proof: RowProof
) -> list[Formula]:
    """The cells that prove one row."""
    parts = "".join(
        f"{'+' if sign > 0 else '-'}{sheet.at(sheet.row, at[name])}"
        for name, sign in proof.signs.items()
    )
    added = sum((sign * Decimal(row[n] or 0) for n, sign in proof.signs.items()), Decimal(0))
    here = sheet.at(sheet.row, len(at))
    agrees = f"={here}=ROUND({sheet.at(sheet.row, at[proof.total])},3)"
    return [
        Formula(f"=ROUND({parts.removeprefix('+')},3)", added),
        Formula(agrees, added == (row[proof.total] or 0), style="flag"),
    ]


def _groups(rows: pl.DataFrame, totals: Totals) -> list[tuple[tuple[str, ...], dict[str, Decimal]]]:
    """The sums, as the lake's decimals give them, by the values of `by`."""
    summed = (
        rows.group_by(totals.by).agg(pl.col(name).sum() for name in totals.amounts).sort(totals.by)
    )
    return [
        (
            tuple(row[name] for name in totals.by),
            {name: Decimal(row[name] or 0) for name in totals.amounts},
        )
        for row in summed.iter_rows(named=True)
    ]


def _write_totals(
    sheet: Sheet,
    listing: Listing,
    totals: Totals,
    lines: Sequence[tuple[tuple[str, ...], Mapping[str, Decimal]]],
    spans: Mapping[str, tuple[int, int, int]],
) -> list[str]:
    titles = listing.titles
    by = " and ".join(titles[name].lower() for name in totals.by)
    sheet.line([f"Totals by {by}"], style="part")
    sheet.head([*(titles[n] for n in totals.by), "Total of", "Added up", "As stored", "Agrees"])
    width, first = len(totals.by), sheet.row
    for keys, sums in lines:
        for name, stored in sums.items():
            conditions = ",".join(
                f"{sheet.span(*spans[key])},{sheet.at(sheet.row, at)}"
                for at, key in enumerate(totals.by)
            )
            added = Formula(f"=ROUND(SUMIFS({sheet.span(*spans[name])},{conditions}),3)", stored)
            here, there = sheet.at(sheet.row, width + 1), sheet.at(sheet.row, width + 2)
            agrees = Formula(f"={here}={there}", value=True, style="flag")
            cells: list[Cell] = [*keys, titles[name], added, stored, agrees]
            sheet.line(cells)
    if lines:
        sheet.warn_when_false(width + 3, first, sheet.row - 1)
    sheet.line()
    return [sheet.span(width + 3, first, sheet.row - 2, elsewhere=True)] if lines else []
