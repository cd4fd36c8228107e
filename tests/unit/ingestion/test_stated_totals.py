"""The totals of a file are kept in bounds: those that hold together, the others one by one."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.feeds.reading import StatedTotal
from pipelines.ingestion.stated_totals import MOST_FAILED, TotalsOfFile
from pipelines.landing.zone import LandedFile

FILE = LandedFile("statements", date(2026, 1, 30), "a.bai", "s1", 9, Path("a.bai"))


def rows(*totals: StatedTotal) -> list[tuple[object, ...]]:
    gathered = TotalsOfFile()
    for total in totals:
        gathered.add([total])
    names = ("name", "place", "stated", "counted", "holds", "totals")
    return [tuple(row[name] for name in names) for row in gathered.rows(FILE)]


def total(stated: str | None, counted: str, place: str = "line 1") -> StatedTotal:
    return StatedTotal("sum", None if stated is None else Decimal(stated), Decimal(counted), place)


def test_totals_that_hold_are_one_row_and_each_that_does_not_is_one() -> None:
    given = (total("1", "1"), total("2", "2.00", "line 2"), total("3", "4", "line 3"))
    assert rows(*given) == [
        ("sum", "line 3", 3, 4, False, 1),
        ("sum", None, 3, 3, True, 2),
    ]


def test_one_that_holds_alone_keeps_its_place() -> None:
    assert rows(total("1", "1")) == [("sum", "line 1", 1, 1, True, 1)]


def test_a_file_of_false_totals_fills_no_lake() -> None:
    found = rows(*(total("1", "2", f"line {n}") for n in range(MOST_FAILED + 50)))
    assert len(found) == MOST_FAILED + 1
    assert found[-1] == ("sum", None, 50, 100, False, 50)


def test_what_no_decimal_of_the_lake_can_hold_is_no_figure() -> None:
    assert rows(total("1" + 40 * "0", "1")) == [("sum", "line 1", None, 1, False, 1)]
    assert rows(total("NaN", "1"))[0][2] is None
    assert rows(total(None, "1"))[0][2] is None
