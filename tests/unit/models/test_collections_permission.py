from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
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
    contact_permission,
    contact_window,
)

NOON = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"
LONG_AGO = NOON - timedelta(days=400)
YES = Fact("consent", "any", granted=True, effective_from=LONG_AGO)


def call(
    at: datetime,
    outcome: str = "no_answer",
    debt: str | None = "L1",
    to: Literal["inbound", "outbound"] = "outbound",
) -> Contact:
    return Contact("call", to, at, outcome, debt)


def ask(
    facts: Sequence[Any] = (YES,),
    contacts: Sequence[Any] = (),
    *,
    at: datetime = NOON,
    zone: str | None = BERLIN,
    debt: str = "L1",
) -> Permission:
    return contact_permission(facts, contacts, obligation_id=debt, time_zone=zone, at=at)


def test_no_word_is_no_consent() -> None:
    assert ask(facts=()).channels == ()
    assert set(ask(facts=()).blocked.values()) == {"no consent"}


def test_with_consent_and_nothing_against_it_every_channel_is_allowed() -> None:
    assert ask().channels == CHANNELS
    assert ask().blocked == {}


def test_the_later_word_on_a_channel_counts_in_whatever_order_it_is_told() -> None:
    withdrawn = Fact("consent", "sms", granted=False, effective_from=NOON - timedelta(days=1))
    assert ask((YES, withdrawn)) == ask((withdrawn, YES))
    assert ask((YES, withdrawn)).blocked == {"sms": "no consent"}


def test_of_two_words_at_one_moment_the_refusal_counts() -> None:
    refused = Fact("consent", "call", granted=False, effective_from=LONG_AGO)
    assert "call" not in ask((YES, refused)).channels


def test_a_consent_that_is_not_in_effect_yet_allows_nothing() -> None:
    later = Fact("consent", "any", granted=True, effective_from=NOON + timedelta(seconds=1))
    assert ask((later,)).channels == ()


@pytest.mark.parametrize("name", PROTECTING)
def test_a_protecting_fact_closes_every_channel_until_it_is_lifted(name: Any) -> None:
    flag = Fact(name, "any", granted=True, effective_from=NOON - timedelta(days=2))
    lifted = Fact(name, "any", granted=False, effective_from=NOON - timedelta(days=1))
    assert ask((YES, flag)).blocked == dict.fromkeys(CHANNELS, name)
    assert ask((YES, flag, lifted)).channels == CHANNELS


def test_a_dispute_raised_in_a_contact_closes_that_debt_until_the_register_speaks() -> None:
    contacts = (call(NOON - timedelta(days=30), "dispute"),)
    assert ask(contacts=contacts).channels == ()
    assert ask(contacts=contacts, debt="L2").channels == CHANNELS
    settled = Fact("dispute", "any", granted=False, effective_from=NOON - timedelta(days=3))
    assert ask((YES, settled), contacts).channels == CHANNELS


def test_the_eighth_call_within_seven_days_is_forbidden_and_the_seventh_is_not() -> None:
    calls = [call(NOON - timedelta(days=day)) for day in range(7)]
    assert "call" in ask(contacts=calls[:6]).channels
    assert ask(contacts=calls).blocked == {"call": "7 calls in 7 days"}


def test_a_call_on_the_eighth_day_back_no_longer_counts() -> None:
    calls = [call(NOON - timedelta(days=day)) for day in (1, 2, 3, 4, 5, 6, 7)]
    assert "call" in ask(contacts=calls).channels


def test_days_are_those_of_the_customer() -> None:
    # 23:30 in UTC on the 23rd is already the 24th in Berlin, the first of the seven days.
    late = datetime(2026, 6, 23, 23, 30, tzinfo=UTC)
    calls = [call(late) for _ in range(7)]
    assert "call" not in ask(contacts=calls).channels
    assert "call" in ask(contacts=calls, zone="Europe/London", at=NOON).blocked
    assert "call" in ask(contacts=calls, zone="Atlantic/Azores").channels


def test_calls_about_another_debt_or_by_the_customer_do_not_count() -> None:
    others = [call(NOON, debt="L2")] * 9 + [call(NOON, to="inbound")] * 9
    assert "call" in ask(contacts=others).channels


def test_a_contact_that_names_no_debt_counts_for_every_debt() -> None:
    assert "call" not in ask(contacts=[call(NOON, debt=None)] * 7).channels


@pytest.mark.parametrize("outcome", set(CONVERSATIONS) - {"dispute"})
def test_seven_days_after_a_conversation_nobody_calls(outcome: Any) -> None:
    sixth, seventh = NOON - timedelta(days=6), NOON - timedelta(days=7)
    rule = "7 days after a conversation"
    assert ask(contacts=(call(sixth, outcome),)).blocked == {"call": rule}
    assert ask(contacts=(call(seventh, outcome),)).channels == CHANNELS
    assert ask(contacts=(call(sixth, outcome, to="inbound"),)).blocked == {"call": rule}


@pytest.mark.parametrize(
    ("hour", "minute", "open_"),
    [(7, 59, False), (8, 0, True), (20, 59, True), (21, 0, False), (3, 0, False)],
)
def test_hours_are_local_and_letters_keep_none(hour: int, minute: int, open_: bool) -> None:
    at = datetime(2026, 6, 30, hour, minute, tzinfo=ZoneInfo("America/Chicago"))
    channels = ask(at=at.astimezone(UTC), zone="America/Chicago").channels
    assert channels == (CHANNELS if open_ else ("letter",))


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../etc"])
def test_without_a_known_time_zone_only_letters_are_allowed(zone: str | None) -> None:
    assert ask(zone=zone).channels == ("letter",)
    assert contact_window(date(2026, 6, 30), zone) is None


def test_contact_hours_follow_summer_time() -> None:
    winter, summer = (contact_window(date(2026, month, 1), BERLIN) for month in (1, 7))
    assert winter is not None
    assert summer is not None
    assert (winter[0].hour, winter[1].hour) == (7, 20)
    assert (summer[0].hour, summer[1].hour) == (6, 19)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ask(at=datetime(2026, 6, 30, 12, 0))  # noqa: DTZ001 - that is the case


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


ODD_ZONES = [
    "Europe", "E" * 300, "localtime", "posixrules", "../x", "europe/berlin", "/etc/localtime",
    "Factory", "Europe/Berlin\n", "\0", " Europe/Berlin", "posix/Europe/Berlin", "tzdata.zi",
]  # fmt: skip


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_an_odd_time_zone_forbids_by_name_and_stops_nothing(zone: Any) -> None:
    gate = ask(zone=zone)
    assert gate.channels == ("letter",)
    assert gate.blocked["call"] == f"time zone {zone[:40]!r} unknown"
    assert contact_window(date(2026, 6, 30), zone) is None


@given(st.text(max_size=60))
def test_no_text_for_a_time_zone_stops_the_gate(zone: str) -> None:
    assert "letter" in ask(zone=zone).channels


def fact(
    name: str,
    *,
    granted: bool = True,
    channel: str = "any",
    days_ago: float = 10,
    debt: str | None = None,
) -> Fact:
    return Fact(name, channel, granted, NOON - timedelta(days=days_ago), debt)


@pytest.mark.parametrize("name", set(PROTECTING) - {"deceased", "bankrupt"})
def test_a_fact_about_one_debt_does_not_govern_another(name: Any) -> None:
    assert ask((YES, fact(name, debt="L1"))).channels == ()
    assert ask((YES, fact(name, debt="L1")), debt="L2").channels == CHANNELS
    assert ask((YES, fact(name)), debt="L2").channels == ()


@pytest.mark.parametrize("name", ["deceased", "bankrupt"])
def test_what_is_true_of_the_person_governs_every_debt(name: str) -> None:
    assert ask((YES, fact(name, debt="L1")), debt="L2").channels == ()
    lifted = fact(name, granted=False, days_ago=1)
    assert ask((YES, fact(name, debt="L1"), lifted), debt="L2").channels == CHANNELS


def test_a_dispute_of_one_debt_is_not_settled_by_a_word_about_all() -> None:
    dispute = fact("dispute", debt="L1")
    general = fact("dispute", granted=False, days_ago=1)
    own = fact("dispute", granted=False, days_ago=1, debt="L1")
    assert ask((YES, dispute, general)).channels == ()
    assert ask((YES, dispute, own)).channels == CHANNELS
    # And what stands for all is lifted for the one debt of which that is said.
    everything = fact("dispute")
    assert ask((YES, everything, own)).channels == CHANNELS
    assert ask((YES, everything, own), debt="L2").channels == ()


def test_consent_withdrawn_for_calls_comes_back_with_a_consent_to_calls_only() -> None:
    no_calls = fact("consent", granted=False, channel="call")
    anything = fact("consent", days_ago=2)
    calls = fact("consent", channel="call", days_ago=1)
    assert ask((YES, no_calls, anything)).blocked == {"call": "no consent"}
    assert ask((YES, no_calls, anything, calls)).channels == CHANNELS


def test_consent_withdrawn_about_one_debt_comes_back_with_a_word_about_it() -> None:
    withdrawn = fact("consent", granted=False, debt="L1")
    assert ask((YES, withdrawn)).channels == ()
    assert ask((YES, withdrawn), debt="L2").channels == CHANNELS
    assert ask((YES, withdrawn, fact("consent", days_ago=1))).channels == ()
    assert ask((YES, withdrawn, fact("consent", days_ago=1, debt="L1"))).channels == CHANNELS


def test_consent_about_one_debt_is_none_about_another() -> None:
    assert ask((fact("consent", debt="L1"),)).channels == CHANNELS
    assert ask((fact("consent", debt="L1"),), debt="L2").channels == ()


ADDRESSES = {"call": "+49 30 123", "sms": "+49 30 123", "email": "a@example.org"}


def wrong(
    channel: Literal["call", "sms", "email", "letter"], address: str | None, days_ago: float = 3
) -> Contact:
    at = NOON - timedelta(days=days_ago)
    return Contact(channel, "outbound", at, "wrong_party", "L2", address)


@pytest.mark.parametrize("spelled", ["+49 30 123", "0049-30-123", "+4930123", None])
def test_a_wrong_party_closes_the_number_that_was_called_for_every_debt(
    spelled: str | None,
) -> None:
    gate = contact_permission(
        (YES,), [wrong("call", spelled)], obligation_id="L1", time_zone=BERLIN, at=NOON,
        addresses=ADDRESSES,
    )  # fmt: skip
    assert gate.channels == ("email", "letter")
    assert set(gate.blocked.values()) == {"somebody else was reached at this address"}


def test_another_number_and_another_address_stay_open() -> None:
    contacts = [wrong("call", "+49 30 999"), wrong("email", "A@Example.org ")]
    gate = contact_permission(
        (YES,), contacts, obligation_id="L1", time_zone=BERLIN, at=NOON, addresses=ADDRESSES
    )
    assert gate.channels == ("call", "sms", "letter")


def test_an_unrecorded_number_stays_closed_until_the_customer_consents_to_it_anew() -> None:
    contacts = [wrong("call", None)]
    assert ask((YES,), contacts).channels == ("email", "letter")
    anything, calls = fact("consent", days_ago=1), fact("consent", channel="call", days_ago=1)
    assert ask((YES, anything), contacts).channels == ("email", "letter")
    assert ask((YES, calls), contacts).channels == ("call", "email", "letter")


def notice(
    facts: Sequence[Any] = (),
    contacts: Sequence[Any] = (),
    *,
    zone: str | None = BERLIN,
    at: datetime = NOON,
) -> Permission:
    return contact_permission(
        facts, contacts, obligation_id="L1", time_zone=zone, at=at, purpose="notice"
    )


def test_a_notice_that_the_law_requires_needs_no_consent_and_goes_by_letter() -> None:
    refused = fact("consent", granted=False)
    for facts in ((), (refused,), (fact("cease_communication"),), (fact("dispute"),)):
        assert notice(facts).channels == ("letter",)
        assert ask((YES, *facts[:1]) if facts == (refused,) else facts).channels == ()
    assert notice(zone=None, at=NOON.replace(hour=1)).channels == ("letter",)


@pytest.mark.parametrize("name", ["deceased", "attorney_represented"])
def test_a_notice_does_not_go_to_the_dead_nor_past_an_attorney(name: str) -> None:
    assert notice((fact(name),)).blocked["letter"] == name


def test_a_notice_does_not_go_to_somebody_else() -> None:
    assert notice((), [wrong("letter", None)]).channels == ()


def test_seven_days_of_silence_are_seven_days_also_after_a_late_conversation() -> None:
    evening = datetime(2026, 6, 23, 20, 45, tzinfo=ZoneInfo(BERLIN))
    spoken = [call(evening, "conversation")]
    morning = datetime(2026, 6, 30, 8, 0, tzinfo=ZoneInfo(BERLIN))
    rule = {"call": "7 days after a conversation"}
    assert ask(contacts=spoken, at=morning).blocked == rule
    assert ask(contacts=spoken, at=morning.replace(hour=20, minute=44)).blocked == rule
    assert ask(contacts=spoken, at=morning.replace(hour=20, minute=45)).channels == CHANNELS


def test_a_conversation_on_any_channel_is_followed_by_silence_about_that_debt() -> None:
    spoken = [Contact("email", "inbound", NOON - timedelta(days=2), "conversation", "L1")]
    assert "call" not in ask(contacts=spoken).channels
    assert ask(contacts=spoken, debt="L2").channels == CHANNELS


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
