"""The names of the reconciliations, of their two sides and of the types of break."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReconciliationNames:
    """The title of a reconciliation, and the names of its left and its right side."""

    title: str
    left: str
    right: str

    def name(self, side: str) -> str:
        """The name of a side."""
        return {"left": self.left, "right": self.right}.get(side, side)


_KNOWN: Mapping[str, ReconciliationNames] = {
    "ledger_bank": ReconciliationNames("Ledger and bank", "Bank", "Ledger"),
    "payout_bank": ReconciliationNames("Payouts and bank", "Bank", "Payout advice"),
    "card_settlement": ReconciliationNames("Card settlement", "Settlement report", "Card payments"),
    "own_transfers": ReconciliationNames("Own transfers", "Money sent", "Money received"),
    "claims_ledger": ReconciliationNames("Claims and ledger", "Claims register", "Ledger"),
    "receipts_ledger": ReconciliationNames("Receipts and ledger", "Receipts", "Ledger"),
}

_TYPES: Mapping[str, str] = {
    "timing": "Timing",
    "missing_left": "Not in {left}",
    "missing_right": "Not in {right}",
    "amount": "Amount differs",
    "fee": "Fee",
    "fx": "Exchange rate",
    "duplicate": "Duplicate",
    "wrong_account": "Wrong account",
    "reversal": "Reversal",
    "unknown": "Several fit",
}


def sides_of(recon: str) -> ReconciliationNames:
    """The names of a reconciliation; one that is not shipped is named after its rules."""
    return _KNOWN.get(recon) or ReconciliationNames(in_plain(recon), "Left", "Right")


def type_of(kind: str, recon: str) -> str:
    """A type of break, or the rule of a match, in words."""
    sides = sides_of(recon)
    known = _TYPES.get(kind)
    return known.format(left=sides.left, right=sides.right) if known else in_plain(kind)


def in_plain(name: str) -> str:
    """A name as words: `same_reference` is Same reference."""
    return name.replace("_", " ").capitalize()
