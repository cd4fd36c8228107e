"""What holds for every list of facts and contacts, and that no score overrides permission."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.collections.next_action import next_action
from models.collections.permission import (
    CHANNELS,
    CONVERSATIONS,
    PROTECTING,
    Contact,
    Fact,
    Permission,
)
from tests.unit.models.contact_permissions import NOON, ask

MOMENTS = st.integers(-40, 5).map(lambda day: NOON + timedelta(days=day))


FACTS = st.builds(
    Fact,
    st.sampled_from(["consent", *PROTECTING]),
    st.sampled_from([*CHANNELS, "any"]),
    st.booleans(),
    MOMENTS,
)


CONTACTS = st.builds(
    Contact,
    st.sampled_from(CHANNELS),
    st.sampled_from(["outbound", "inbound"]),
    MOMENTS,
    st.sampled_from(["no_answer", *CONVERSATIONS]),
    st.sampled_from(["L1", None]),
)


@given(st.lists(FACTS, max_size=8), st.lists(CONTACTS, max_size=12), st.floats(0, 1), st.data())
def test_no_score_overrides_the_gate_and_every_channel_has_an_answer(
    facts: Any, contacts: Any, chance: float, data: Any
) -> None:
    gate = ask(facts, contacts)
    assert set(gate.channels) | set(gate.blocked) == set(CHANNELS)
    assert not set(gate.channels) & set(gate.blocked)
    decision = next_action(
        gate,
        propensity=chance,
        days_past_due=data.draw(st.integers(0, 400)),
        in_hardship=data.draw(st.booleans()),
        has_promise=data.draw(st.booleans()),
    )
    assert decision.channel is None or decision.channel in gate.channels
    assert (decision.action == "none") == (not gate.channels)


@given(st.lists(FACTS, max_size=6), st.lists(CONTACTS, max_size=9), CONTACTS)
def test_one_more_contact_never_opens_a_channel(facts: Any, contacts: Any, one_more: Any) -> None:
    assert set(ask(facts, [*contacts, one_more]).channels) <= set(ask(facts, contacts).channels)


def test_hardship_is_offered_a_plan_and_a_promise_is_waited_for() -> None:
    gate = Permission(("letter",), {})
    told: dict[str, Any] = {"propensity": 0.1, "days_past_due": 20}
    assert next_action(gate, **told, in_hardship=True, has_promise=False).action == "plan"
    assert next_action(gate, **told, in_hardship=True, has_promise=True).action == "wait"
    assert next_action(gate, **told, in_hardship=False, has_promise=False).channel == "letter"


PROHIBITIONS = st.builds(
    Fact,
    st.sampled_from(PROTECTING),
    st.sampled_from([*CHANNELS, "any"]),
    st.just(value=True),
    MOMENTS,
    st.sampled_from(["L1", "L2", None]),
) | st.builds(
    Fact,
    st.just("consent"),
    st.sampled_from([*CHANNELS, "any"]),
    st.just(value=False),
    MOMENTS,
    st.sampled_from(["L1", "L2", None]),
)


WORDS = PROHIBITIONS | st.builds(
    Fact,
    st.sampled_from(["consent", *PROTECTING]),
    st.sampled_from([*CHANNELS, "any"]),
    st.just(value=True),
    MOMENTS,
    st.sampled_from(["L1", "L2", None]),
)


@given(st.lists(WORDS, max_size=6), st.lists(CONTACTS, max_size=6), PROHIBITIONS)
def test_one_more_prohibition_never_allows_more(facts: Any, contacts: Any, one_more: Any) -> None:
    before, after = ask(facts, contacts), ask([*facts, one_more], contacts)
    assert set(after.channels) <= set(before.channels)


@given(st.lists(WORDS, max_size=6), st.lists(CONTACTS, max_size=6), st.randoms())
def test_the_order_in_which_facts_are_told_does_not_matter(
    facts: Any, contacts: Any, dice: Any
) -> None:
    shuffled, others = list(facts), list(contacts)
    dice.shuffle(shuffled)
    dice.shuffle(others)
    assert ask(facts, contacts) == ask(shuffled, others)
