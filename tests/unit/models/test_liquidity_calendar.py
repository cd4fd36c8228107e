"""Business days as the liquidity model counts them."""

from datetime import date

from models.liquidity.design import calendar_columns
from quality.business_calendar import BusinessCalendar


def test_business_days_are_counted_from_both_ends_of_the_whole_month() -> None:
    # Friday 3 April 2026 and Monday 6 April are holidays; the run begins inside the month.
    days = BusinessCalendar.without([date(2026, 4, 3), date(2026, 4, 6)]).calendar_days(
        date(2026, 4, 2), date(2026, 5, 4)
    )
    assert days.of_month[:6].tolist() == [2, 0, 0, 0, 0, 3]
    last_of_april = (date(2026, 4, 30) - days.first).days
    assert days.to_month_end[last_of_april] == 0
    assert days.of_month[last_of_april] == 20
    assert days.of_month[last_of_april + 1] == 1


def test_what_falls_due_on_a_closed_day_settles_on_the_next_open_one() -> None:
    days = BusinessCalendar.without([]).calendar_days(date(2026, 8, 1), date(2026, 8, 31))
    settling = calendar_columns(days)[:, -31:]
    monday = settling[16]
    assert (monday.nonzero()[0] + 1).tolist() == [15, 16, 17]
    assert settling[14].sum() == settling[15].sum() == 0
    assert settling.sum() == 31
