"""The history of breaks leads from nothing to what is open, and says nothing twice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from quality.reconciliation.breaks.history import BREAK_EVENTS, changes
from quality.reconciliation.pipeline import RECON_BREAKS, RECON_MATCHES

FIRST = datetime(2026, 4, 1, tzinfo=UTC)
WHAT = ["break_id", "recon", "side", "row_id", "break_type", "amount", "currency"]
Open = dict[str, tuple[str, int]]
"""By row, the type and amount of its break."""


def breaks_of(now: Open) -> pl.DataFrame:
    rows = [
        {
            "recon": "r", "break_id": f"r|left|{row}", "side": "left", "row_id": row,
            "amount": Decimal(amount), "currency": "EUR", "break_type": kind,
        }
        for row, (kind, amount) in now.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=dict(RECON_BREAKS))


def written_off(*rows: str) -> pl.DataFrame:
    found = [{"recon": "r", "side": "left", "row_id": row, "rule": "write_off"} for row in rows]
    return pl.DataFrame(found, schema=dict(RECON_MATCHES))


def told(days: list[tuple[Open, tuple[str, ...]]]) -> pl.DataFrame:
    """The events of one run on each day."""
    events = pl.DataFrame(schema=dict(BREAK_EVENTS))
    for n, (now, gone) in enumerate(days):
        at = FIRST + timedelta(n)
        new = changes(
            events, breaks_of(now), written_off(*gone),
            as_of=at.date(), run_id=f"run{n}", recorded_at=at,
        )  # fmt: skip
        events = pl.concat([events, new])
    return events


def test_a_break_opens_changes_clears_comes_back_and_is_written_off() -> None:
    timing, missing = {"a": ("timing", 5)}, {"a": ("missing_right", 5)}
    days = [(timing, ()), (timing, ()), (missing, ()), ({}, ()), (missing, ()), ({}, ("a",))]
    events = told(days)
    assert list(events.select(pl.col("as_of").dt.day(), "state", "break_type").iter_rows()) == [
        (1, "opened", "timing"),
        (3, "retyped", "missing_right"),
        (4, "cleared", "missing_right"),
        (5, "reopened", "missing_right"),
        (6, "written_off", "missing_right"),
    ]


def test_another_amount_is_a_change() -> None:
    events = told([({"a": ("timing", 5)}, ()), ({"a": ("timing", 6)}, ())])
    assert events["state"].to_list() == ["opened", "retyped"]


def test_figures_of_an_earlier_day_change_nothing() -> None:
    events = told([({"a": ("timing", 5)}, ())])
    earlier = changes(
        events, breaks_of({}), written_off(),
        as_of=date(2026, 3, 31), run_id="r", recorded_at=FIRST + timedelta(9),
    )  # fmt: skip
    assert earlier.is_empty()


STATES = st.dictionaries(
    st.sampled_from("abcd"),
    st.tuples(st.sampled_from(["timing", "missing_right", "amount"]), st.integers(1, 2)),
)


@given(st.lists(st.tuples(STATES, st.sets(st.sampled_from("abcd")).map(tuple)), max_size=4))
def test_replayed_events_give_the_open_breaks_and_a_second_run_adds_nothing(days: Any) -> None:
    days = [(now, tuple(set(gone) - set(now))) for now, gone in days]
    events = told(days)
    now = days[-1][0] if days else {}
    last = events.sort("recorded_at").unique("break_id", keep="last")
    still_open = last.filter(~pl.col("state").is_in(["cleared", "written_off"])).select(WHAT)
    assert still_open.sort("break_id").equals(breaks_of(now).select(WHAT).sort("break_id"))
    assert told([*days, *days[-1:]]).equals(events)
    assert events.filter(pl.struct("break_id", "recorded_at").is_duplicated()).is_empty()
