"""The one partition of the house: the day on which a file arrived."""

from datetime import date, timedelta

import dagster as dg

FIRST_DAY = "2020-01-01"

arrival_days = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
"""Days of arrival, up to and including today; the same dates as landing's folders."""


def days_of(context: dg.AssetExecutionContext) -> frozenset[date]:
    """The days that a run covers: one partition, or a range in a single run."""
    window = context.partition_time_window
    count = (window.end.date() - window.start.date()).days
    return frozenset(window.start.date() + timedelta(days=n) for n in range(count))
