"""The reconciliation page as its reader meets it: filter, open an item, decide, check, export."""

import csv
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from notebooks.workbench import ACCEPTED, Workbench
from pipelines.lake.lake import Lake
from tests.conftest import House

LONG = 60_000


@pytest.fixture(scope="module")
def lake(house: House, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A copy of the house: what is decided here is nobody else's business."""
    folder = tmp_path_factory.mktemp("workbench") / "lake"
    shutil.copytree(house.lake, folder)
    return Lake(folder)


@pytest.fixture(scope="module")
def page(
    lake: Lake, served: Callable[[Path], AbstractContextManager[str]], browser: Browser, token: str
) -> Iterator[Any]:
    with served(lake.root) as url:
        page = browser.new_page(viewport={"width": 1280, "height": 2400})
        page.set_default_timeout(LONG)
        page.goto(f"{url}reconciliation/?access_token={token}", timeout=LONG)
        page.wait_for_selector("text=Decisions (")
        yield page


def _open_items(lake: Lake) -> pl.DataFrame:
    return lake.read("gold/fct_breaks").sort("date", "break_id").collect()


def _ledger_bank(lake: Lake) -> pl.DataFrame:
    return _open_items(lake).filter(pl.col("recon") == "ledger_bank")


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def _listed(page: Page, count: int) -> None:
    expect(page.get_by_text(re.compile(rf"^{count} listed$"))).to_be_visible(timeout=LONG)


def _tick(page: Page, row: int) -> None:
    page.locator("tbody").first.locator("tr").nth(row).get_by_role("checkbox").click()


def _say(page: Page, actor: str, reason: str) -> None:
    page.get_by_placeholder("who decides").fill(actor)
    page.get_by_placeholder("why").fill(reason)
    page.get_by_placeholder("why").press("Tab")


def _column(page: Page, name: str) -> list[str]:
    head = page.locator("table").first.locator("thead th")
    place = [text.strip() for text in head.all_inner_texts()].index(name)
    # In one go: the table may be drawn anew between one row and the next.
    read = "(body, place) => [...body.rows].map((row) => row.cells[place].innerText.trim())"
    texts: list[str] = page.locator("tbody").first.evaluate(read, place)
    return texts


def _reads(page: Page, name: str, texts: set[str]) -> None:
    """Wait until a column reads just so."""
    until = time.monotonic() + LONG / 1000
    while set(found := _column(page, name)) != texts and time.monotonic() < until:
        page.wait_for_timeout(250)
    assert set(found) == texts


@pytest.mark.system
def test_the_list_says_who_and_what_for_and_its_amounts_are_numbers(page: Any, lake: Lake) -> None:
    items = _open_items(lake)
    _listed(page, items.height)
    heads = [text.strip() for text in page.locator("table").first.locator("th").all_inner_texts()]
    assert {"Counterparty", "Reference", "Amount", "Side"} <= set(heads)
    assert not [head for head in heads if "_" in head]
    assert set(_column(page, "Side")) <= {
        "Bank", "Ledger", "Receipts", "Settlement report", "Card payments", "Claims register",
        "Payout advice", "Money sent", "Money received",
    }  # fmt: skip
    amount = page.locator("table").first.locator("th").filter(has_text="Amount")
    amount.get_by_role("button", name="Sort column ascending").click(force=True)
    least = min(items["amount"])
    expect(page.locator("tbody").first.locator("tr").first).to_contain_text(
        f"{least:,.2f}", timeout=LONG
    )
    shown = [Decimal(text.split()[0].replace(",", "")) for text in _column(page, "Amount")]
    assert shown == sorted(shown)
    cell = page.locator("td", has_text=f"{least:,.2f}").first
    assert cell.locator(".text-right").count() == 1
    assert "red" in (cell.get_attribute("style") or "")


@pytest.mark.system
def test_a_user_filters_opens_an_item_and_sees_why_it_is_open(page: Any, lake: Lake) -> None:
    page.get_by_text("Select...").first.click()
    page.get_by_role("option", name="Ledger and bank").click()
    page.keyboard.press("Escape")
    _listed(page, _ledger_bank(lake).height)
    _tick(page, 0)
    expect(_button(page, "Decide")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()
    types = "|".join(_ledger_bank(lake)["break_type"].unique())
    expect(page.get_by_text(re.compile(f"^Type ({types}):")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Bank [-\d,.]+ \w+, Ledger"))).to_be_visible()
    assert page.get_by_text("Traceback").count() == 0


@pytest.mark.system
def test_an_item_about_which_somebody_has_decided_awaits_the_next_run(
    page: Any, lake: Lake
) -> None:
    count = _ledger_bank(lake).height
    page.get_by_label("Decision").select_option("leave open")
    _button(page, "Decide").click()
    expect(page.get_by_text("Not recorded.")).to_be_visible(timeout=LONG)
    _say(page, "ada", "the bank was asked")
    _button(page, "Decide").click()
    expect(page.get_by_text("Recorded as")).to_be_visible(timeout=LONG)
    taken = lake.read("control/decisions").collect().row(0, named=True)
    assert (taken["actor"], taken["action"]) == ("ada", "leave_open")
    assert {*taken["left_ids"], *taken["right_ids"]} & {*_ledger_bank(lake)["row_id"]}
    expect(page.get_by_role("heading", name="Decisions (1, of which 0")).to_be_visible(timeout=LONG)
    _listed(page, count - 1)


@pytest.mark.system
def test_one_decision_about_many_items_is_on_record_for_each(page: Any, lake: Lake) -> None:
    before = _open_items(lake).height - 1
    page.get_by_role("radio", name="suggested matches").click()
    page.get_by_role("radio", name="open items").click()
    _listed(page, before)
    _tick(page, 0)
    _tick(page, 1)
    expect(page.get_by_role("heading", name="2 items ticked")).to_be_visible(timeout=LONG)
    _say(page, "ada", "both were asked about")
    _button(page, "Decide about all").click()
    expect(page.get_by_text(re.compile(r"^Recorded: \d in ")).first).to_be_visible(timeout=LONG)
    _listed(page, before - 2)
    decisions = lake.read("control/decisions").collect()
    assert decisions["action"].to_list() == ["leave_open"] * 3
    page.get_by_role("radio", name="awaiting the next run").click()
    _listed(page, 3)
    _reads(page, "Awaiting", {"the next run"})
    page.get_by_role("radio", name="open items").click()
    _listed(page, before - 2)


@pytest.mark.system
def test_the_list_and_the_workbook_can_be_taken_along(
    page: Any, lake: Lake, tmp_path: Path
) -> None:
    with page.expect_download() as waiting:
        page.get_by_text("List as CSV").click()
    waiting.value.save_as(tmp_path / "items.csv")
    with (tmp_path / "items.csv").open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == _open_items(lake).height - 3
    with page.expect_download() as waiting:
        page.get_by_text("List as XLSX").click()
    waiting.value.save_as(tmp_path / "items.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "items.xlsx").active
    head = [one.value for one in sheet[1]]
    assert [sheet.cell(2, head.index(name) + 1).data_type for name in ("Day", "Amount")] == [
        "d",
        "n",
    ]
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Workbook").or_(
            page.get_by_role("link", name="Workbook")
        ).first.click()
    waiting.value.save_as(tmp_path / "close.xlsx")
    assert openpyxl.load_workbook(tmp_path / "close.xlsx").sheetnames[0] == "Summary"


@pytest.mark.system
def test_a_second_person_checks_what_is_much_money(page: Any, lake: Lake) -> None:
    page.get_by_role("radio", name="accepted matches").click()
    page.get_by_role("textbox", name="Amount, at least").fill("10,000")
    page.get_by_role("textbox", name="Amount, at least").press("Tab")
    accepted = Workbench(lake.root).items(ACCEPTED)
    _listed(page, accepted.filter(pl.col("amount").abs() >= 10_000).height)
    _tick(page, 0)
    expect(_button(page, "Decide")).to_be_visible(timeout=LONG)
    page.get_by_label("Decision").select_option("unmatch")
    _say(page, "ada", "two affairs")
    _button(page, "Decide").click()
    expect(page.get_by_role("heading", name="of which 1 await")).to_be_visible(timeout=LONG)
    page.get_by_placeholder("a second person").fill("ben")
    page.get_by_placeholder("a second person").press("Tab")
    _button(page, "Approve").click()
    expect(page.get_by_role("heading", name="Decisions (4, of which 0")).to_be_visible(timeout=LONG)
    last = lake.read("control/decisions").sort("recorded_at").tail(1).collect().row(0, named=True)
    assert (last["action"], last["actor"], last["checker"]) == ("unmatch", "ada", "ben")


@pytest.mark.system
def test_on_a_phone_the_page_does_not_scroll_sideways(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    outside = """[...document.querySelectorAll('button, a[download], input, h1, h2, p')]
        .filter(one => { const box = one.getBoundingClientRect();
            return box.width && (box.right > innerWidth + 1 || box.left < -1)
                && !one.closest('[class*=overflow], table') })
        .map(one => one.outerHTML.slice(0, 120))"""
    assert page.evaluate(outside) == []
