"""The reconciliations and their two sides by the names that people use."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sides:
    """A reconciliation: what it is called, and what stands on its left and on its right."""

    title: str
    left: str
    right: str

    def name(self, side: str) -> str:
        """The name of a side."""
        return {"left": self.left, "right": self.right}.get(side, side)


_KNOWN: Mapping[str, Sides] = {
    "ledger_bank": Sides("Ledger and bank", "Bank", "Ledger"),
    "payout_bank": Sides("Payouts and bank", "Bank", "Payout advice"),
    "card_settlement": Sides("Card settlement", "Settlement report", "Card payments"),
    "own_transfers": Sides("Own transfers", "Money sent", "Money received"),
    "claims_ledger": Sides("Claims and ledger", "Claims register", "Ledger"),
    "receipts_ledger": Sides("Receipts and ledger", "Receipts", "Ledger"),
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


def sides_of(recon: str) -> Sides:
    """The names of a reconciliation; one of somebody's own is called as its rules are."""
    return _KNOWN.get(recon) or Sides(in_plain(recon), "Left", "Right")


def type_of(kind: str, recon: str) -> str:
    """A type of break, or the rule of a match, in words."""
    sides = sides_of(recon)
    known = _TYPES.get(kind)
    return known.format(left=sides.left, right=sides.right) if known else in_plain(kind)


def in_plain(name: str) -> str:
    """A name of the house as words: `same_reference` is Same reference."""
    return name.replace("_", " ").capitalize()
