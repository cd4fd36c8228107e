"""An evidence card says what ids, groups and reasons say, whatever they look like."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quality.reconciliation.decisions.model import ManualDecision
from quality.reconciliation.engine import reconcile
from quality.reconciliation.evidence.cards import card
from quality.reconciliation.evidence.wording import in_words
from quality.reconciliation.rules import shipped

START = date(2026, 3, 2)
HOSTILE = (
    "@rivals",
    "@parts",
    "@candidates",
    '"@rivals"',
    '","parts":"@rivals',
    '{"rival": [1, 2]}',
    "[]}",
    "$1 \\1 \\u0022 %s {0}",
    "line\nbreak\ttab\x00nul\x1besc",
    'O\'Brien "& Söhne" <script>',
    "\u2028\u202e\U0001f3db",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8"), min_size=1))


@given(st.lists(texts, min_size=4, max_size=4))
def test_a_card_says_its_texts_as_they_are(said: list[str]) -> None:
    rule, reason, rival, absent = said
    frame = pl.DataFrame(
        {
            "rule": [rule],
            "parts": [json.dumps({"reason": reason, absent: None})],
            "rivals": [json.dumps([{"row_id": rival}])],
            "none": [None],
        },
        schema_overrides={"none": pl.String},
    )
    made = frame.select(
        card("rule", parts=pl.col("parts"), rivals=pl.col("rivals"), none=pl.col("none"))
    ).item()
    assert json.loads(made) == {
        "rule": rule,
        "parts": {"reason": reason, absent: None},
        "rivals": [{"row_id": rival}],
        "none": None,
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=7, max_size=7, unique=True), texts, texts)
@example(list(HOSTILE[:7]), "@rivals", "@parts")
def test_every_card_of_a_reconciliation_can_be_read(
    ids: list[str], group: str, reason: str
) -> None:
    pair, tie, grouped, one_of, other_of, decided, alone = ids
    right = _side((pair, 100, None), (tie, 250, None), (grouped, 700, group), (decided, 900, None))
    left = _side(
        (pair, 100, None),
        (tie, 250, None),
        (alone, 250, None),
        (one_of, 300, group),
        (other_of, 400, group),
        (decided, 901, None),
    )
    decision = ManualDecision("d", "match", (decided,), (decided,), "ada", NOON, reason)
    outcome = reconcile(
        left, right, shipped("default"), as_of=START + timedelta(20), decisions=[decision]
    )
    cards = {row["id"]: json.loads(row["evidence"]) for row in outcome.evidence.to_dicts()}
    parts = [said["parts"] for said in cards.values() if said.get("parts")]
    assert {"decision": "d", "actor": "ada", "reason": reason}.items() <= next(
        part for part in parts if "reason" in part
    ).items()
    assert [part["shared"] for part in parts if "shared" in part] == [group]
    named = {rival["row_id"] for said in cards.values() for rival in said.get("rivals") or ()}
    named |= {one["row_id"] for said in cards.values() for one in said.get("candidates") or ()}
    assert named <= set(ids)
    sentences = [s for row in outcome.evidence.to_dicts() for s in in_words(row["evidence"])]
    assert any(sentence.endswith(f": {reason}.") for sentence in sentences)


NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def _side(*rows: tuple[str, int, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (name, "A1", START, Decimal(amount), "EUR", None, "payment", "normal", group)
            for name, amount, group in rows
        ],
        schema={
            "row_id": pl.String,
            "account_id": pl.String,
            "date": pl.Date,
            "amount": pl.Decimal(18, 3),
            "currency": pl.String,
            "reference": pl.String,
            "description": pl.String,
            "document_type": pl.String,
            "group_id": pl.String,
        },
        orient="row",
    )
