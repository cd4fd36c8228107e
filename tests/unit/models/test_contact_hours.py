"""Contact hours in the customer's own time zone, and what an unknown one allows."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.collections.permission import (
    CHANNELS,
    contact_window,
)
from tests.unit.models.contact_permissions import BERLIN, ask


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
