"""A rule file that is wrong says in which line and which field; one that is right is read."""

import re
from typing import Any

import pytest

from quality.reconciliation.former_rule_keys import FORMER_KEYS
from quality.reconciliation.rules import RULES, RulesError, parse_rules, shipped

DRAFT = """\
like: ledger_bank
name: ledger_bank
version: draft
tiers:
  auto: 0.95
  suggested: 0.5
"""


def test_a_draft_starts_from_rules_that_start_from_others() -> None:
    draft = parse_rules(DRAFT)
    assert draft.rules == shipped("default").rules
    assert draft.description == shipped("ledger_bank").description
    assert draft.tiers.auto == 0.95


@pytest.mark.parametrize("path", sorted(RULES.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_is_read(path: Any) -> None:
    assert parse_rules(path.read_text("utf-8")).rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1,\nb: 2", "draft.yaml, line 2, column 5: this is not YAML"),
        ("- a\n- b\n", "draft.yaml: a rule file is a mapping"),
        ("", "draft.yaml: a rule file is a mapping"),
        ("like: ../secret\n", "like: there are no rules '../secret' to start from; there are"),
        (DRAFT.replace("0.95", "1.5"), "line 5, field tiers.auto: Input should be less than 1"),
        (DRAFT + "colour: red\n", "line 7, field colour: Extra inputs are not permitted"),
        ("name: x\nversion: 1.0.0\n", "field tiers: Field required"),
        (
            DRAFT + "rules:\n  - name: a\n    kind: pair\n    by: luck\n",
            "line 10, field rules.0.pair.by: Input should be 'reference'",
        ),
        (
            DRAFT + "rules:\n  - name: a\n    kind: guess\n",
            "line 8, field rules.0: Input tag 'guess'",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: Any, said: str) -> None:
    with pytest.raises(RulesError) as error:
        parse_rules(text, name="draft.yaml")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("tiers: {auto: 0.95, suggested: 0.5, checked_from: 77}", "dual_control_threshold: 77"),
        ("charged: right", "cash_side: right"),
        (
            "rules: [{name: a, kind: batch, window: {before: 1, after: 1}, chance: 0.02}]",
            "max_false_matches: 0.02",
        ),
    ],
)
def test_a_file_with_keys_of_an_earlier_release_is_read(former: str, present: str) -> None:
    text = f"like: ledger_bank\nname: ledger_bank\nversion: old\n{former}\n"
    renamed = text
    for old, new in FORMER_KEYS.items():
        renamed = re.sub(rf"\b{old}:", f"{new}:", renamed)
    assert present in renamed
    assert parse_rules(text) == parse_rules(renamed)


def test_both_names_of_a_key_at_once_are_refused_with_the_line() -> None:
    text = DRAFT + "  checked_from: 7\n  dual_control_threshold: 8\n"
    with pytest.raises(RulesError, match=r"line 7, field tiers\.checked_from: Extra inputs"):
        parse_rules(text)


def test_a_wrong_value_under_a_former_key_is_said_with_its_line() -> None:
    with pytest.raises(RulesError, match="line 4, field cash_side: Input should be"):
        parse_rules("like: ledger_bank\nname: x\nversion: y\ncharged: middle\n")
