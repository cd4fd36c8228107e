"""Closing a period: what speaks against it, what is recorded, and what the law holds it to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.period_close.period_lock import (
    PROOF,
    PeriodError,
    close_period,
    reopen_period,
)
from pipelines.records.control_tables import CONTROLS, CONTROLS_SCHEMA, DECISIONS, PERIOD_CLOSES
from pipelines.runs.inputs import inputs_of
from quality.controls import evaluate_controls
from quality.controls.accounting.closed_periods import CLOSED_PERIODS
from quality.reconciliation.decisions.model import COLUMNS
from quality.reconciliation.reporting.roll_forward import ROLL_FORWARD
from quality.verdict import ControlResult

NOW = datetime(2026, 2, 6, 9, tzinfo=UTC)
DAY = date(2026, 2, 5)


def prove(lake: Lake, *, closing: str = "70", unexplained: str = "0") -> None:
    rows = [
        {"account_id": "A", "currency": "EUR", "side": side, "period": period}
        | {name: Decimal(0) for name, kind in ROLL_FORWARD.items() if kind != pl.String()}
        | {"closing": Decimal(closing), "unexplained": Decimal(unexplained)}
        for side in ("bank", "ledger")
        for period in ("2026-01", "2026-02")
    ]
    lake.overwrite(PROOF, pl.DataFrame(rows, schema=dict(ROLL_FORWARD)))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose last run stood as of the fifth of February."""
    lake = Lake(tmp_path / "lake")
    held = (
        "chain",
        "A1",
        DAY,
        "passed",
        None,
        None,
        None,
        "",
        None,
        None,
        "run",
        NOW - timedelta(hours=1),
    )
    lake.overwrite(CONTROLS, pl.DataFrame([held], schema=CONTROLS_SCHEMA, orient="row"))
    prove(lake)
    return lake


def evaluated(lake: Lake, as_of: date = DAY) -> list[ControlResult]:
    with connect(lake) as con:
        lake.register(con, PERIOD_CLOSES, PROOF)
        return evaluate_controls(con, as_of, [CLOSED_PERIODS])


def test_a_period_is_closed_once_with_its_balances_and_opened_again(lake: Lake) -> None:
    before = inputs_of(lake, DAY).fingerprint
    row = close_period(lake, "2026-01", "ann", "board of 6 February", NOW)
    assert (row["action"], row["as_of"], row["forced"]) == ("closed", DAY, False)
    assert len(lake.read(PERIOD_CLOSES).collect()["balances"][0]) == 2
    assert inputs_of(lake, DAY).fingerprint != before
    with pytest.raises(PeriodError, match="closed by ann on 2026-02-06 already"):
        close_period(lake, "2026-01", "bob", "again", NOW)
    reopen_period(lake, "2026-01", "bob", "a claim was forgotten", NOW + timedelta(1))
    with pytest.raises(PeriodError, match="not closed"):
        reopen_period(lake, "2026-01", "bob", "again", NOW)
    close_period(lake, "2026-01", "ann", "now it is in", NOW + timedelta(2))
    assert lake.read(PERIOD_CLOSES).collect().height == 3


@pytest.mark.parametrize("unexplained", ["0.01", "-0.01"])
def test_a_balance_that_is_not_explained_keeps_the_period_open(
    lake: Lake, unexplained: str
) -> None:
    prove(lake, unexplained=unexplained)
    with pytest.raises(
        PeriodError, match=rf"A \(bank\) has EUR {unexplained}0 unexplained.*--force"
    ):
        close_period(lake, "2026-01", "ann", "why", NOW)
    assert close_period(lake, "2026-01", "ann", "why", NOW, force=True)["forced"]


def test_a_period_that_runs_or_has_no_figures_is_not_closed(lake: Lake) -> None:
    with pytest.raises(
        PeriodError, match="ends on 2026-02-28 and the figures stand as of 2026-02-05"
    ):
        close_period(lake, "2026-02", "ann", "why", NOW)
    with pytest.raises(PeriodError, match="no balance of it"):
        close_period(lake, "2025-12", "ann", "why", NOW)


def test_a_decision_that_no_run_knows_keeps_the_period_open(lake: Lake) -> None:
    row = {"decision_id": "D1", "recorded_at": NOW}
    lake.overwrite(DECISIONS, pl.DataFrame([row], schema=dict(COLUMNS)))
    with pytest.raises(PeriodError, match="decisions were taken after the last run"):
        close_period(lake, "2026-01", "ann", "why", NOW)


@pytest.mark.parametrize(
    ("period", "actor", "reason", "words"),
    [
        ("2026-13", "ann", "why", "not a period"),
        ("January", "ann", "why", "yyyy-mm"),
        ("2026-01", " ", "why", "an actor and a reason"),
        ("2026-01", "ann", "", "an actor and a reason"),
    ],
)
def test_what_is_no_close_is_refused(
    lake: Lake, period: str, actor: str, reason: str, words: str
) -> None:
    for act in (close_period, reopen_period):
        with pytest.raises(PeriodError, match=words):
            act(lake, period, actor, reason, NOW)
    assert not lake.exists(PERIOD_CLOSES)


def test_nothing_can_be_closed_before_a_run(tmp_path: Path) -> None:
    with pytest.raises(PeriodError, match="countinghouse run"):
        close_period(Lake(tmp_path), "2026-01", "ann", "why", NOW)


@pytest.mark.parametrize(
    ("closing", "outcomes"), [("70", ["passed"] * 2), ("69.99", ["failed"] * 2)]
)
def test_a_closed_balance_that_changes_either_way_is_found(
    lake: Lake, closing: str, outcomes: Any
) -> None:
    close_period(lake, "2026-01", "ann", "why", NOW)
    prove(lake, closing=closing)
    assert [control.outcome for control in evaluated(lake)] == outcomes
    assert evaluated(lake, as_of=DAY - timedelta(1))[0].outcome == "skipped"
    reopen_period(lake, "2026-01", "ann", "why", NOW + timedelta(1))
    assert evaluated(lake)[0].outcome == "skipped"


def test_the_command_closes_opens_and_refuses(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    words = ["--actor", "ann", "--reason", "board", "--lake", str(lake.root)]
    runner = CliRunner()
    closed = runner.invoke(app, ["close-period", "--period", "2026-01", *words])
    assert (closed.exit_code, "2026-01 is closed" in closed.output) == (0, True)
    running = runner.invoke(app, ["close-period", "--period", "2026-02", *words])
    assert (running.exit_code, "not ready" in running.output) == (2, True)
    forced = runner.invoke(app, ["close-period", "--period", "2026-02", "--force", *words])
    assert (forced.exit_code, "It was forced" in forced.output) == (0, True)
    opened = runner.invoke(app, ["reopen-period", "--period", "2026-01", *words])
    assert (opened.exit_code, "2026-01 is reopened" in opened.output) == (0, True)


def test_the_former_name_still_closes_and_opens_and_says_the_new_one(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    words = ["--period", "2026-01", "--actor", "ann", "--reason", "board", "--lake", str(lake.root)]
    runner = CliRunner()
    for former, name, done in (
        (["lock"], "close-period", "2026-01 is closed"),
        (["lock", "--reopen"], "reopen-period", "2026-01 is reopened"),
    ):
        result = runner.invoke(app, [*former, *words])
        assert result.exit_code == 0
        assert done in result.stdout
        assert f"countinghouse {name}" in result.stderr
    shown = runner.invoke(app, ["--help"]).output.split()
    assert {"close-period", "reopen-period", "workbook"} <= set(shown)
    assert not {"close", "lock"} & set(shown)
