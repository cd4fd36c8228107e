"""Deciding by hand: what is refused, what waits for a second person, what a run makes of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.lake.lake import Lake
from pipelines.reconciliation.deciding import (
    SIDES,
    DecisionError,
    Item,
    check,
    decide,
    decide_each,
    objection,
)
from pipelines.reconciliation.decisions import read_decisions
from pipelines.records.control_tables import CONTROLS, CONTROLS_SCHEMA, DECISIONS
from pipelines.runs.inputs import inputs_of
from quality.reconciliation.closed_sets import DecisionAction
from quality.reconciliation.decisions.model import ManualDecision
from quality.reconciliation.pipeline import reconcile_sides

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
DAY = date(2026, 3, 31)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A bank line and two ledger lines that no rule would settle, and one in dollars."""
    lake = Lake(tmp_path / "lake")
    rows = [
        ("left", "B[1]", "-471.10", "EUR"),
        ("right", "G1", "-400.00", "EUR"),
        ("right", "G2", "-71.00", "EUR"),
        ("right", "G3", "-20000.00", "EUR"),
        ("right", "G4", "-71.10", "USD"),
    ]
    sides = pl.DataFrame(
        [
            ("ledger_bank", side, row, "A1", date(2026, 3, 2), Decimal(amount), currency, row)
            for side, row, amount, currency in rows
        ],
        schema={
            "recon": pl.String,
            "side": pl.String,
            "row_id": pl.String,
            "account_id": pl.String,
            "date": pl.Date,
            "amount": pl.Decimal(18, 3),
            "currency": pl.String,
            "description": pl.String,
        },
        orient="row",
    )
    lake.overwrite(SIDES, sides)
    held = ("chain", "A1", DAY, "passed", None, None, None, "", None, None, "run", NOW)
    lake.overwrite(CONTROLS, pl.DataFrame([held], schema=CONTROLS_SCHEMA, orient="row"))
    return lake


@pytest.fixture
def accept(lake: Lake) -> Callable[..., ManualDecision]:
    def accept(
        action: DecisionAction = "match", left: tuple[str, ...] = ("B[1]",), **said: Any
    ) -> ManualDecision:
        given: dict[str, Any] = {"recon": "ledger_bank", "right_ids": ("G1", "G2"), "actor": "ann"}
        given |= {"reason": "fee kept by the bank", "now": NOW, **said}
        return decide(lake, action=action, left_ids=left, **given)

    return accept


def again(lake: Lake, as_of: date = DAY) -> Any:
    return reconcile_sides(lake.read(SIDES).collect(), as_of=as_of, decisions=read_decisions(lake))


def test_a_decision_is_recorded_once_and_replayed(
    lake: Lake, accept: Callable[..., ManualDecision]
) -> None:
    decision = accept()
    assert accept() == decision
    assert read_decisions(lake)["as_of"].to_list() == [DAY]
    done = again(lake)
    assert set(done.matches["row_id"]) == {"B[1]", "G1", "G2"}
    assert done.adjustments["amount"].to_list() == [Decimal("-0.100")]
    assert set(done.decisions["state"]) == {"counts"}
    assert dict(done.decisions.select("row_id", "amount").iter_rows()) == {
        "B[1]": Decimal("-471.100"),
        "G1": Decimal("-400.000"),
        "G2": Decimal("-71.000"),
    }
    assert done.not_effective.is_empty()


def test_what_a_person_keeps_apart_no_rule_settles(
    lake: Lake, accept: Callable[..., ManualDecision]
) -> None:
    sides = lake.read(SIDES).collect()
    twin = sides.filter(pl.col("row_id") == "B[1]").with_columns(
        side=pl.lit("right"), row_id=pl.lit("G9")
    )
    lake.overwrite(SIDES, pl.concat([sides, twin]))
    assert {"B[1]", "G9"} <= set(again(lake).matches["row_id"])
    accept("unmatch", right_ids=("G9",))
    assert not {"B[1]", "G9"} & set(again(lake).matches["row_id"])


def test_a_question_about_an_earlier_day_is_answered_without_it(
    lake: Lake, accept: Callable[..., ManualDecision]
) -> None:
    accept()
    done = again(lake, as_of=date(2026, 3, 30))
    assert done.decisions.is_empty()
    assert "G1" in set(done.breaks["row_id"])


def test_much_money_waits_for_a_second_person(
    lake: Lake, accept: Callable[..., ManualDecision]
) -> None:
    decision = accept("write_off", left=(), right_ids=("G3",))
    assert objection(lake, decision.decision_id) == "20000.000 needs a second person"
    assert again(lake).not_effective["why"].to_list() == ["20000.000 needs a second person"]
    with pytest.raises(DecisionError, match="second person"):
        check(lake, decision.decision_id, actor=" Ann ", now=NOW)
    checked = check(lake, decision.decision_id, actor="bob", now=NOW)
    assert (checked.actor, checked.approver) == ("ann", "bob")
    assert objection(lake, decision.decision_id) == ""
    assert again(lake).matches["rule"].to_list() == ["write_off"]
    assert read_decisions(lake).height == 2
    with pytest.raises(DecisionError, match="checked by bob already"):
        check(lake, decision.decision_id, actor="carl", now=NOW)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"recon": "ledger"}, "no reconciliation 'ledger'.*ledger_bank"),
        ({"right_ids": ("G9",)}, "'G9' is not on the right of ledger_bank.*Nothing was recorded"),
        ({"left": ("G1",)}, r"'G1' is not on the left of ledger_bank \(it is on the right\)"),
        ({"reason": " "}, "an actor and a reason"),
        ({"actor": ""}, "an actor and a reason"),
        ({"action": "delete"}, "'delete' is not a decision"),
        ({"right_ids": ()}, "to match needs two rows"),
        ({"right_ids": ("G4",)}, "EUR and USD"),
    ],
)
def test_what_is_no_decision_is_refused_and_leaves_nothing(
    lake: Lake, accept: Callable[..., ManualDecision], said: Any, words: str
) -> None:
    with pytest.raises(DecisionError, match=words):
        accept(**said)
    assert not lake.exists(DECISIONS)


def test_nothing_can_be_decided_before_a_run(tmp_path: Path) -> None:
    with pytest.raises(DecisionError, match="countinghouse run"):
        decide(
            Lake(tmp_path), recon="ledger_bank", action="match", left_ids=["a"], right_ids=["b"],
            actor="ann", reason="x", now=NOW,
        )  # fmt: skip


def test_a_decision_makes_the_next_run_build_anew(
    lake: Lake, accept: Callable[..., ManualDecision]
) -> None:
    before = inputs_of(lake, DAY).fingerprint
    decision = accept("write_off", left=(), right_ids=("G3",))
    between = inputs_of(lake, DAY).fingerprint
    check(lake, decision.decision_id, actor="bob", now=NOW)
    assert len({before, between, inputs_of(lake, DAY).fingerprint}) == 3


def test_a_decision_taken_during_a_run_is_for_the_next_one(
    lake: Lake, accept: Callable[..., ManualDecision]
) -> None:
    accept()
    start = inputs_of(lake, DAY)
    accept("leave_open", right_ids=())
    end = inputs_of(lake, DAY)
    assert end.fingerprint != start.fingerprint
    assert end.decided_before(start.versions).fingerprint == start.fingerprint


def test_the_command_records_checks_and_refuses(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    runner, where = CliRunner(), ["--lake", str(lake.root)]
    rows = ["--recon", "ledger_bank", "--right", "G3", "--reason", "lost for good"]
    taken = runner.invoke(app, ["decide", *rows, "--action", "write-off", "--actor", "ann", *where])
    assert taken.exit_code == 0
    assert "needs a second person" in taken.output
    (decision,) = read_decisions(lake)["decision_id"]
    own = runner.invoke(app, ["decide", "--check", decision, "--actor", "ann", *where])
    assert (own.exit_code, "cannot check it" in own.output) == (2, True)
    other = runner.invoke(app, ["decide", "--check", decision, "--actor", "bob", *where])
    assert (other.exit_code, "checked by bob" in other.output) == (0, True)
    unknown = runner.invoke(app, ["decide", "--check", "D0", "--actor", "bob", *where])
    assert (unknown.exit_code, "no decision 'D0'" in unknown.output) == (2, True)


def _leave_open(lake: Lake, *rows: str, **said: object) -> list[ManualDecision]:
    items = [Item(right_ids=(row,)) for row in rows]
    given = {"recon": "ledger_bank", "action": "leave_open", "actor": "ann", "now": NOW, **said}
    return decide_each(lake, items=items, reason="asked the bank", **given)  # type: ignore[arg-type]


def test_one_decision_about_many_items_is_recorded_for_each_of_them_or_for_none(lake: Lake) -> None:
    with pytest.raises(DecisionError, match="G9"):
        _leave_open(lake, "G1", "G9")
    assert read_decisions(lake).is_empty()
    taken = _leave_open(lake, "G1", "G2", "G4")
    assert [one.taken_together for one in taken] == [Decimal(471), Decimal(471), Decimal("71.10")]
    assert _leave_open(lake, "G1", "G2", "G4") == taken
    assert set(read_decisions(lake)["decision_id"]) == {one.decision_id for one in taken}
    assert set(again(lake).decisions["state"]) == {"counts"}


def test_much_money_decided_item_by_item_in_one_act_needs_a_second_person(lake: Lake) -> None:
    sides = lake.read(SIDES).collect()
    many = sides.filter(pl.col("row_id") == "G2").with_columns(
        pl.lit(Decimal("-4000.000"), pl.Decimal(18, 3)).alias("amount")
    )
    rows = [f"H{number}" for number in range(3)]
    more = [many.with_columns(pl.lit(row).alias("row_id")) for row in rows]
    lake.overwrite(SIDES, pl.concat([sides, *more]))
    taken = _leave_open(lake, *rows)
    for one in taken:
        assert objection(lake, one.decision_id) == "12000.000 needs a second person"
    assert set(again(lake).decisions["state"]) == {"pending"}
    check(lake, taken[0].decision_id, actor="ben", now=NOW)
    states = again(lake).decisions.group_by("state").len().rows()
    assert sorted(states) == [("counts", 1), ("pending", 2)]


def test_decisions_of_a_lake_from_before_stand_beside_new_ones(
    lake: Lake, accept: Callable[..., ManualDecision]
) -> None:
    accept()
    old = read_decisions(lake).drop("taken_together")
    lake.overwrite(DECISIONS, old)
    _leave_open(lake, "G3", "G4")
    assert read_decisions(lake).height == 3
    assert again(lake).decisions.height >= 3
