"""Every difference between two rows of one payment gets the cause that the evidence bears out."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.reconciliation.engine import reconcile
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.rules import RulesError, RuleSet, parse_rules, shipped
from quality.reconciliation.sides import COLUMNS

DAY = date(2026, 3, 2)
RULES = shipped("ledger_bank")
CENT = Decimal("0.01")
CAUSES = {"fee": "charge_deducted", "fx": "exchange_difference", "digits": "transposed_digits"}
Row = dict[str, Any]


def row(name: str, amount: str | Decimal, text: str, *, day: int = 0, **stated: Any) -> Row:
    return {
        "row_id": name, "account_id": "A1", "date": DAY + timedelta(day),
        "amount": Decimal(amount), "currency": "EUR", "description": text, **stated,
    }  # fmt: skip


def settled(
    left: Iterable[Row], right: Iterable[Row], rules: RuleSet = RULES
) -> ReconciliationResult:
    one, two = (pl.DataFrame(list(rows), schema=dict(COLUMNS)) for rows in (left, right))
    return reconcile(one, two, rules)


def one(
    bank: str, book: str, rules: RuleSet = RULES, **stated: Any
) -> tuple[str | None, str | None]:
    """Cause and tier of one pair that its invoice number holds together."""
    currency = stated.pop("currency", "EUR")
    ordered = stated.pop("ordered_amount", None)
    left = row("B", bank, "QUORN BAKERIES INV-59001", day=1, **stated) | {"currency": currency}
    right = row("G", book, "Quorn Bakeries invoice", reference="INV-59001") | {
        "currency": currency, "ordered_amount": ordered and Decimal(ordered)
    }  # fmt: skip
    outcome = settled([left], [right], rules)
    if not outcome.adjustments.height:
        return None, None
    return outcome.adjustments["cause"][0], outcome.matches["tier"][0]


@pytest.mark.parametrize(
    ("bank", "book"), [("990.00", "1000.00"), ("-1010.00", "-1000.00")], ids=["in", "out"]
)
def test_a_charge_makes_less_arrive_whichever_way_the_money_goes(bank: str, book: str) -> None:
    assert one(bank, book) == ("charge_deducted", "auto")
    assert one(book, bank) == ("amount_differs", "suggested")


def test_a_ledger_that_books_two_days_after_its_bank_has_its_charges_found() -> None:
    bank = row("B", "990.00", "QUORN BAKERIES INV-59001")
    for day, kinds in ((2, ["charge_deducted"]), (4, [])):
        book = row("G", "1000.00", "Quorn Bakeries invoice", reference="INV-59001", day=day)
        assert settled([bank], [book]).adjustments["cause"].to_list() == kinds


def test_no_charge_explains_a_customer_who_pays_more() -> None:
    assert one("1050.00", "1000.00") == ("amount_differs", "suggested")
    outcome = settled(
        [row("B", "1300.00", "QUORN BAKERIES INV-59001", day=1)],
        [row("G", "1000.00", "Quorn Bakeries invoice", reference="INV-59001")],
    )
    assert set(outcome.breaks["break_type"]) == {"amount"}


@pytest.mark.parametrize(
    ("currency", "gap", "cause"),
    [
        ("EUR", "74.00", "charge_deducted"), ("EUR", "76.00", None), ("KWD", "74.00", None),
        ("JPY", "4000", "charge_deducted"), ("JPY", "14000", None),
        ("HUF", "20000", "charge_deducted"),
        ("ZWG", "1.00", None), (None, "74.00", "charge_deducted"),
    ],
)  # fmt: skip
def test_what_a_charge_may_be_depends_on_the_currency(
    currency: str | None, gap: str, cause: str | None
) -> None:
    book = Decimal("200000.00")
    assert one(str(book - Decimal(gap)), str(book), currency=currency)[0] == cause


def test_swapped_digits_alone_are_a_guess_and_a_third_record_makes_sure() -> None:
    assert one("2831.00", "2813.00") == ("transposed_digits", "suggested")
    assert one("2831.00", "2813.00", ordered_amount="2831.00") == ("transposed_digits", "auto")
    # What was ordered is what was booked: so it is not the books that are wrong.
    assert one("413.31", "431.31", ordered_amount="431.31") == ("charge_deducted", "auto")
    assert one("413.31", "431.31", charges=Decimal(18)) == ("charge_deducted", "auto")
    assert one("413.31", "431.31") == ("transposed_digits", "suggested")
    assert one("413.31", "431.32") == ("charge_deducted", "auto")


def test_what_arrived_whole_bore_no_charge() -> None:
    assert one("980.00", "1000.00", ordered_amount="980.00") == ("amount_differs", "suggested")


def usd(amount: str, rate: str | None = None) -> dict[str, Any]:
    return {
        "instructed_amount": Decimal(amount), "instructed_currency": "USD",
        "exchange_rate": rate and Decimal(rate),
    }  # fmt: skip


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("bank", ["892.86", "909.09"])
def test_an_exchange_difference_needs_a_conversion_that_gives_what_arrived(
    sign: int, bank: str
) -> None:
    booked = str(sign * Decimal("900.00"))
    arrived = str(sign * Decimal(bank))
    rate = (Decimal(1000) / Decimal(bank)).quantize(Decimal("0.000001"))
    assert one(arrived, booked, **usd("1000", str(rate))) == ("exchange_difference", "auto")
    inverse = (1 / rate).quantize(Decimal("0.00000001"))
    assert one(arrived, booked, **usd("1000", str(inverse))) == ("exchange_difference", "auto")
    assert one(arrived, booked)[0] != "exchange_difference"


def test_a_charge_on_a_converted_payment_is_a_charge() -> None:
    # The rate gives what was booked, and less arrived: the bank kept ten.
    assert one("890.00", "900.00", **usd("990", "1.1")) == ("charge_deducted", "auto")
    stated = usd("990", "1.1") | {"charges": Decimal(10)}
    assert one("890.00", "900.00", **stated) == ("charge_deducted", "auto")
    # The rate gives neither amount: nothing here is sure.
    assert one("890.00", "900.00", **usd("960", "1.1"))[1] == "suggested"
    # Another currency, and no rate: it may be the exchange.
    assert one("890.00", "900.00", **usd("990"))[1] in {"suggested", "auto"}


def test_an_instructed_amount_of_the_same_currency_is_no_conversion() -> None:
    same: dict[str, Any] = {"instructed_amount": Decimal(1000), "instructed_currency": "EUR"}
    assert one("990.00", "1000.00", **same) == ("charge_deducted", "auto")


def test_a_transfer_between_own_accounts_is_charged_where_it_arrives() -> None:
    assert one("1000.00", "985.00", shipped("own_transfers")) == ("charge_deducted", "auto")
    assert one("985.00", "1000.00", shipped("own_transfers"))[0] == "amount_differs"


def test_nobody_types_a_payout_by_hand() -> None:
    names = {rule.name for rule in shipped("payout_bank").rules}
    assert "transposed_digits" not in names
    assert "charge_deducted" in names


@pytest.mark.parametrize("limit", ["75", "{euro: 75}", "{EUR: -1}"])
def test_a_limit_states_its_currency(limit: str) -> None:
    text = (
        "like: default\nname: x\nversion: 1.0.0\nrules:\n  - {name: c, kind: difference, "
        f"cause: fee, window: {{before: 1, after: 2}}, up_to: {limit}}}\n"
    )
    with pytest.raises(RulesError, match=r"currency|below zero"):
        parse_rules(text)


def test_rules_that_start_from_others_may_leave_some_out() -> None:
    rules = parse_rules("like: default\nname: x\nversion: 1.0.0\nwithout: [void, batch]\n")
    assert {"void", "batch"}.isdisjoint(rule.name for rule in rules.rules)
    with pytest.raises(RulesError, match="no rule 'viod'"):
        parse_rules("like: default\nname: x\nversion: 1.0.0\nwithout: [viod]\n")


DIFFERENCES = st.tuples(st.integers(100, 10**9), st.integers(-7400, 7400), st.sampled_from([1, -1]))


@given(st.lists(DIFFERENCES, min_size=40, max_size=40))
@settings(max_examples=3, deadline=None)
def test_a_charge_never_adds(differences: list[tuple[int, int, int]]) -> None:
    left, right = [], []
    for n, (book, gap, sign) in enumerate(differences):
        booked = sign * Decimal(book) / 100
        left.append(row(f"B{n}", booked + Decimal(gap) / 100, f"Payer {n}77 INV-{59001 + n}"))
        right.append(row(f"G{n}", booked, f"Payer {n}77", reference=f"INV-{59001 + n}"))
    outcome = settled(left, right)
    charged = outcome.adjustments.filter(pl.col("cause") == "charge_deducted")
    assert charged.filter(pl.col("amount") >= 0).is_empty()
    more = outcome.adjustments.filter(pl.col("amount") > 0)["match_id"]
    tiers = outcome.matches.filter(pl.col("match_id").is_in(more.implode()))["tier"]
    assert set(tiers) <= {"suggested"}


def planted(seed: int, many: int) -> tuple[list[Row], list[Row], dict[str, str]]:
    """Books in which a tenth of the payments differ, and why each does."""
    dice = random.Random(seed)
    left, right, truth = [], [], {}
    for n in range(many):
        amount = Decimal(dice.randint(5_000, 900_000)) / 100 * dice.choice([1, -1])
        bank, book, kind, stated = amount, amount, "", {}
        if n % 10 == 0:
            kind = dice.choice(["fee", "fx", "digits"])
        if kind == "fee":
            bank = amount - min(Decimal(dice.randint(3, 50)) / 2, abs(amount) / 6).quantize(CENT)
        elif kind == "fx":
            rate = Decimal(dice.randint(800_000, 1_300_000)) / 10**6
            instructed = (abs(amount) * rate).quantize(CENT)
            drift = Decimal(dice.choice([1, -1]) * dice.randint(20, 200)) / 10_000
            bank = (amount * (1 + drift)).quantize(CENT, ROUND_HALF_UP)
            stated = usd(str(instructed), str((instructed / abs(bank)).quantize(CENT**3)))
        elif kind == "digits":
            book = swapped(amount)
            kind = kind if book != amount else ""
        name = f"{n:05}"
        if kind:
            truth[f"B{name}"] = CAUSES[kind]
        text = f"Payer {dice.randint(10**6, 10**7)} EP{n:08}"
        left.append(row(f"B{name}", bank, text, day=n % 20 + 1, **stated))
        right.append(
            row(
                f"G{name}",
                book,
                text,
                day=n % 20,
                reference=f"EP{n:08}",
                ordered_amount=abs(amount),
            )
        )
    return left, right, truth


def swapped(amount: Decimal) -> Decimal:
    digits = list(str(amount.quantize(CENT)))
    for at in range(len(digits) - 1):
        one, two = digits[at : at + 2]
        if one.isdigit() and two.isdigit() and one != two and (one, two)[1] != "0":
            digits[at : at + 2] = [two, one]
            return Decimal("".join(digits))
    return amount


@pytest.mark.parametrize("seed", [11, 23, 101])
def test_nineteen_of_twenty_planted_differences_have_their_cause(seed: int) -> None:
    left, right, truth = planted(seed, 900)
    outcome = settled(left, right)
    members = outcome.matches.filter(side="left").select("match_id", "row_id")
    told = dict(
        outcome.adjustments.join(members, on="match_id").select("row_id", "cause").iter_rows()
    )
    assert set(told) <= set(truth)
    for cause in CAUSES.values():
        meant = [name for name, why in truth.items() if why == cause]
        right_ones = [name for name in meant if told.get(name) == cause]
        called = [name for name, why in told.items() if why == cause]
        assert len(right_ones) >= 0.95 * len(meant), (cause, len(right_ones), len(meant))
        assert len(right_ones) >= 0.95 * len(called), (cause, len(right_ones), len(called))
