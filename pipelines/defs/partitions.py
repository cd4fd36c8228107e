"""The one partition of the house: the day on which a file arrived."""

import dagster as dg

FIRST_DAY = "2020-01-01"

arrival_days = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
"""Days of arrival, up to and including today; the same dates as landing's folders."""
