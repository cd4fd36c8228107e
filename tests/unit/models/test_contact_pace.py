"""The pace of calls: seven in seven days, and silence after a conversation."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.collections.permission import (
    CHANNELS,
    CONVERSATIONS,
    Contact,
)
from tests.unit.models.contact_permissions import BERLIN, NOON, ask, call


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
