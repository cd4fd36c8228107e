"""One account's movements in a table, and the balances that the table tells of it."""

from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.feeds.reading import Finding
from pipelines.feeds.statements.model import PLAIN_AMOUNT, BalanceLine, EntryLine
from pipelines.feeds.statements.tabular.fees import steps_proven


@dataclass(slots=True)
class AccountRows:
    """One account's movements of the table, with the balance after each where it is given."""

    currency: str | None = None
    servicer: str | None = None
    entries: list[EntryLine] = field(default_factory=list)
    after: list[str | None] = field(default_factory=list)
    balance_rows: dict[str, EntryLine] = field(default_factory=dict)


@dataclass(slots=True)
class SkippedRows:
    """Rows that are no movements: what is said of each, and the total lines with their rows."""

    remarks: list[Finding] = field(default_factory=list)
    totals: list[tuple[str, int]] = field(default_factory=list)

    def clear(self) -> None:
        """Begin anew: the table is read once more."""
        self.remarks.clear()
        self.totals.clear()


def balances(account: AccountRows) -> list[BalanceLine]:
    """Opening and closing as rows of their own tell them, else from the running balance."""
    stated = [
        BalanceLine(
            kind,
            line.amount,
            line.currency or account.currency,
            line.booking_date,
            line.row,
            line.place,
        )
        for name, kind in (("opening", "OPBD"), ("closing", "CLBD"))
        if (line := account.balance_rows.get(name)) and PLAIN_AMOUNT.fullmatch(line.amount)
    ]
    return stated or _running_balances(account)


def _running_balances(account: AccountRows) -> list[BalanceLine]:
    """Opening and closing from the running balance, whichever way the rows are ordered."""
    entries = [entry for entry in account.entries if entry.status == "BOOK"]
    if not entries or None in account.after:
        return []
    texts = [*(entry.amount for entry in entries), *(text or "" for text in account.after)]
    if not all(PLAIN_AMOUNT.fullmatch(text) for text in texts):
        return []
    amounts = [Decimal(text) for text in texts]
    moved, after = amounts[: len(entries)], amounts[len(entries) :]
    upwards, downwards = steps_proven(moved, after)
    days = [entry.booking_date or "" for entry in entries]
    newest_first = downwards > upwards or (downwards == upwards and days[0] > days[-1])
    first, last = (-1, 0) if newest_first else (0, -1)
    opening, closing = after[first] - moved[first], after[last]
    ends = (("OPBD", opening, first), ("CLBD", closing, last))
    return [
        BalanceLine(
            kind,
            f"{amount:f}",
            account.currency,
            entries[at].booking_date,
            entries[at].row,
            entries[at].place,
        )
        for kind, amount, at in ends
    ]
