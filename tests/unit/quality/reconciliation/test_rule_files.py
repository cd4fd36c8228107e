"""A rule file that is wrong says in which line and which field; one that is right is read."""

from typing import Any

import pytest

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
