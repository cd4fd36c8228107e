"""Evidence in words says everything that the card holds."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quality.reconciliation.evidence.wording import in_words

MATCH = {
    "rules": "ledger_bank",
    "version": "1.0.0",
    "rule": "amount_and_date",
    "tier": "suggested",
    "score": 0.9312,
    "adjustment": "-0.500",
    "parts": {
        "lag_business_days": 2,
        "text_similarity": 71.0,
        "reference": "one_cites_other",
        "same_account": False,
        "log_odds_amount": 10.3,
        "log_odds_lag": -1.74,
    },
    "rivals": [{"side": "right", "row_id": "R9", "score": 0.05, "why": "its date fits less well"}],
}


def test_a_match_says_how_sure_it_is_what_spoke_against_it_and_who_competed() -> None:
    said = in_words(json.dumps(MATCH))
    assert said[0] == (
        "Rule amount_and_date of ledger_bank 1.0.0: suggested, for a person to decide, "
        "with a probability of 93.12%."
    )
    assert "Against it spoke lag (-1.7) in log odds." in said
    assert "A difference of -0.500 became an adjustment." in said
    assert "Competing: row R9 of the right side, probability 5.0%: its date fits less well." in said


def test_a_decision_says_who_and_why() -> None:
    parts = {
        "decision": "D1",
        "actor": "ada",
        "checker": "ben",
        "decided_at": "2026-06-30T10:00:00+00:00",
        "reason": "same invoice",
    }
    said = in_words(json.dumps({**MATCH, "rule": "decision", "parts": parts, "rivals": []}))
    assert "Decided by ada, checked by ben at 2026-06-30T10:00:00+00:00: same invoice." in said
    assert "No other row competed for it." in said


def test_a_break_says_what_it_is_and_what_was_considered() -> None:
    card = {
        "rules": "ledger_bank",
        "version": "1.0.0",
        "type": "timing",
        "age_business_days": 1,
        "probability_still_coming": 0.75,
        "points_at": "R3",
        "candidates": [
            {
                "row_id": "R3",
                "score": 0.4,
                "lag_business_days": -1,
                "difference": "0.100",
                "rule": "rounding",
                "why_not": "not sure enough",
            }
        ],
    }
    assert in_words(json.dumps(card)) == (
        "Type timing: the other side has not booked it yet, and is expected to.",
        "The other side has been on record for 1 business day since.",
        "Its counterpart still comes with a probability of 75%.",
        "It points at row R3.",
        (
            "Considered: row R3, probability 40.0%, 1 business day apart, difference 0.100: "
            "not sure enough."
        ),
        "Rules: ledger_bank 1.0.0.",
    )


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{12,16}", fullmatch=True), st.integers(10_000, 99_999), max_size=5
    )
)
def test_a_part_that_nobody_foresaw_is_shown_all_the_same(parts: Any) -> None:
    said = " ".join(in_words(json.dumps({**MATCH, "parts": parts})))
    assert all(str(value) in said for value in parts.values())
