"""What the workbook shows: gold tables of one build, cut to a period. Pure selection, no sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.period_close.workbook.closing_balances import last_closing_balances
from pipelines.period_close.workbook.period import Period, WorkbookError
from pipelines.records.control_tables import PERIOD_CLOSES
from pipelines.runs.builds import as_of_of_last_run

THIS, OTHER = "this period", "outside it"

_AGES = (
    (1, "0 to 1"),
    (5, "2 to 5"),
    (10, "6 to 10"),
    (30, "11 to 30"),
)
"""Age bands by their last business day. Never `2-5`: a spreadsheet would take it for a date."""
_OLDEST = "over 30"
AGES = (*(name for _, name in _AGES), _OLDEST)

_NEEDED = ("fct_cash_position", "fct_matches", "fct_breaks", "fct_controls")
_TEXT, _MONEY = pl.String(), pl.Decimal(18, 3)
_LATER: Mapping[str, Mapping[str, pl.DataType]] = {
    "fct_roll_forward": {
        "account_id": _TEXT, "currency": _TEXT, "side": _TEXT, "period": _TEXT,
        "opening": _MONEY, "matched": _MONEY, "suggested": _MONEY, "adjustments": _MONEY,
        "open_timing": _MONEY, "open_missing": _MONEY, "open_other": _MONEY,
        "closing": _MONEY, "unexplained": _MONEY, "late": _MONEY,
    },
    "fct_adjustments": {
        "recon": _TEXT, "match_id": _TEXT, "tier": _TEXT, "cause": _TEXT,
        "account_id": _TEXT, "amount": _MONEY, "currency": _TEXT, "date": pl.Date(),
    },
    "fct_decisions": {
        "decision_id": _TEXT, "recon": _TEXT, "action": _TEXT, "state": _TEXT, "why": _TEXT,
        "named_rows": _TEXT, "left_amount": _MONEY, "right_amount": _MONEY, "currency": _TEXT,
        "actor": _TEXT, "checker": _TEXT, "decided_at": pl.Datetime("us", "UTC"),
        "reason": _TEXT,
    },
}  # fmt: skip
"""Marts that a lake of an earlier build may lack, with the columns that are read."""

_BALANCES = (
    "entity_id", "account_id", "currency", "date", "closing_balance", "ledger_balance",
    "difference",
)  # fmt: skip
_STATE: Mapping[str, pl.DataType] = {
    "state": _TEXT,
    "opened_on": pl.Date(),
    "sla_due_date": pl.Date(),
}


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """The figures of a period as they stand as of a day, each table at one version."""

    period: Period
    as_of: date
    versions: Mapping[str, int]
    books: str
    """Whether the period is closed, by whom and when, in words."""
    accounts: pl.DataFrame
    """One row per own account: its last closing on or before the end of the period."""
    roll_forward: pl.DataFrame
    """One row per account, currency and side."""
    matches: pl.DataFrame
    """One row per member of a match that has a member in the period; `where` says which."""
    breaks: pl.DataFrame
    """One row per open item of this period or an earlier one; `where`, `age_band`."""
    adjustments: pl.DataFrame
    """One row per accepted difference of the period."""
    controls: pl.DataFrame
    """One row per control, scope and day of the period."""
    controls_note: str
    decisions: pl.DataFrame
    """One row per decision taken in the period, or about a row that is shown."""


def read_figures(lake: Lake, period: Period) -> PeriodFigures:
    """Read a period out of the lake.

    Raises:
        WorkbookError: nothing was built, or the figures do not reach the period.
    """
    as_of = as_of_of_last_run(lake) if lake.root.is_dir() else None
    if as_of is None:
        raise WorkbookError(
            f"There are no figures in {lake.root}. Build them first: "
            "countinghouse run --landing FOLDER; or name another lake with --lake."
        )
    if as_of < period.first:
        raise WorkbookError(
            f"Period {period} has not begun: the figures speak as of {as_of}. "
            "Take in later files with countinghouse run, or ask for an earlier period."
        )
    names = [f"gold/{name}" for name in (*_NEEDED, *_LATER)]
    versions = {t: v for t in names if (v := lake.version(t)) is not None}
    missing = [name for name in _NEEDED if f"gold/{name}" not in versions]
    if missing:
        raise WorkbookError(
            f"The lake {lake.root} has no {', '.join(missing)}. "
            "Build it to the end: countinghouse run"
        )
    read = {t: lake.read(t, version=v).collect() for t, v in versions.items()}
    return select(
        {name.removeprefix("gold/"): rows for name, rows in read.items()},
        period,
        as_of=as_of,
        versions=versions,
        books=_books_of(lake, period),
    )


def select(
    tables: Mapping[str, pl.DataFrame],
    period: Period,
    *,
    as_of: date,
    versions: Mapping[str, int],
    books: str,
) -> PeriodFigures:
    """Cut gold tables (by name) to a period.

    Raises:
        WorkbookError: the period lies before everything in the books.
    """
    matches = _dated(tables["fct_matches"], period, as_of)
    breaks = _dated(_with(tables["fct_breaks"], _STATE), period, as_of)
    begin = pl.concat([matches["date"], breaks["date"]]).to_frame().select(pl.min("date")).item()
    if begin is not None and period.last < begin:
        raise WorkbookError(
            f"Period {period} lies before the books begin, which is on {begin}. "
            "Ask for a later period."
        )
    in_period = matches.filter(pl.col("where") == THIS)["match_id"].unique().implode()
    shown = matches.filter(pl.col("match_id").is_in(in_period))
    left_open = breaks.filter(pl.col("accounting_period") <= str(period))
    controls, note = _controls(tables["fct_controls"], period)
    return PeriodFigures(
        period=period,
        as_of=as_of,
        versions=versions,
        books=books,
        accounts=last_closing_balances(tables["fct_cash_position"], period.last).select(_BALANCES),
        roll_forward=_of_period(
            _or_empty(tables, "fct_roll_forward").with_columns(
                pl.col("period").alias("accounting_period")
            ),
            period,
        ),
        matches=shown.sort("recon", "match_id", "side", "row_id"),
        breaks=left_open.with_columns(_age_band()).sort("recon", "date", "break_id"),
        adjustments=_of_period(_dated(_or_empty(tables, "fct_adjustments"), period, as_of), period),
        controls=controls,
        controls_note=note,
        decisions=_decisions(_or_empty(tables, "fct_decisions"), shown, left_open, period),
    )


def _or_empty(tables: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    return tables.get(name, pl.DataFrame(schema=dict(_LATER[name])))


def _with(rows: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Rows with columns that an earlier build may not have, empty then."""
    return rows.with_columns(
        pl.lit(None, dtype).alias(name)
        for name, dtype in columns.items()
        if name not in rows.columns
    )


def _dated(rows: pl.DataFrame, period: Period, as_of: date) -> pl.DataFrame:
    """Rows with the period in whose books they stand, and whether it is this one, by that day."""
    own = pl.col("date").dt.strftime("%Y-%m")
    rows = _with(rows, {"accounting_period": _TEXT, "late_for_period": _TEXT}).with_columns(
        pl.coalesce("accounting_period", own).alias("accounting_period")
    )
    here = (pl.col("accounting_period") == str(period)) & (pl.col("date") <= as_of)
    return rows.with_columns(
        pl.when(here).then(pl.lit(THIS)).otherwise(pl.lit(OTHER)).alias("where"),
        pl.col("amount").abs().alias("value"),
    )


def _of_period(rows: pl.DataFrame, period: Period) -> pl.DataFrame:
    return rows.filter(pl.col("accounting_period") == str(period)).sort(pl.all())


def _age_band() -> pl.Expr:
    """The band of the age in business days."""
    band = pl.lit(_OLDEST)
    for last, name in reversed(_AGES):
        at_most = pl.col("age_business_days") <= last
        band = pl.when(at_most).then(pl.lit(name)).otherwise(band)
    return band.alias("age_band")


def _controls(rows: pl.DataFrame, period: Period) -> tuple[pl.DataFrame, str]:
    """The controls of the period; when the house did not run in it, of the first day after it."""
    shown = ["as_of", "name", "scope", "outcome", "expected", "actual", "difference", "detail"]
    within = rows.filter(pl.col("as_of").is_between(period.first, period.last))
    if within.height:
        return within.select(shown).sort("as_of", "name", "scope"), "Controls of the period."
    after = rows.filter(pl.col("as_of") > period.last)
    first = after.filter(pl.col("as_of") == pl.col("as_of").min())
    note = "No control was run as of a day of this period; "
    note += "these are of the first day after it." if first.height else "nor as of a later day."
    return first.select(shown).sort("as_of", "name", "scope"), note


def _decisions(
    rows: pl.DataFrame, matches: pl.DataFrame, breaks: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Decisions taken in the period, and those about rows that are shown."""
    shown = pl.concat([rows.select("recon", "side", "row_id") for rows in (matches, breaks)])
    member = pl.concat_str("side", pl.lit(":"), "row_id")
    about = (
        rows.select("decision_id", "recon", pl.col("named_rows").str.split(" ").alias("member"))
        .explode("member")
        .join(shown.with_columns(member.alias("member")), on=["recon", "member"])
    )
    here = pl.col("decision_id").is_in(about["decision_id"].implode())
    taken = pl.col("decided_at").dt.date().is_between(period.first, period.last)
    return rows.filter(here | taken).sort("decided_at", "decision_id")


def _books_of(lake: Lake, period: Period) -> str:
    """What the closes on record say of a period; the newest counts."""
    if not lake.exists(PERIOD_CLOSES):
        return "open: it has not been closed"
    rows = lake.read(PERIOD_CLOSES).filter(pl.col("period") == str(period)).collect()
    if rows.is_empty():
        return "open: it has not been closed"
    row = rows.sort("closed_at").row(-1, named=True)
    told = f"by {row['actor']} at {row['closed_at']:%Y-%m-%d %H:%M} UTC: {row['reason']}"
    return f"{'reopened' if row['action'] == 'reopened' else 'closed'} {told}"
