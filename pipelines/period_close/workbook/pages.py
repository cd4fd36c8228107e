"""What each sheet lists, in the order in which a controller turns them over."""

import polars as pl

from pipelines.period_close.workbook.figures import AGES, Figures
from pipelines.period_close.workbook.listing import UNKNOWN, Column, Listing, Proof, Totals

_RECON, _SIDE = Column("recon", "Reconciliation", 17), Column("side", "Side", 8)
_MATCH, _TIER = Column("match_id", "Match", 22), Column("tier", "Tier", 10)
_ACCOUNT, _ENTITY = Column("account_id", "Account", 25), Column("entity_id", "Entity", 12)
_DATE, _CURRENCY = Column("date", "Date", 12), Column("currency", "Currency", 9)
_AMOUNT = Column("amount", "Amount", 17)
_MEMBER = (Column("row_id", "Row", 30), _ACCOUNT, _ENTITY, _DATE, _AMOUNT, _CURRENCY)
"""A row of a side, as it came into the reconciliation."""
_COUNTED = (
    Column("where", "In", 12),
    Column("accounting_period", "Books of", 10),
    Column("late_for_period", "Late for", 10),
    Column("value", "Value without sign", 17),
)
"""In which period it counts, and with what."""

_MOVED = (
    "matched", "suggested", "adjustments", "open_timing", "open_missing", "open_other",
)  # fmt: skip


def listings(figures: Figures) -> tuple[Listing, ...]:
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


def _accounts(figures: Figures) -> Listing:
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
            Column("date", "Last day", 12),
            Column("closing_balance", "Bank", 17),
            Column("ledger_balance", "Ledger", 17),
            Column("difference", "Bank less ledger", 17),
        ),
        _filled(figures.accounts),
        (Totals(("currency",), balances),),
        Proof("difference", {"closing_balance": 1, "ledger_balance": -1}),
    )


def _roll_forward(figures: Figures) -> Listing:
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
            *(Column(name, name.replace("_", " ").capitalize(), 17) for name in amounts),
        ),
        _filled(figures.roll_forward),
        (Totals(("currency", "side"), amounts),),
        Proof("closing", dict.fromkeys(("opening", *_MOVED), 1)),
    )


def _matches(figures: Figures) -> Listing:
    return Listing(
        "Matches",
        f"Matches of {figures.period}",
        "One line is a member of a match. A match with a member in the period is shown whole.",
        (
            _RECON,
            _MATCH,
            Column("kind", "Kind", 13),
            _TIER,
            Column("rule", "Rule", 22),
            Column("rule_version", "Rule version", 12),
            Column("score", "Score", 8),
            _SIDE,
            *_MEMBER,
            *_COUNTED,
        ),
        _filled(figures.matches),
        (Totals(("recon", "side", "tier", "where", "currency"), ("amount", "value")),),
    )


def _breaks(figures: Figures) -> Listing:
    order = pl.col("age_band").replace_strict(
        {name: place for place, name in enumerate(AGES)}, return_dtype=pl.Int8
    )
    return Listing(
        "Breaks",
        f"Open items at the end of {figures.period}, by age",
        f"What nothing settles as of {figures.as_of}, of this period and carried forward from "
        "earlier ones. Age is in business days.",
        (
            Column("age_band", "Age band", 15),
            Column("age_business_days", "Age", 8),
            _RECON,
            _SIDE,
            Column("break_type", "Type", 14),
            *_MEMBER,
            Column("owner", "Owner", 14),
            Column("state", "State", 12),
            Column("opened_on", "Open since", 11),
            Column("sla_due_date", "Due by", 11),
            Column("expected_clearing_date", "Expected to clear", 11),
            Column("candidate_row_id", "Nearly agrees with", 30),
            *_COUNTED,
        ),
        _filled(figures.breaks).sort(order, "age_business_days", "break_id"),
        (
            Totals(("age_band", "currency"), ("amount", "value")),
            Totals(("recon", "where", "currency"), ("amount", "value")),
        ),
    )


def _adjustments(figures: Figures) -> Listing:
    return Listing(
        "Adjustments",
        f"Adjustments of {figures.period}",
        "Differences inside accepted matches, each with its cause: left members minus right ones.",
        (
            _RECON,
            _MATCH,
            _TIER,
            Column("cause", "Cause", 17),
            _ACCOUNT,
            _DATE,
            _AMOUNT,
            _CURRENCY,
        ),
        _filled(figures.adjustments),
        (Totals(("tier", "cause", "currency"), ("amount",)),),
    )


def _controls(figures: Figures) -> Listing:
    return Listing(
        "Controls",
        f"Controls of {figures.period}",
        f"{figures.controls_note} A control that did not run is a failed one.",
        (
            Column("as_of", "As of", 11),
            Column("name", "Control", 34),
            Column("scope", "Scope", 34),
            Column("outcome", "Outcome", 10),
            Column("expected", "Expected", 17),
            Column("actual", "Actual", 17),
            Column("difference", "Difference", 17),
            Column("detail", "Detail", 60),
        ),
        _filled(figures.controls),
    )


def _decisions(figures: Figures) -> Listing:
    return Listing(
        "Decisions",
        f"Decisions by hand for {figures.period}",
        "Taken in the period, or about a row that is shown. One that is pending does not count.",
        (
            Column("decision_id", "Decision", 18),
            _RECON,
            Column("action", "Action", 12),
            Column("state", "State", 10),
            Column("why", "Because", 30),
            Column("named_rows", "Rows", 40),
            Column("left_amount", "Left amount", 17),
            Column("right_amount", "Right amount", 17),
            _CURRENCY,
            Column("actor", "Decided by", 14),
            Column("checker", "Checked by", 14),
            Column("decided_at", "Decided at", 19),
            Column("reason", "Reason", 40),
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
