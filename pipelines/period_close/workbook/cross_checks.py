"""The sheets against each other: what the roll-forward says moved, and the rows that list it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from pipelines.period_close.workbook.cells import Formula
from pipelines.period_close.workbook.figures import THIS, PeriodFigures
from pipelines.period_close.workbook.listing import PlacedListing
from pipelines.period_close.workbook.sheet import Sheet
from quality.reconciliation.reporting.roll_forward import PROVEN

AGREES = 5
"""The column of the cells that say whether a tie holds."""

_MATCHED = ("matched", "suggested", "adjustments")
_OPEN = ("open_timing", "open_missing", "open_other")


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A figure of the roll-forward beside the rows that should make it up."""

    cells: tuple[str, str, str]
    proof: str
    listed: str
    moved: Decimal
    shown: Decimal

    @property
    def agrees(self) -> bool:
        """Whether both come to the same."""
        return self.moved == self.shown


def cross_checks_of(
    figures: PeriodFigures, sheets: Mapping[str, PlacedListing]
) -> tuple[CrossCheck, ...]:
    """What the proof of the balances says moved, and what the sheets of rows list."""
    rolled, columns = figures.roll_forward, sheets["Roll-forward"].columns
    keys = rolled.select("currency", "side").unique().sort("currency", "side")
    lists = (
        ("Matched and suggested", "Matches", figures.matches, _MATCHED),
        ("Left open", "Breaks", figures.breaks, _OPEN),
    )
    cross_checks = []
    for currency, side in keys.iter_rows():
        mine = rolled.filter(pl.col("currency") == currency, pl.col("side") == side)
        row_side = "left" if side == "bank" else "right"
        for what, name, rows, parts in lists:
            here = rows.filter(
                pl.col("recon") == PROVEN,
                pl.col("side") == row_side,
                pl.col("where") == THIS,
                pl.col("currency") == currency,
            )
            proof = "+".join(
                f"SUMIFS({columns[part]},{columns['currency']},B{{row}},{columns['side']},C{{row}})"
                for part in parts
            )
            of = sheets[name].columns
            listed = (
                f'SUMIFS({of["amount"]},{of["recon"]},"{PROVEN}",{of["side"]},"{row_side}",'
                f'{of["where"]},"{THIS}",{of["currency"]},B{{row}})'
            )
            cross_checks.append(
                CrossCheck(
                    cells=(what, currency, side),
                    proof=f"=ROUND({proof},3)",
                    listed=f"=ROUND({listed},3)",
                    moved=sum((Decimal(mine[part].sum() or 0) for part in parts), Decimal(0)),
                    shown=Decimal(here["amount"].sum() or 0),
                )
            )
    return tuple(cross_checks)


def write_cross_checks(sheet: Sheet, cross_checks: Sequence[CrossCheck]) -> None:
    """Write one line for each; nothing when there is no roll-forward."""
    if not cross_checks:
        return
    sheet.line()
    sheet.head(["Bank and ledger", "Currency", "Side", "Roll-forward", "Rows listed", "Agrees"])
    sheet.warn_when_false(AGREES, sheet.row, sheet.row + len(cross_checks) - 1)
    for tie in cross_checks:
        row = sheet.row + 1
        sheet.line(
            [
                *tie.cells,
                Formula(tie.proof.format(row=row), tie.moved),
                Formula(tie.listed.format(row=row), tie.shown),
                Formula(f"=D{row}=E{row}", tie.agrees, "flag"),
            ]
        )
