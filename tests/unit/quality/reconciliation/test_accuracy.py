"""The error sheet counts what is right, what is wrong, and what it is worth."""

from decimal import Decimal

import polars as pl
import pytest

from quality.reconciliation.reporting.accuracy import ERRORS, accuracy

BASE = pl.Decimal(18, 3)


def _matches(*rows: tuple[str, str, str, str, str, str]) -> pl.DataFrame:
    names = ["match_id", "kind", "tier", "side", "row_id", "amount_base"]
    made = [
        {
            **dict(zip(names, row, strict=True)),
            "recon": "r",
            "rule": "same_reference",
            "score": 1.0,
            "amount_base": Decimal(row[5]),
        }
        for row in rows
    ]
    return pl.DataFrame(made, schema_overrides={"amount_base": BASE})


def _breaks(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    made = [
        {
            "recon": "r",
            "side": side,
            "row_id": row,
            "break_type": kind,
            "amount_base": Decimal(amount),
        }
        for side, row, kind, amount in rows
    ]
    return pl.DataFrame(made, schema_overrides={"amount_base": BASE})


def _links(*rows: tuple[str, str, str]) -> pl.DataFrame:
    names = ["recon", "left_row_id", "right_row_id", "kind"]
    return pl.DataFrame([("r", *row) for row in rows], schema=names, orient="row")


def _planted(*rows: tuple[str, str, str]) -> pl.DataFrame:
    names = ["recon", "side", "row_id", "break_kind"]
    schema = dict.fromkeys(names, pl.String())
    return pl.DataFrame([("r", *row) for row in rows], schema=schema, orient="row")


def _row(sheet: pl.DataFrame, by: str, name: str) -> dict[str, object]:
    return sheet.filter(pl.col("by") == by, pl.col("name") == name).row(0, named=True)


PAIRS = _matches(
    ("m1", "one_to_one", "auto", "left", "l1", "10"),
    ("m1", "one_to_one", "auto", "right", "r1", "-10"),
    ("m2", "one_to_one", "auto", "left", "l2", "30"),
    ("m2", "one_to_one", "auto", "right", "r3", "30"),
    ("m3", "offset", "auto", "right", "v1", "5"),
    ("m3", "offset", "auto", "right", "v2", "-5"),
)
OPEN = _breaks(("left", "l3", "timing", "7"), ("right", "r2", "missing_left", "30"))


def test_a_wrong_pair_costs_precision_recall_and_its_value() -> None:
    links = _links(("l1", "r1", "exact"), ("l2", "r2", "text"), ("l9", "r9", "exact"))
    sheet = accuracy(PAIRS, OPEN, links, _planted())
    assert sheet.schema == pl.Schema(ERRORS)
    auto = _row(sheet, "tier", "auto")
    assert (auto["found"], auto["right"], auto["true"]) == (2, 1, 2)
    assert (auto["precision"], auto["recall"]) == (0.5, 0.5)
    assert (auto["value"], auto["wrong_value"]) == (Decimal(40), Decimal(30))
    assert auto["value_error"] == pytest.approx(0.75)
    assert _row(sheet, "pair_kind", "text")["recall"] == 0
    assert _row(sheet, "pair_kind", "exact")["true"] == 1, "rows that are not here do not count"


def test_a_planted_break_is_recognised_by_its_type_its_partner_or_its_offset() -> None:
    links = _links(("l1", "r1", "fee"), ("l2", "r2", "transposition"))
    planted = _planted(
        ("left", "l1", "fee"),
        ("left", "l2", "transposition"),
        ("left", "l3", "timing"),
        ("right", "r2", "transposition"),
        ("right", "v1", "reversal"),
        ("right", "v2", "reversal"),
    )
    sheet = accuracy(PAIRS, OPEN, links, planted)
    assert _row(sheet, "break_kind", "fee")["right"] == 1, "settled with its true partner"
    assert _row(sheet, "break_kind", "reversal")["right"] == 2, "settled by an offset"
    assert _row(sheet, "break_kind", "timing")["right"] == 1, "typed as what it is"
    wrong = _row(sheet, "break_kind", "transposition")
    assert (wrong["right"], wrong["true"]) == (0, 2)
    assert wrong["wrong_value"] == Decimal(60)
    assert _row(sheet, "break_type", "timing")["precision"] == 1
    assert _row(sheet, "break_type", "missing_left")["precision"] == 0


def test_a_difference_is_right_when_it_has_the_cause_that_was_planted() -> None:
    rules = {"m1": "charge_deducted", "m2": "exchange_difference"}
    named = PAIRS.with_columns(pl.col("match_id").replace(rules).alias("rule"))
    links = _links(("l1", "r1", "fee"), ("l2", "r3", "fee"))
    sheet = accuracy(named, OPEN, links, _planted())
    fee, fx = _row(sheet, "cause", "fee"), _row(sheet, "cause", "fx")
    assert (fee["found"], fee["right"], fee["true"], fee["wrong_value"]) == (1, 1, 2, Decimal(30))
    assert (fee["precision"], fee["recall"]) == (1.0, 0.5)
    assert (fx["found"], fx["right"], fx["true"], fx["precision"]) == (1, 0, 0, 0.0)


def test_a_missing_row_that_is_settled_with_anything_is_wrong() -> None:
    sheet = accuracy(
        PAIRS, OPEN, _links(("l1", "r1", "exact")), _planted(("left", "l2", "missing_right"))
    )
    assert _row(sheet, "break_kind", "missing_right")["right"] == 0


def test_empty_books_give_an_empty_sheet() -> None:
    sheet = accuracy(PAIRS.clear(), OPEN.clear(), _links(("l1", "r1", "exact")), _planted())
    assert sheet.is_empty()
    assert sheet.schema == pl.Schema(ERRORS)


def test_what_the_truth_does_not_speak_of_is_not_scored() -> None:
    other = PAIRS.with_columns(recon=pl.lit("other"), match_id=pl.col("match_id") + "x")
    links = _links(("l1", "r1", "exact"))
    alone = accuracy(PAIRS, OPEN, links, _planted())
    both = accuracy(pl.concat([PAIRS, other]), OPEN, links, _planted())
    assert both.equals(alone)
