"""`countinghouse rules`: drafts on history, as a user types it; nothing is ever written."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.lake.lake import Lake

DRAFT = """\
like: ledger_bank
name: ledger_bank
version: 9.9.9
rules:
  - {name: same_reference, kind: pair, by: reference, window: {before: 2, after: 5}}
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Ten pairs by reference and four by their text alone, in two currencies."""
    lake = Lake(tmp_path / "lake")
    rows = [
        {
            "recon": "ledger_bank",
            "side": side,
            "row_id": f"{side[0]}{n}",
            "account_id": "A",
            "date": date(2026, 5, 4 + n),
            "amount": Decimal("100.11") + Decimal("7.77") * n,
            "currency": "EUR" if n % 2 else "GBP",
            "counterparty_name": f"Meridian Trading {chr(65 + n)}",
            "known_at": datetime(2026, 5, 31, tzinfo=UTC),
            "reference": f"INV-2026-{n:04}" if n < 10 else None,
        }
        for n in range(14)
        for side in ("left", "right")
    ]
    schema = {"amount": pl.Decimal(18, 3), "reference": pl.String()}
    lake.overwrite("silver/int_recon_sides", pl.DataFrame(rows, schema_overrides=schema))
    holidays = pl.DataFrame(schema={"holiday_date": pl.Date()})
    lake.overwrite("silver/stg_holidays", holidays)
    return lake


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.yaml"
    path.write_text(DRAFT, "utf-8")
    return path


def _run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["rules", *map(str, arguments)])


def _state(lake: Lake) -> set[tuple[str, int]]:
    return {(str(p), p.stat().st_mtime_ns) for p in lake.root.rglob("*")}


def test_a_draft_with_fewer_rules_loses_what_only_the_others_settle(
    lake: Lake, draft: Path
) -> None:
    before = _state(lake)
    ended = _run("try", draft, "--lake", lake.root, "--json", "--examples", 2)
    assert ended.exit_code == 0, ended.output
    said = json.loads(ended.stdout)
    assert (said["recon"], said["draft"]) == ("ledger_bank", "9.9.9")
    lost = [row for row in said["counts"] if row["kind"] == "lost"]
    assert {row["currency"] for row in lost} == {"EUR", "GBP"}
    assert sum(row["matches"] for row in lost) == 4
    assert not [row for row in said["counts"] if row["kind"] == "gained"]
    assert len(said["examples"]["lost"]) == 2
    largest = said["examples"]["lost"][0]["present"]
    assert [member["row_id"] for member in largest["members"]] == ["l13", "r13"]
    assert json.loads(largest["evidence"])["rules"] == "ledger_bank"
    assert _state(lake) == before


def test_the_rules_that_ship_change_nothing(lake: Lake, tmp_path: Path) -> None:
    shown = _run("show", "ledger_bank")
    assert shown.exit_code == 0
    path = tmp_path / "same.yaml"
    path.write_text(shown.stdout, "utf-8")
    ended = _run("try", path, "--lake", lake.root)
    assert ended.exit_code == 0, ended.output
    assert "Nothing would be settled otherwise." in ended.stdout
    assert "Nothing was written" in ended.stdout


def test_an_example_is_told_in_words(lake: Lake, draft: Path) -> None:
    ended = _run("try", draft, "--lake", lake.root, "--examples", 1)
    assert "lost 1" in ended.stdout
    assert "Rule amount_and_date of ledger_bank" in ended.stdout


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (DRAFT.replace("pair", "guess"), [], "line 5, field rules.0"),
        ("name: [", [], "this is not YAML"),
        (DRAFT, ["--recon", "nothing"], "Give --recon one of: ledger_bank."),
    ],
)
def test_what_cannot_be_tried_is_refused_in_a_sentence(
    lake: Lake, tmp_path: Path, text: Any, arguments: Any, said: str
) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(text, "utf-8")
    ended = _run("try", path, "--lake", lake.root, *arguments)
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.output


def test_a_lake_that_is_not_there_is_said_to_be_missing(draft: Path, tmp_path: Path) -> None:
    ended = _run("try", draft, "--lake", tmp_path / "none")
    assert ended.exit_code == 2
    assert "There is no history in" in ended.stderr


def test_every_rule_set_that_ships_is_listed(lake: Lake) -> None:
    listed = _run("show")
    assert {line.split()[0] for line in listed.stdout.splitlines()} >= {"default", "payout_bank"}
    unknown = _run("show", "nothing")
    assert unknown.exit_code == 2
    assert "There are" in unknown.stderr
