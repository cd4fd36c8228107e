"""What each sheet lists, in the order in which a controller turns them over."""

import polars as pl

from pipelines.period_close.workbook.figures import AGES, PeriodFigures
from pipelines.period_close.workbook.listing import UNKNOWN, Listing, RowProof, SheetColumn, Totals

_RECON, _SIDE = SheetColumn("recon", "Reconciliation", 17), SheetColumn("side", "Side", 8)
_MATCH, _TIER = SheetColumn("match_id", "Match", 22), SheetColumn("tier", "Tier", 10)
_ACCOUNT, _ENTITY = (
    SheetColumn("account_id", "Account", 25),
    SheetColumn("entity_id", "Entity", 12),
)
_DATE, _CURRENCY = SheetColumn("date", "Date", 12), SheetColumn("currency", "Currency", 9)
_AMOUNT = SheetColumn("amount", "Amount", 17)
_MEMBER = (SheetColumn("row_id", "Row", 30), _ACCOUNT, _ENTITY, _DATE, _AMOUNT, _CURRENCY)
"""A row of a side, as it came into the reconciliation."""
_COUNTED = (
    SheetColumn("where", "In", 12),
    SheetColumn("accounting_period", "Books of", 10),
    SheetColumn("late_for_period", "Late for", 10),
    SheetColumn("value", "Value without sign", 17),
)
"""In which period it counts, and with what."""

_MOVED = (
    "matched", "suggested", "adjustments", "open_timing", "open_missing", "open_other",
)  # fmt: skip


def listings(figures: PeriodFigures) -> tuple[Listing, ...]:
    """The sheets after the summary."""
    return (
        _accounts(figures),
        _roll_forward(figures),
        _matches(figures),
        _breaks(figures),
        _adjustments(figures),
        _controls(figures),
        _decisions(figures),
    )


def _accounts(figures: PeriodFigures) -> Listing:
    balances = ("closing_balance", "ledger_balance", "difference")
    return Listing(
        "Accounts",
        f"Bank and ledger at the end of {figures.period}",
        "Per account: what the bank states, what the ledger says, and what lies between them, "
        "which the open items explain.",
        (
            _ENTITY,
            _ACCOUNT,
            _CURRENCY,
            SheetColumn("date", "Last day", 12),
            SheetColumn("closing_balance", "Bank", 17),
            SheetColumn("ledger_balance", "Ledger", 17),
            SheetColumn("difference", "Bank less ledger", 17),
        ),
        _filled(figures.accounts),
        (Totals(("currency",), balances),),
        RowProof("difference", {"closing_balance": 1, "ledger_balance": -1}),
    )


def _roll_forward(figures: PeriodFigures) -> Listing:
    amounts = ("opening", *_MOVED, "closing", "unexplained", "late")
    return Listing(
        "Roll-forward",
        f"Roll-forward of {figures.period}",
        "Per account and side: the opening and everything that moved it add up to the closing. "
        "Late is the part that belongs to an earlier, closed month.",
        (
            _ACCOUNT,
            _CURRENCY,
            _SIDE,
            *(SheetColumn(name, name.replace("_", " ").capitalize(), 17) for name in amounts),
        ),
        _filled(figures.roll_forward),
        (Totals(("currency", "side"), amounts),),
        RowProof("closing", dict.fromkeys(("opening", *_MOVED), 1)),
    )


def _matches(figures: PeriodFigures) -> Listing:
    return Listing(
        "Matches",
        f"Matches of {figures.period}",
        "One line is a member of a match. A match with a member in the period is shown whole.",
        (
            _RECON,
            _MATCH,
            SheetColumn("kind", "Kind", 13),
            _TIER,
            SheetColumn("rule", "Rule", 22),
            SheetColumn("rule_version", "Rule version", 12),
            SheetColumn("score", "Score", 8),
            _SIDE,
            *_MEMBER,
            *_COUNTED,
        ),
        _filled(figures.matches),
        (Totals(("recon", "side", "tier", "where", "currency"), ("amount", "value")),),
    )


def _breaks(figures: PeriodFigures) -> Listing:
    order = pl.col("age_band").replace_strict(
        {name: place for place, name in enumerate(AGES)}, return_dtype=pl.Int8
    )
    return Listing(
        "Breaks",
        f"Open items at the end of {figures.period}, by age",
        f"What nothing settles as of {figures.as_of}, of this period and carried forward from "
        "earlier ones. Age is in business days.",
        (
            SheetColumn("age_band", "Age band", 15),
            SheetColumn("age_business_days", "Age", 8),
            _RECON,
            _SIDE,
            SheetColumn("break_type", "Type", 14),
            *_MEMBER,
            SheetColumn("owner", "Owner", 14),
            SheetColumn("state", "State", 12),
            SheetColumn("opened_on", "Open since", 11),
            SheetColumn("sla_due_date", "Due by", 11),
            SheetColumn("expected_clearing_date", "Expected to clear", 11),
            SheetColumn("candidate_row_id", "Nearly agrees with", 30),
            *_COUNTED,
        ),
        _filled(figures.breaks).sort(order, "age_business_days", "break_id"),
        (
            Totals(("age_band", "currency"), ("amount", "value")),
            Totals(("recon", "where", "currency"), ("amount", "value")),
        ),
    )


def _adjustments(figures: PeriodFigures) -> Listing:
    return Listing(
        "Adjustments",
        f"Adjustments of {figures.period}",
        "Differences inside accepted matches, each with its cause: left members minus right ones.",
        (
            _RECON,
            _MATCH,
            _TIER,
            SheetColumn("cause", "Cause", 17),
            _ACCOUNT,
            _DATE,
            _AMOUNT,
            _CURRENCY,
        ),
        _filled(figures.adjustments),
        (Totals(("tier", "cause", "currency"), ("amount",)),),
    )


def _controls(figures: PeriodFigures) -> Listing:
    return Listing(
        "Controls",
        f"Controls of {figures.period}",
        f"{figures.controls_note} A control that did not run is a failed one.",
        (
            SheetColumn("as_of", "As of", 11),
            SheetColumn("name", "Control", 34),
            SheetColumn("scope", "Scope", 34),
            SheetColumn("outcome", "Outcome", 10),
            SheetColumn("expected", "Expected", 17),
            SheetColumn("actual", "Actual", 17),
            SheetColumn("difference", "Difference", 17),
            SheetColumn("detail", "Detail", 60),
        ),
        _filled(figures.controls),
    )


def _decisions(figures: PeriodFigures) -> Listing:
    return Listing(
        "Decisions",
        f"Decisions by hand for {figures.period}",
        "Taken in the period, or about a row that is shown. One that is pending does not count.",
        (
            SheetColumn("decision_id", "Decision", 18),
            _RECON,
            SheetColumn("action", "Action", 12),
            SheetColumn("state", "State", 10),
            SheetColumn("why", "Because", 30),
            SheetColumn("named_rows", "Rows", 40),
            SheetColumn("left_amount", "Left amount", 17),
            SheetColumn("right_amount", "Right amount", 17),
            _CURRENCY,
            SheetColumn("actor", "Decided by", 14),
            SheetColumn("checker", "Checked by", 14),
            SheetColumn("decided_at", "Decided at", 19),
            SheetColumn("reason", "Reason", 40),
        ),
        _filled(figures.decisions),
        (Totals(("currency", "action"), ("left_amount", "right_amount")),),
    )


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    """No empty key: a formula that looks for an empty text finds nothing."""
    keys = {"recon", "side", "tier", "where", "currency", "cause", "action", "outcome"}
    return rows.with_columns(
        pl.col(name).fill_null(UNKNOWN) for name in rows.columns if name in keys
    )
