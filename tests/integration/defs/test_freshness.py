"""Freshness: stale is what should have come, and nobody is alarmed by a weekend or a holiday."""

from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import get_latest_completed_cron_tick

from pipelines.definitions import ARRIVING, COMPUTED, defs
from quality.contract import contracts

HERE = ZoneInfo("Europe/Amsterdam")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


def _computed_is_fresh(told: str, now: str) -> bool:
    """As Dagster judges a policy with a deadline: by the last deadline that has passed."""
    deadline = get_latest_completed_cron_tick(COMPUTED.deadline_cron, _at(now), COMPUTED.timezone)
    assert deadline is not None
    return _at(told) >= deadline - COMPUTED.lower_bound_delta


@pytest.mark.parametrize(
    ("told", "now", "fresh"),
    [
        ("2026-06-26 06:31", "2026-06-26 18:00", True),  # Friday's run, on Friday
        ("2026-06-26 06:31", "2026-06-27 12:00", True),  # on Saturday
        ("2026-06-26 06:31", "2026-06-28 23:00", True),  # on Sunday
        ("2026-06-26 17:00", "2026-06-29 08:59", True),  # on Monday before nine
        ("2026-06-26 17:00", "2026-06-29 09:01", False),  # Monday's run did not come
        ("2026-06-29 06:31", "2026-06-29 09:01", True),  # it did
        ("2026-06-29 06:31", "2026-06-30 09:01", False),  # Tuesday's did not
    ],
)
def test_what_is_computed_stands_anew_by_nine_on_business_mornings(
    told: str, now: str, fresh: bool
) -> None:
    assert _computed_is_fresh(told, now) == fresh


@pytest.mark.parametrize(
    ("told", "now", "fresh"),
    [
        ("2026-06-26 18:00", "2026-06-29 17:00", True),  # over a weekend
        ("2026-04-02 18:00", "2026-04-07 17:00", True),  # Thursday before Easter to Tuesday after
        ("2025-12-24 18:00", "2025-12-29 17:00", True),  # Christmas before a weekend
        ("2026-06-19 18:00", "2026-06-25 09:00", False),  # nearly a week of business days
    ],
)
def test_what_arrives_daily_is_late_after_the_longest_pause_of_target(
    told: str, now: str, fresh: bool
) -> None:
    assert (_at(now) - _at(told) < ARRIVING.fail_window.to_timedelta()) == fresh


def test_only_feeds_whose_contract_promises_it_are_late() -> None:
    graph = defs().resolve_asset_graph()
    for name, table in contracts().items():
        policy = graph.get(dg.AssetKey([table.layer, name])).freshness_policy_or_from_metadata
        if table.layer == "gold":
            assert policy == COMPUTED
        else:
            assert policy == (ARRIVING if table.arrives_daily else None)
    daily = {name for name, table in contracts().items() if table.arrives_daily}
    assert daily == {"fx_rates", "ledger_postings", "statement_balances", "statement_entries"}
