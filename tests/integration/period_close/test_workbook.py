"""The close workbook as spreadsheets read it: formulas, stored values, links, hostile texts."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl import Workbook

from pipelines.period_close.workbook.book import write_workbook
from pipelines.period_close.workbook.figures import PeriodFigures, select
from pipelines.period_close.workbook.period import Period, WorkbookError
from tests.conftest import House

MONEY = pl.Decimal(18, 3)
PERIOD = Period.of("2026-05")
HOSTILE = ('=HYPERLINK("http://example.com")', "+1+1", "-2+3", "@SUM(A1)", "=1+1")

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item></oor:items>
"""


def _typed(rows: Sequence[Mapping[str, object]], *money: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(money, MONEY))


def _figures(amount: str = "0.10") -> PeriodFigures:
    """Thirty matches in three currencies, open items of every age, hostile ids."""
    matches = [
        {
            "recon": "ledger_bank",
            "match_id": f"m{n:02}",
            "kind": "one_to_one",
            "tier": "suggested" if n % 7 == 0 else "auto",
            "rule": "same_reference",
            "rule_version": "1.0.0",
            "score": 0.98765,
            "side": side,
            "row_id": HOSTILE[n % 5] + str(n),
            "account_id": "A",
            "entity_id": "E",
            "date": date(2026, 5, 1 + n),
            "amount": Decimal(amount) * (n + 1),
            "currency": ("EUR", "GBP", "KWD")[n % 3],
        }
        for n in range(30)
        for side in ("left", "right")
    ]
    breaks = [
        {
            "break_id": f"b{n}",
            "recon": "ledger_bank",
            "side": "left",
            "row_id": f"open{n}",
            "account_id": "A",
            "entity_id": "E",
            "date": date(2026, 5, 1 + n),
            "amount": Decimal("-0.115") * (n + 1),
            "currency": ("EUR", "KWD")[n % 2],
            "break_type": "timing",
            "owner": "treasury",
            "age_business_days": 2 * n,
            "expected_clearing_date": date(2026, 6, 3),
            "candidate_row_id": None,
        }
        for n in range(30)
    ]
    balances = ("closing_balance", "ledger_balance", "difference")
    position = {"entity_id": "E", "account_id": "A", "currency": "EUR", "date": date(2026, 5, 31)}
    held = dict(zip(balances, map(Decimal, ("1.100", "0.700", "0.400")), strict=True))
    control = {
        "name": "law",
        "scope": "all",
        "as_of": date(2026, 5, 31),
        "outcome": "passed",
        "expected": Decimal(1),
        "actual": Decimal(1),
        "difference": Decimal(0),
        "detail": "=cmd|'/c calc'!A0",
    }
    parts = {
        "opening": "1.000",
        "matched": "0.200",
        "suggested": "0.100",
        "adjustments": "-0.050",
        "open_timing": "0.030",
        "open_missing": "0.020",
        "open_other": "0.010",
        "closing": "1.310",
        "unexplained": "0.000",
        "late": "0.000",
    }
    where = {"account_id": "A", "currency": "EUR", "side": "bank", "period": "2026-05"}
    rolled = {**where, **{name: Decimal(value) for name, value in parts.items()}}
    tables = {
        "fct_matches": _typed(matches, "amount"),
        "fct_breaks": _typed(breaks, "amount"),
        "fct_cash_position": _typed([position | held], *balances),
        "fct_controls": _typed([control], "expected", "actual", "difference"),
        "fct_roll_forward": _typed([rolled], *parts),
    }
    return select(
        tables, PERIOD, as_of=date(2026, 6, 2), versions={"gold/fct_matches": 3}, books="open"
    )


def _formulas(path: Path) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def _value(book: Workbook, place: tuple[str, str]) -> object:
    return book[place[0]][place[1]].value


@pytest.fixture(scope="module")
def recalculated(
    system_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """A copy of a workbook in which LibreOffice has computed every formula anew."""
    office = system_program("soffice")
    profile = tmp_path_factory.mktemp("office")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, "utf-8")

    def convert(path: Path) -> Path:
        out = path.parent / "recalculated"
        command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        command += ["--convert-to", "xlsx", "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return out / path.name

    return convert


def _compare(stored: Path, anew: Path) -> int:
    """How many formulas there are; each comes to what was stored with it."""
    formulas = _formulas(stored)
    before = openpyxl.load_workbook(stored, data_only=True)
    after = openpyxl.load_workbook(anew, data_only=True)
    other = {
        place: (formula, _value(before, place), _value(after, place))
        for place, formula in formulas.items()
        if _value(before, place) != _value(after, place)
    }
    assert not other
    return len(formulas)


@pytest.mark.system
def test_libreoffice_computes_what_is_stored(
    recalculated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "close.xlsx"
    assert not write_workbook(_figures(), path), "its roll-forward is not that of its rows"
    assert _compare(path, recalculated(path)) > 80


@pytest.mark.system
def test_the_workbook_of_a_real_run_agrees_in_libreoffice(
    house: House, recalculated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "june.xlsx"
    ended = _run("--period", "2026-06", "--out", str(path), "--lake", str(house.lake))
    assert ended.returncode == 0, ended.stderr
    assert _compare(path, recalculated(path)) > 100


@pytest.mark.system
def test_an_amount_changed_afterwards_turns_a_check_false(
    recalculated: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "close.xlsx"
    write_workbook(_figures(), path)
    book = openpyxl.load_workbook(path)
    sheet = book["Matches"]
    title = next(c for row in sheet.iter_rows() for c in row if c.value == "Row")
    amount = next(c for c in sheet[title.row] if c.value == "Amount")
    sheet.cell(title.row + 1, amount.column).value = 9_999
    book.save(path)
    summary = openpyxl.load_workbook(recalculated(path), data_only=True)["Summary"]
    said = {row[0]: row[1] for row in summary.iter_rows(values_only=True)}
    assert said["All sheets"] is False
    assert said["Matches: cells added up again"] is False
    assert said["Breaks: cells added up again"] is True


def test_a_reader_that_computes_nothing_shows_the_figures(tmp_path: Path) -> None:
    path = tmp_path / "close.xlsx"
    write_workbook(_figures(), path)
    book = openpyxl.load_workbook(path, data_only=True)
    assert [sheet.title for sheet in book] == [
        "Summary", "Accounts", "Roll-forward", "Matches", "Breaks", "Adjustments", "Controls",
        "Decisions",
    ]  # fmt: skip
    said = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)}
    assert said["Matches: cells added up again"] is True
    assert said["The roll-forward and the rows listed"] is False, "made up, and found out"
    assert said["All sheets"] is False
    assert said["Open items"] == 30
    assert None not in {_value(book, place) for place in _formulas(path)}


def test_no_text_becomes_a_formula_and_none_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "close.xlsx"
    write_workbook(_figures(), path)
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n]
    assert not any("<f>HYPERLINK" in text or "<f>1+1" in text for text in sheets)
    matches = openpyxl.load_workbook(path)["Matches"]
    texts = {
        c.value for row in matches.iter_rows() for c in row if c.data_type in {"s", "inlineStr"}
    }
    assert {f"{HOSTILE[n % 5]}{n}" for n in range(30)} <= texts


def test_every_sheet_is_linked_from_the_summary_and_back(tmp_path: Path) -> None:
    path = tmp_path / "close.xlsx"
    write_workbook(_figures(), path)
    book = openpyxl.load_workbook(path)
    links = {
        sheet.title: {c.hyperlink.location for row in sheet.iter_rows() for c in row if c.hyperlink}
        for sheet in book
    }
    others = [title for title in book.sheetnames if title != "Summary"]
    linked = {location.split("!")[0].strip("'") for location in links["Summary"]}
    assert linked >= {"Accounts", "Roll-forward", "Matches", "Breaks", "Controls", "Decisions"}
    assert all(
        links[title] == {"'Summary'!A1"} or links[title] == {"Summary!A1"} for title in others
    )


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    write_workbook(_figures(), one)
    write_workbook(_figures(), two)
    assert one.read_bytes() == two.read_bytes()


def test_an_amount_too_long_for_a_cell_is_refused_and_the_old_workbook_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / "close.xlsx"
    write_workbook(_figures(), path)
    before = path.read_bytes()
    with pytest.raises(WorkbookError, match=r"Matches.* has \d+ digits"):
        write_workbook(_figures("1234567890123.111"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_currencies_are_never_added_to_each_other(tmp_path: Path) -> None:
    path = tmp_path / "close.xlsx"
    write_workbook(_figures(), path)
    book = openpyxl.load_workbook(path)
    sums = {place: f for place, f in _formulas(path).items() if "SUMIFS" in f}
    assert sums
    for (sheet, cell), formula in sums.items():
        cited = re.search(r"SUMIFS\('([^']+)'!", formula)
        added = book[cited[1] if cited else sheet]
        column = [
            c.column_letter for row in added.iter_rows() for c in row if c.value == "Currency"
        ]
        conditions = formula.split(",", 1)[1]
        assert f"${column[-1]}$" in conditions, (sheet, cell, formula)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "countinghouse")
    return subprocess.run(
        [program, "close", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("period", "out", "said"),
    [
        ("2026-13", "c.xlsx", "is not a period"),
        ("2026-05", "c.xls", "does not end in .xlsx"),
        ("2026-05", "c.xlsx", "There are no figures in"),
    ],
)
def test_what_cannot_be_closed_is_refused_in_a_sentence(
    tmp_path: Path, period: str, out: str, said: str
) -> None:
    lake = tmp_path / "nothing"
    ended = _run("--period", period, "--out", str(tmp_path / out), "--lake", str(lake))
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / out).exists()
