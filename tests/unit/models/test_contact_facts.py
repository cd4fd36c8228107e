"""Consents and protective facts: which of them count, for which debt, and what lifts them."""

from datetime import timedelta
from typing import Any

import pytest

from models.collections.permission import (
    CHANNELS,
    PROTECTING,
    Fact,
)
from tests.unit.models.contact_permissions import LONG_AGO, NOON, YES, ask, call, fact


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
