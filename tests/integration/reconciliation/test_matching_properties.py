"""What must hold of every reconciliation, whatever the books.

One example carries hundreds of accounts, and no rule looks across accounts unless it says so: each
account is a case of its own, so that two examples are a thousand cases. A failing account is small
enough to read; the assertion names it.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quality.reconciliation.decisions.model import ManualDecision
from quality.reconciliation.engine import reconcile
from quality.reconciliation.in_blocks import in_blocks, reconcile_within_bounds
from quality.reconciliation.incremental import carried_forward, joined
from quality.reconciliation.matching.parameters import ModelParameters
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.rules import shipped

ACCOUNTS = 500
RULES = shipped("default")
NAMES = ("Harbor Foods Ltd", "Harbour Foods Ltd", "Copper Freight GmbH", "Aster Media Inc", "")
REFERENCES = (None, None, None, "INV-1001", "INV-1002", "CHK-4711")
FEW_AMOUNTS = (100, 100, 250, 350, 1234, 1324, 9999)
START = date(2026, 3, 2)
AS_OF = START + timedelta(30)
SCHEMA: dict[str, Any] = {
    "row_id": pl.String,
    "account_id": pl.String,
    "date": pl.Date,
    "amount": pl.Decimal(18, 3),
    "currency": pl.String,
    "reference": pl.String,
    "description": pl.String,
    "document_type": pl.String,
    "group_id": pl.String,
}

Sides = tuple[pl.DataFrame, pl.DataFrame]
Row = tuple[int, int, str | None, str, str, str | None]
"""Day, cents, reference, description, document type, group."""

laws = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
seeds = st.integers(0, 2**16)


@cache
def books(seed: int) -> Sides:
    """Two sides of small accounts: the left settles most of the right, days later or in sums."""
    dice = Random(seed)
    lefts, rights = [], []
    for account in range(ACCOUNTS):
        left, right = _account(dice)
        rights += [(f"R{account}-{n}", f"A{account}", *row) for n, row in enumerate(right)]
        lefts += [(f"L{account}-{n}", f"A{account}", *row) for n, row in enumerate(left)]
    return _frame(lefts), _frame(rights)


def _account(dice: Random) -> tuple[list[Row], list[Row]]:
    stock = [_row(dice) for _ in range(4)]
    right = [dice.choice(stock) for _ in range(dice.randrange(6))]
    left = [dice.choice(stock) for _ in range(dice.randrange(2))]
    kept = [row for row in right if dice.random() < 0.7]
    if dice.random() < 0.1:
        day, cents, reference, name, _, group = _row(dice)
        right.append((day, cents, reference, name, "normal", group))
        right.append((day + 2, -cents, reference, f"Void {name}", "void", group))
    if dice.random() < 0.25:
        parts = _collection(dice)
        total = sum(row[1] for row in parts)
        text = dice.choice((parts[0][3], parts[0][3], f"COLLECTION NUMBER {len(parts)}"))
        right += parts
        left.append((parts[0][0] + dice.randrange(2), total, None, text, "normal", None))
    for day, cents, reference, name, kind, group in kept:
        charge = dice.choice((0, 0, 0, 0, 150))
        left.append((day + dice.randrange(4), cents - charge, reference, name, kind, group))
    return left, right


def _collection(dice: Random) -> list[Row]:
    """Rows that one row of the other side settles together."""
    day, sign, name = dice.randrange(12), dice.choice((-1, 1)), dice.choice(NAMES)
    amounts = (dice.randrange(10_000, 999_999) for _ in range(dice.randrange(2, 5)))
    return [(day, sign * cents, None, name, "normal", None) for cents in amounts]


def _row(dice: Random) -> Row:
    cents = dice.choice(FEW_AMOUNTS) if dice.random() < 0.5 else dice.randrange(100, 99_999)
    return (
        dice.randrange(12),
        cents * dice.choice((-1, 1)),
        dice.choice(REFERENCES),
        dice.choice(NAMES),
        dice.choice(("normal", "normal", "normal", "void")),
        dice.choice((None, None, None, "G1")),
    )


def _frame(made: list[tuple[str, str, *Row]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (name, account, START + timedelta(day), Decimal(cents) / 100, "EUR", *rest)
            for name, account, day, cents, *rest in made
        ],
        schema=SCHEMA,
        orient="row",
    )


@cache
def full(seed: int) -> ReconciliationResult:
    return reconcile(*books(seed), RULES, as_of=AS_OF)


def _used(outcome: ReconciliationResult) -> pl.DataFrame:
    return pl.concat(
        [outcome.matches.select("side", "row_id"), outcome.breaks.select("side", "row_id")]
    )


def _same(one: ReconciliationResult, two: ReconciliationResult) -> None:
    for name in ("matches", "breaks", "adjustments"):
        before, after = getattr(one, name), getattr(two, name)
        differ = pl.concat(
            [
                before.join(after, on=before.columns, how="anti", nulls_equal=True),
                after.join(before, on=before.columns, how="anti", nulls_equal=True),
            ]
        )
        assert before.equals(after), f"{name} differ: {differ.head(6).to_dicts()}"


@laws
@given(seeds)
def test_the_books_try_every_way_to_settle(seed: int) -> None:
    matches = full(seed).matches
    assert {"one_to_one", "one_to_many", "offset"} <= set(matches["kind"])
    assert {"batch", "void", "charge_deducted", "same_group"} <= set(matches["rule"])


@laws
@given(seeds)
def test_every_row_is_in_exactly_one_match_or_break(seed: int) -> None:
    left, right = books(seed)
    used = _used(full(seed))
    assert not used.is_duplicated().any()
    assert set(used.filter(side="left")["row_id"]) == set(left["row_id"])
    assert set(used.filter(side="right")["row_id"]) == set(right["row_id"])


@laws
@given(seeds)
def test_every_amount_is_conserved_to_the_thousandth(seed: int) -> None:
    outcome = full(seed)
    signed = pl.when(pl.col("side") == "left").then(pl.col("amount")).otherwise(-pl.col("amount"))
    two_sided = outcome.matches.filter(pl.col("kind") != "offset")
    gaps = two_sided.group_by("match_id").agg(signed.sum().alias("gap"))
    explained = gaps.join(outcome.adjustments, on="match_id", how="left")
    assert (explained["gap"] == explained["amount"].fill_null(0)).all()
    offsets = outcome.matches.filter(pl.col("kind") == "offset")
    assert (offsets.group_by("match_id").agg(pl.col("amount").sum())["amount"] == 0).all()
    for side, frame in zip(("left", "right"), books(seed), strict=True):
        settled = outcome.matches.filter(side=side)["amount"].sum()
        left_open = outcome.breaks.filter(side=side)["amount"].sum()
        assert Decimal(settled) + Decimal(left_open) == frame["amount"].sum()


@laws
@given(seeds)
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    left, right = (f.sample(fraction=1, shuffle=True, seed=seed) for f in books(seed))
    _same(full(seed), reconcile(left, right, RULES, as_of=AS_OF))


@laws
@given(seeds)
def test_what_a_twin_could_settle_as_well_is_never_settled_automatically(seed: int) -> None:
    """Every row has a twin that differs in nothing: a match may hold both of them or neither.

    That goes for pairs, batches, groups, differences and rows that cancel each other.
    """
    sides = dict(zip(("left", "right"), books(seed), strict=True))
    doubled = ("left", "right")[seed % 2]
    twins = sides[doubled].with_columns((pl.col("row_id") + "+").alias("row_id"))
    sides[doubled] = pl.concat([sides[doubled], twins])
    matches = reconcile(sides["left"], sides["right"], RULES, as_of=AS_OF).matches
    members = matches.filter(side=doubled, tier="auto").select(
        "match_id", "kind", "rule", pl.col("row_id").str.strip_chars_end("+").alias("row")
    )
    alone = members.filter(pl.len().over("match_id", "row") == 1)
    assert alone.is_empty(), alone.head(4).to_dicts()


@laws
@given(seeds, st.integers(2, 9))
def test_new_rows_with_open_items_give_what_a_full_run_gives(seed: int, cut: int) -> None:
    left, right = books(seed)
    measures = full(seed).parameters
    known = pl.col("date") < START + timedelta(cut)
    old = left.filter(known), right.filter(known)
    new = left.filter(~known), right.filter(~known)
    before = reconcile(*old, RULES, as_of=AS_OF, parameters=measures)
    carried = carried_forward(before, old, new, RULES, parameters=measures)
    after = reconcile(*new, RULES, carried, as_of=AS_OF, parameters=measures)
    _same(joined(before, after), reconcile(left, right, RULES, as_of=AS_OF, parameters=measures))


@laws
@given(seeds)
def test_accounts_settled_some_at_a_time_settle_as_all_at_once(seed: int) -> None:
    left, right = books(seed)
    blocks = list(in_blocks(left.lazy(), right.lazy(), RULES, rows_at_once=1_500, as_of=AS_OF))
    assert len(blocks) > 1
    first = blocks[0].parameters
    shared = ModelParameters(first.vocabulary, first.families, dict(first.weights))
    whole = reconcile(left, right, RULES, as_of=AS_OF, parameters=shared)
    for name, key in (("matches", ["match_id", "side", "row_id"]), ("adjustments", ["match_id"])):
        together = pl.concat([getattr(block, name) for block in blocks]).sort(key)
        assert together.drop("evidence", strict=False).equals(
            getattr(whole, name).drop("evidence", strict=False)
        ), name
    rows = pl.concat([block.breaks.select("break_id") for block in blocks]).sort("break_id")
    assert rows.equals(whole.breaks.select("break_id"))
    bounded = reconcile_within_bounds(left, right, RULES, rows_at_once=1_500)
    assert bounded.matches["match_id"].equals(whole.matches["match_id"])
    assert bounded.breaks["break_id"].equals(whole.breaks["break_id"])


@laws
@given(seeds)
def test_decisions_survive_every_run(seed: int) -> None:
    left, right = books(seed)
    decisions = _decided(full(seed))
    again = reconcile(left, right, RULES, decisions=decisions, as_of=AS_OF)
    turned = reconcile(left, right, RULES, decisions=reversed(decisions), as_of=AS_OF)
    _same(again, turned)
    by_id = again.matches.group_by("match_id").agg(pl.struct("side", "row_id"))["side"]
    groups = [frozenset((m["side"], m["row_id"]) for m in members) for members in by_id]
    together = {member: group for group in groups for member in group}
    still_open = set(again.breaks.select("side", "row_id").iter_rows())
    for decision in decisions:
        if decision.action == "match":
            assert frozenset(decision.members) in groups
        elif decision.action == "leave_open":
            assert decision.members <= still_open
        else:
            row = next(iter(decision.members))
            assert not decision.members <= together.get(row, frozenset())


def _decided(outcome: ReconciliationResult) -> list[ManualDecision]:
    """Open rows of an account matched by hand, matches of every kind undone, rows kept open."""
    made: list[ManualDecision] = []
    lefts = outcome.breaks.filter(side="left").group_by("account_id").agg("row_id")
    rights = outcome.breaks.filter(side="right").group_by("account_id").agg("row_id")
    for account, one, two in lefts.join(rights, on="account_id").sort("account_id").iter_rows():
        made.append(_decision(len(made), "match", (sorted(one)[0],), (sorted(two)[0],), account))
    undone = (
        outcome.matches.sort("match_id", "side", "row_id")
        .group_by("kind", "match_id", maintain_order=True)
        .agg("side", "row_id")
        .filter(pl.int_range(pl.len()).over("kind") < 15)
    )
    for kind, _, side, ids in undone.iter_rows():
        left = tuple(row for row, at in zip(ids, side, strict=True) if at == "left")
        right = tuple(row for row, at in zip(ids, side, strict=True) if at == "right")
        made.append(_decision(len(made), "unmatch", left, right, f"not a {kind}"))
    decided = {member for decision in made for member in decision.members}
    for side, row in outcome.breaks.select("side", "row_id").head(30).iter_rows():
        if (side, row) not in decided:
            left, right = ((row,), ()) if side == "left" else ((), (row,))
            made.append(_decision(len(made), "leave_open", left, right, "we wait"))
    return made


def _decision(
    n: int, action: str, left: tuple[str, ...], right: tuple[str, ...], reason: str
) -> ManualDecision:
    at = datetime(2026, 4, 1, tzinfo=UTC)
    plain = ManualDecision(f"D{n:04}", "match", left, right, "ann", at, reason, "bob")
    return replace(plain, action=action)  # type: ignore[arg-type]
