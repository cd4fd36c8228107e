"""The forms of the reconciliation page: what is decided, by whom, and why."""

from collections.abc import Callable, Mapping
from typing import Any

import marimo as mo

INTRODUCTION = """[Liquidity](/liquidity/) · [Reconciliation](/reconciliation/)

# Reconciliation

Filter, tick one item or many, look at both sides, decide. A decision is a record: the next run
replays it."""

ABOUT_ROWS = {
    "match": "match",
    "leave open": "leave_open",
    "write off": "write_off",
    "unmatch": "unmatch",
}
"""What may be decided about the rows that are ticked on both sides of an item."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def decision_form(
    title: str, actions: Mapping[str, str], submit: str, record: Callable[[dict[str, Any]], None]
) -> Any:
    """A form that asks for a decision, a name and a reason, and hands them to `record`."""
    return (
        mo.md(f"### {title}\n\n{{action}} {{actor}} {{reason}}")
        .batch(
            action=mo.ui.dropdown(dict(actions), value=next(iter(actions)), label="Decision"),
            actor=mo.ui.text(label="Your name", placeholder="who decides"),
            reason=mo.ui.text(label="Reason", placeholder="why", full_width=True),
        )
        .form(submit_button_label=submit, on_change=record, bordered=True)
    )


def approval_form(approve: Callable[[dict[str, Any]], None]) -> Any:
    """A form that asks for the name of a second person."""
    return (
        mo.md("### Approve what is ticked\n\n{approver}")
        .batch(approver=mo.ui.text(label="Approved by", placeholder="a second person"))
        .form(submit_button_label="Approve", on_change=approve, bordered=True)
    )


def filters_of(choices: Callable[[str], list[str]]) -> Any:
    """The filters of the list; `choices` gives the values of a column."""
    return mo.ui.dictionary(
        {
            "text": mo.ui.text(placeholder="name, reference, account, amount", label="Find"),
            "recons": mo.ui.multiselect(choices("title"), label="Reconciliation"),
            "types": mo.ui.multiselect(choices("type_name"), label="Type or rule"),
            "owners": mo.ui.multiselect(choices("owner"), label="Owner"),
            "accounts": mo.ui.multiselect(choices("account_id"), label="Account"),
            "least_age": mo.ui.number(0, 10_000, value=0, label="Business days, at least"),
            "least_amount": mo.ui.text(value="", placeholder="0.00", label="Amount, at least"),
        }
    )


def xlsx(data: Callable[[], bytes], name: str, label: str) -> Any:
    """A button that gives a workbook."""
    return mo.download(data, name, _XLSX, label=label)
