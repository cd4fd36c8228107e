"""A control fails on either side of what it expects, and opposite errors never make up for it."""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from quality.controls import evaluate_controls
from quality.controls.control import Control

DAY = date(2026, 1, 31)
CON = duckdb.connect()
CENTS = st.integers(-3, 3).map(lambda n: Decimal(n) / 100)


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=4), st.sampled_from(["0", "0.01"]))
def test_every_scope_beyond_the_tolerance_fails_whatever_its_sign(
    figures: Any, tolerance: Any
) -> None:
    rows = ", ".join(f"('all', 's{n}', {e}, {a}, null)" for n, (e, a) in enumerate(figures))
    control = Control(
        name="control",
        statement="",
        source="",
        needs=(),
        query=f"select * from (values {rows}) as t (heading, scope, expected, actual, detail)",
        unit="scopes",
        tolerance=Decimal(tolerance),
    )
    found = evaluate_controls(CON, DAY, [control])
    off = {f"s{n}" for n, (e, a) in enumerate(figures) if abs(a - e) > Decimal(tolerance)}
    assert {control.scope for control in found if control.outcome == "failed"} == off
    passed = [control for control in found if control.outcome == "passed"]
    assert len(passed) == (len(off) < len(figures))
