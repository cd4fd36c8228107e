"""The first sheet: what was closed, whether it agrees, and where each figure is spelled out."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from pipelines.period_close.workbook.cells import Cell, Formula, Link
from pipelines.period_close.workbook.cross_checks import (
    AGREES,
    CrossCheck,
    cross_checks_of,
    write_cross_checks,
)
from pipelines.period_close.workbook.figures import AGES, THIS, PeriodFigures
from pipelines.period_close.workbook.listing import UNKNOWN, PlacedListing
from pipelines.period_close.workbook.sheet import Sheet

WIDTHS = (40, 24, 18, 18, 18, 18)
_OUTCOMES = ("passed", "failed", "missing", "error", "skipped")
_PLACES = 6


def write_summary(
    sheet: Sheet, figures: PeriodFigures, sheets: Mapping[str, PlacedListing]
) -> bool:
    """Write the summary; gives whether every figure in the workbook agrees with its parts."""
    sheet.line([f"Close of {figures.period}"], style="title")
    sheet.line([_standing(figures)], style="note")
    sheet.line()
    _facts(sheet, figures)
    cross_checks = cross_checks_of(figures, sheets)
    agrees = _verdict(sheet, sheets, cross_checks)
    write_cross_checks(sheet, cross_checks)
    _match_rate(sheet, figures, sheets["Matches"].columns, sheets["Breaks"].columns)
    _breaks(sheet, figures, sheets["Breaks"].columns)
    _controls(sheet, figures, sheets["Controls"].columns)
    _versions(sheet, figures)
    return agrees


def _standing(figures: PeriodFigures) -> str:
    told = f"PeriodFigures as of {figures.as_of}."
    if figures.as_of < figures.period.last:
        told += f" The period has not ended: it lasts until {figures.period.last}."
    return told


def _facts(sheet: Sheet, figures: PeriodFigures) -> None:
    accounts, decisions = figures.accounts, figures.decisions
    facts: list[list[Cell]] = [
        ["Books", figures.books],
        ["Entities", accounts["entity_id"].n_unique()],
        ["Accounts", accounts.height, Link("Accounts", "Bank and ledger by account")],
        ["Matches", figures.matches["match_id"].n_unique(), Link("Matches", "Every match")],
        ["Open items", figures.breaks.height, Link("Breaks", "Open items by age")],
        ["Adjustments", figures.adjustments.height, Link("Adjustments", "Every adjustment")],
        [
            "Decisions by hand that wait for a second person",
            decisions.filter(pl.col("state") == "pending").height,
            Link("Decisions", "Every decision"),
        ],
    ]
    for fact in facts:
        sheet.line(fact)


def _verdict(
    sheet: Sheet, sheets: Mapping[str, PlacedListing], cross_checks: Sequence[CrossCheck]
) -> bool:
    """One line per sheet that proves something, one for the sheets together, one over all."""
    proving = {name: written for name, written in sheets.items() if written.proofs}
    tied = all(tie.agrees for tie in cross_checks)
    everything = tied and all(written.agrees for written in proving.values())
    sheet.line()
    sheet.head(["Do the figures agree with their parts?", "Agrees", "Look at"])
    over, count = sheet.row, len(proving) + bool(cross_checks)
    below = sheet.span(1, over + 1, over + max(count, 1))
    sheet.warn_when_false(1, over, over + count)
    sheet.line(["All sheets", Formula(f"=AND({below})", everything, "flag")])
    for name, written in proving.items():
        proof = Formula(f"=AND({','.join(written.proofs)})", written.agrees, "flag")
        sheet.line([f"{name}: cells added up again", proof, Link(name, name)])
    if cross_checks:
        first = over + count + 3  # below this block, an empty line and the titles
        cells = sheet.span(AGREES, first, first + len(cross_checks) - 1)
        proof = Formula(f"=AND({cells})", tied, "flag")
        sheet.line(["The roll-forward and the rows listed", proof, "below"])
    return everything


def _match_rate(
    sheet: Sheet, figures: PeriodFigures, matches: Mapping[str, str], breaks: Mapping[str, str]
) -> None:
    """Per reconciliation and currency: value settled automatically, of all value of the period."""
    sheet.line()
    sheet.head(["Match rate by value", "Currency", "Settled", "Suggested", "Open", "Rate"])
    parts = pl.concat(
        [
            figures.matches.select("recon", "currency", "where", "value", "tier"),
            figures.breaks.select("recon", "currency", "where", "value", tier=pl.lit("open")),
        ]
    ).filter(pl.col("where") == THIS)
    keys = parts.select("recon", pl.col("currency").fill_null(UNKNOWN)).unique()
    for recon, currency in keys.sort("recon", "currency").iter_rows():
        here = parts.filter(pl.col("recon") == recon, pl.col("currency") == currency)
        value = {
            tier: Decimal(here.filter(pl.col("tier") == tier)["value"].sum() or 0)
            for tier in ("auto", "suggested", "open")
        }
        at = sheet.row
        key = (sheet.at(at, 0), sheet.at(at, 1))
        of = sum(value.values())
        rate = round(value["auto"] / of, _PLACES) if of else Decimal(0)
        total = sheet.span(2, at, at).split(":", maxsplit=1)[0] + f":{sheet.at(at, 4)}"
        settled = f"IF(SUM({total})=0,0,{sheet.at(at, 2)}/SUM({total}))"
        sheet.line(
            [
                recon,
                currency,
                Formula(_sum_of(matches, key, "auto"), value["auto"]),
                Formula(_sum_of(matches, key, "suggested"), value["suggested"]),
                Formula(_sum_of(breaks, key, None), value["open"]),
                Formula(f"=ROUND({settled},{_PLACES})", rate, "share"),
            ]
        )


def _sum_of(columns: Mapping[str, str], key: tuple[str, str], tier: str | None) -> str:
    conditions = f"{columns['recon']},{key[0]},{columns['currency']},{key[1]}"
    conditions += f',{columns["where"]},"{THIS}"'
    if tier is not None:
        conditions += f',{columns["tier"]},"{tier}"'
    return f"=ROUND(SUMIFS({columns['value']},{conditions}),3)"


def _breaks(sheet: Sheet, figures: PeriodFigures, columns: Mapping[str, str]) -> None:
    """Open items by age band and currency."""
    sheet.line()
    sheet.head(["Open items by age in business days", "Currency", "Items", "Value without sign"])
    counted = figures.breaks.group_by("age_band", "currency").agg(
        pl.len().alias("items"), pl.col("value").sum()
    )
    order = {band: place for place, band in enumerate(AGES)}
    for band, currency, items, value in sorted(
        counted.iter_rows(), key=lambda row: (order[row[0]], row[1])
    ):
        at = sheet.row
        conditions = (
            f"{columns['age_band']},{sheet.at(at, 0)},{columns['currency']},{sheet.at(at, 1)}"
        )
        sheet.line(
            [
                band,
                currency,
                Formula(f"=COUNTIFS({conditions})", items, "count"),
                Formula(f"=ROUND(SUMIFS({columns['value']},{conditions}),3)", Decimal(value)),
                Link("Breaks", "Breaks"),
            ]
        )


def _controls(sheet: Sheet, figures: PeriodFigures, columns: Mapping[str, str]) -> None:
    """How many controls ended how."""
    sheet.line()
    sheet.head(["Controls", "Lines"])
    counts = dict(figures.controls["outcome"].value_counts().iter_rows())
    for outcome in _OUTCOMES:
        formula = f"=COUNTIFS({columns['outcome']},{sheet.at(sheet.row, 0)})"
        count = Formula(formula, int(counts.get(outcome, 0)), "count")
        sheet.line([outcome, count, Link("Controls", "Controls")])


def _versions(sheet: Sheet, figures: PeriodFigures) -> None:
    """Which version of each table was read: the same versions give the same workbook."""
    sheet.line()
    sheet.head(["Read from", "Version of the Delta table"])
    for table, version in figures.versions.items():
        sheet.line([table, version])
