"""Addresses at which somebody else was reached, and notices that the law requires."""

import pytest

from models.collections.permission import (
    contact_permission,
)
from tests.unit.models.contact_permissions import BERLIN, NOON, YES, ask, fact, notice, wrong

ADDRESSES = {"call": "+49 30 123", "sms": "+49 30 123", "email": "a@example.org"}


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
