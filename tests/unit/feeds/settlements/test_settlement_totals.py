"""What a settlement report states of its payouts is held against its lines, with its place."""

from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.reading import StatedTotal
from pipelines.feeds.settlements import adyen
from pipelines.feeds.settlements.tabular.reader import SETTLEMENT_CSV
from tests.unit.feeds.settlements.test_settlement_feeds import OLD, payout, sale
from tests.unit.feeds.settlements.test_settlement_profiles import AMAZON, GOCARDLESS, KLARNA


@pytest.fixture(scope="module")
def held(read: Any) -> Any:
    def totals(text: str) -> list[StatedTotal]:
        parts = read(SETTLEMENT_CSV, text.encode())
        return [total for part in parts for total in part.totals]

    return totals


def test_klarnas_head_states_each_payout_and_the_sum_of_each_type(held: Any) -> None:
    both = KLARNA.replace(
        "total_settlement_amount;",
        "total_holdback_amount;total_release_amount;total_settlement_amount;",
    )
    paid, *of_types = held(both.replace("20.00;92.00", "20.00;6.00;1.00;92.00"))
    assert (paid.name, paid.stated, paid.currency) == ("amount of a payout", 92, "EUR")
    assert paid.place == "line 2, payout REF1"
    assert {total.name.rpartition(" ")[2]: total.counted for total in of_types} == {
        "sale": 120, "fee": 3, "return": 20, "holdback": 6, "release": 1,
    }  # fmt: skip
    assert all(total.holds for total in (paid, *of_types))


def test_a_sum_of_a_type_that_is_false_does_not_hold(held: Any) -> None:
    lines = [line for line in KLARNA.splitlines() if not line.startswith(("HOLD", "REL"))]
    text = "\n".join([*lines, ""]).replace("120.00;3.00;20.00;92.00", "130.00;3.00;20.00;97.00")
    (false,) = [total for total in held(text) if not total.holds]
    assert (false.name, false.stated, false.counted) == ("sum of the lines of type sale", 130, 120)
    assert false.place == "line 2, payout REF1"


def test_sums_of_types_are_not_held_where_a_type_has_no_sum_of_its_own(held: Any) -> None:
    assert [total.name for total in held(KLARNA)] == ["amount of a payout"]


@pytest.mark.parametrize(
    ("text", "place", "counted"),
    [
        (KLARNA.replace(";92.00;", ";93.00;"), "line 2, payout REF1", "92"),
        (AMAZON.replace("1.080,50", "1.080,05"), "line 2, payout 77", "1080.5"),
        (AMAZON.replace("\t-15,00\t", "\t-16,00\t"), "line 2, payout 77", "1079.5"),
    ],
)
def test_a_false_amount_of_a_payout_does_not_hold(
    held: Any, text: str, place: str, counted: str
) -> None:
    (false,) = [total for total in held(text) if not total.holds]
    assert (false.name, false.place) == ("amount of a payout", place)
    assert false.counted == Decimal(counted)


def test_a_payout_is_held_against_lines_that_were_turned_away_too(held: Any) -> None:
    (total,) = held(AMAZON.replace("21.02.2026 10:00", "21.02.2026 99:00"))
    assert total.holds
    assert held(AMAZON.replace("-5,00", "-5,0x")) == []


def test_a_payout_without_a_line_comes_to_nothing(held: Any) -> None:
    extra = "78\t\t04.03.2026 00:00:00 UTC\t5,00\tEUR\n"
    head, *rest = AMAZON.splitlines(keepends=True)
    false = [total for total in held("".join([head, *rest, extra])) if not total.holds]
    assert [(total.stated, total.counted) for total in false] == [(5, 0)]


def test_adyens_payout_is_what_the_other_lines_of_its_batch_come_to(source: Any) -> None:
    lines = [OLD, sale(Decimal(10), Decimal(9), ",7,"), payout(Decimal("9.50"), ",7,"), ""]
    (part,) = adyen.read(source("\n".join(lines).encode()))
    (total,) = part.totals
    assert (total.stated, total.counted, total.currency) == (Decimal("9.5"), 9, "EUR")
    assert total.place == "line 3, payout TX1XT"


@pytest.mark.parametrize(
    ("line", "false"),
    [
        ("Total,,,,55.00,-1.00,-0.50,53.50,GBP,,,", []),
        ("Summe,,,,55.00,,,53.50,,,,", []),
        ("Total,,,,55.00,-1.00,-0.50,99.00,GBP,,,", ["total line (net_amount)"]),
    ],
)
def test_a_total_line_under_a_report_is_held_and_is_no_line(
    held: Any, read: Any, line: str, false: list[str]
) -> None:
    text = f"{GOCARDLESS}{line}\n"
    parts = read(SETTLEMENT_CSV, text.encode())
    assert sum(part.tables["settlement_lines"].height for part in parts) == 3
    assert not any(part.rejected.height for part in parts)
    assert [total.name for total in held(text) if not total.holds] == false
    assert {total.place for total in held(text)} == {"line 5"}
