"""What must hold of every reconciliation, whatever the books.

One example carries a hundred accounts, and no rule looks across accounts unless it says so: each
account is a case of its own, so that ten examples are 1,000 cases.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.reconciliation.decisions import Decision
from quality.reconciliation.engine import reconcile
from quality.reconciliation.incremental import carried_forward, joined
from quality.reconciliation.outcome import Outcome
from quality.reconciliation.rules import shipped

ACCOUNTS = 100
RULES = shipped("default")
AMOUNTS = (100, 100, 250, 350, 1234, 1324, 9999)
NAMES = ("Harbor Foods Ltd", "Harbour Foods Ltd", "Copper Freight GmbH", "Aster Media Inc", "")
START = date(2026, 3, 2)
SCHEMA = {
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

laws = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def rows(draw: st.DrawFn) -> tuple[object, ...]:
    """One row without its id: few amounts, names and days, so that rows compete."""
    return (
        draw(st.integers(0, 12)),
        draw(st.sampled_from((100, 100, 250, 350, 1234, 1324, 9999)))
        * draw(st.sampled_from((-1, 1))),
        draw(st.sampled_from((None, None, None, "INV-1001", "INV-1002", "CHK-4711"))),
        draw(st.sampled_from(NAMES)),
        draw(st.sampled_from(("normal", "normal", "normal", "void"))),
        draw(st.sampled_from((None, None, None, "G1"))),
    )


@st.composite
def books(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two sides of a hundred small accounts; the left copies some right rows, days later."""
    seed = draw(st.randoms(use_true_random=False))
    stock = draw(st.lists(rows(), min_size=8, max_size=8))
    lefts, rights = [], []
    for account in range(ACCOUNTS):
        right = [seed.choice(stock) for _ in range(seed.randrange(5))]
        left = [seed.choice(stock) for _ in range(seed.randrange(3))]
        left += [(row[0] + seed.randrange(4), *row[1:]) for row in right if seed.random() < 0.7]
        if len(right) > 1 and seed.random() < 0.2:
            left.append((right[0][0] + 2, sum(row[1] for row in right), *right[0][2:]))
        rights += [(f"R{account}-{n}", f"A{account}", *row) for n, row in enumerate(right)]
        lefts += [(f"L{account}-{n}", f"A{account}", *row) for n, row in enumerate(left)]
    return _frame(lefts), _frame(rights)


def _frame(made: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                row_id,
                account,
                START + timedelta(day),
                Decimal(cents) / 100,
                "EUR",
                ref,
                name,
                kind,
                group,
            )
            for row_id, account, day, cents, ref, name, kind, group in made
        ],
        schema=SCHEMA,
        orient="row",
    )


def _used(outcome: Outcome) -> pl.DataFrame:
    return pl.concat(
        [outcome.matches.select("side", "row_id"), outcome.breaks.select("side", "row_id")]
    )


def _same(one: Outcome, two: Outcome) -> bool:
    return one.matches.equals(two.matches) and one.breaks.equals(two.breaks)


@laws
@given(books())
def test_every_row_is_in_exactly_one_match_or_break(
    sides: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    left, right = sides
    used = _used(reconcile(left, right, RULES))
    assert not used.is_duplicated().any()
    assert set(used.filter(side="left")["row_id"]) == set(left["row_id"])
    assert set(used.filter(side="right")["row_id"]) == set(right["row_id"])


@laws
@given(books())
def test_every_amount_is_conserved_to_the_thousandth(
    sides: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    outcome = reconcile(*sides, RULES)
    signed = pl.when(pl.col("side") == "left").then(pl.col("amount")).otherwise(-pl.col("amount"))
    two_sided = outcome.matches.filter(pl.col("kind") != "offset")
    gaps = two_sided.group_by("match_id").agg(signed.sum().alias("gap"))
    explained = gaps.join(outcome.adjustments, on="match_id", how="left")
    assert (explained["gap"] == explained["amount"].fill_null(0)).all()
    offsets = outcome.matches.filter(pl.col("kind") == "offset")
    assert (offsets.group_by("match_id").agg(pl.col("amount").sum())["amount"] == 0).all()
    for side, frame in zip(("left", "right"), sides, strict=True):
        settled = outcome.matches.filter(side=side)["amount"].sum()
        left_open = outcome.breaks.filter(side=side)["amount"].sum()
        assert settled + left_open == frame["amount"].sum()


@laws
@given(books(), st.integers(0, 10_000))
def test_the_order_of_the_rows_changes_nothing(
    sides: tuple[pl.DataFrame, pl.DataFrame], seed: int
) -> None:
    left, right = sides
    shuffled = (frame.sample(fraction=1, shuffle=True, seed=seed) for frame in (left, right))
    assert _same(reconcile(left, right, RULES), reconcile(*shuffled, RULES))


@laws
@given(books())
def test_two_equally_good_candidates_are_never_matched_automatically(
    sides: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    left, right = sides
    twins = right.with_columns((pl.col("row_id") + "-twin").alias("row_id"))
    outcome = reconcile(left, pl.concat([right, twins]), RULES)
    sure = outcome.matches.filter((pl.col("tier") == "auto") & (pl.col("kind") == "one_to_one"))
    assert sure.is_empty()


@laws
@given(books(), st.integers(1, 9))
def test_new_rows_with_open_items_give_what_a_full_run_gives(
    sides: tuple[pl.DataFrame, pl.DataFrame], cut: int
) -> None:
    left, right = sides
    as_of = START + timedelta(30)
    full = reconcile(left, right, RULES, as_of=as_of)
    known = pl.col("date") < START + timedelta(cut)
    old = left.filter(known), right.filter(known)
    new = left.filter(~known), right.filter(~known)
    before = reconcile(*old, RULES, as_of=as_of, learnt=full.learnt)
    carried = carried_forward(before, old, new, RULES, learnt=full.learnt)
    after = reconcile(*new, RULES, carried, as_of=as_of, learnt=full.learnt)
    assert _same(
        joined(before, after), reconcile(left, right, RULES, as_of=as_of, learnt=full.learnt)
    )


@laws
@given(books())
def test_decisions_survive_every_run(sides: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    left, right = sides
    first = reconcile(left, right, RULES)
    decisions = _decided(first)
    again = reconcile(left, right, RULES, decisions=decisions)
    assert _same(again, reconcile(left, right, RULES, decisions=reversed(decisions)))
    by_id = dict(again.matches.group_by("match_id").agg(pl.struct("side", "row_id")).iter_rows())
    groups = [{(m["side"], m["row_id"]) for m in members} for members in by_id.values()]
    still_open = set(again.breaks.select("side", "row_id").iter_rows())
    for decision in decisions:
        if decision.action == "match":
            assert set(decision.members) in groups
        elif decision.action == "leave_open":
            assert decision.members <= still_open
        else:
            assert not any(decision.members <= group for group in groups)


def _decided(outcome: Outcome) -> list[Decision]:
    """Two open rows of an account matched by hand, one match undone, one open row kept open."""
    made: list[Decision] = []
    pairs = outcome.matches.filter(pl.col("kind") == "one_to_one").sort("match_id")
    lefts = outcome.breaks.filter(side="left").group_by("account_id").agg("row_id")
    rights = outcome.breaks.filter(side="right").group_by("account_id").agg("row_id")
    for account, one, two in lefts.join(rights, on="account_id").sort("account_id").iter_rows():
        made.append(_decision(len(made), "match", (sorted(one)[0],), (sorted(two)[0],), account))
    undone = pairs.group_by("match_id", maintain_order=True).agg("side", "row_id").head(20)
    for _, side, ids in undone.iter_rows():
        row = dict(zip(side, ids, strict=True))
        made.append(_decision(len(made), "unmatch", (row["left"],), (row["right"],), "wrong"))
    decided = {member for decision in made for member in decision.members}
    for side, row in outcome.breaks.select("side", "row_id").head(10).iter_rows():
        if (side, row) not in decided:
            ids = ((row,), ()) if side == "left" else ((), (row,))
            made.append(_decision(len(made), "leave_open", *ids, "we wait"))
    return made


def _decision(
    n: int, action: str, left: tuple[str, ...], right: tuple[str, ...], reason: str
) -> Decision:
    plain = Decision(
        f"D{n:04}", "match", left, right, "ann", datetime(2026, 4, 1, tzinfo=UTC), reason
    )
    return replace(plain, action=action)  # type: ignore[arg-type]
