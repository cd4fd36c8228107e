"""The closed sets of words of a reconciliation: sides, tiers, kinds of match, types of break."""

from typing import Literal

Side = Literal["left", "right"]
"""The two sides. The left one is nearer to the cash (a bank, a provider), the right one a book."""

SIDES: tuple[Side, Side] = ("left", "right")

Tier = Literal["auto", "suggested"]
"""How sure a match is: `auto` counts by itself, `suggested` waits for a person."""

TIERS: tuple[Tier, Tier] = ("auto", "suggested")

MatchKind = Literal["one_to_one", "one_to_many", "many_to_one", "many_to_many", "offset"]
"""How many rows of the left side settle how many of the right; an `offset` has rows of one side."""

BreakType = Literal[
    "timing", "missing_left", "missing_right", "amount", "fee", "fx", "duplicate", "wrong_account",
    "reversal", "unknown",
]  # fmt: skip
"""What is likely to be the matter with a row that nothing settles."""

BreakState = Literal["opened", "retyped", "cleared", "written_off", "reopened"]
"""What happened to a break from one run to the next."""

DifferenceCause = Literal["transposition", "fee", "fx", "rounding", "unexplained"]
"""What makes the amounts of two rows that belong together differ."""

DecisionAction = Literal["match", "unmatch", "leave_open", "write_off"]
"""What a person may decide about rows."""

DecisionStatus = Literal["counts", "pending", "replaced"]
"""Whether a decision counts: `pending` does not yet, `replaced` was undone by a later one."""


def other_side(side: Side) -> Side:
    """The opposite side."""
    return "right" if side == "left" else "left"
