"""The reconciliation page as its reader meets it: filter, open an item, decide, check, export."""

import csv
import re
import shutil

import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from pipelines.lake.lake import Lake

LONG = 60_000


@pytest.fixture(scope="module")
def lake(house, tmp_path_factory) -> Lake:
    """A copy of the house: what is decided here is nobody else's business."""
    folder = tmp_path_factory.mktemp("workbench") / "lake"
    shutil.copytree(house.lake, folder)
    return Lake(folder)


@pytest.fixture(scope="module")
def page(lake, served, browser, token):
    with served(lake.root) as url:
        page = browser.new_page(viewport={"width": 1500, "height": 2200})
        page.set_default_timeout(LONG)
        page.goto(f"{url}reconciliation/?access_token={token}", timeout=LONG)
        page.wait_for_selector("text=Decisions (")
        yield page


def _open_items(lake: Lake) -> pl.DataFrame:
    return lake.read("gold/fct_breaks").sort("date", "break_id").collect()


def _open_first(page: Page) -> None:
    page.locator("tbody tr").first.get_by_role("checkbox").click()
    expect(_button(page, "Decide")).to_be_visible(timeout=LONG)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.system
def test_a_user_filters_opens_an_item_and_sees_why_it_is_open(page, lake):
    items = _open_items(lake)
    expect(page.get_by_text(f"{items.height} listed")).to_be_visible()
    recon = "ledger_bank"
    page.get_by_text("Select...").first.click()
    page.get_by_role("option", name=recon).click()
    page.keyboard.press("Escape")
    count = items.filter(pl.col("recon") == recon).height
    expect(page.get_by_text(f"{count} listed")).to_be_visible(timeout=LONG)
    _open_first(page)
    expect(page.get_by_text("Evidence").first).to_be_visible()
    first = items.filter(pl.col("recon") == recon).row(0, named=True)
    expect(page.get_by_text(f"Type {first['break_type']}:").first).to_be_visible()
    expect(page.get_by_text("Ticked.").first).to_be_visible()
    assert page.locator("text=Traceback").count() == 0


@pytest.mark.system
def test_a_decision_taken_on_the_page_is_on_record(page, lake):
    first = _open_items(lake).filter(pl.col("recon") == "ledger_bank").row(0, named=True)
    page.get_by_label("Decision").select_option("leave open")
    _button(page, "Decide").click()
    expect(page.get_by_text("Not recorded.")).to_be_visible(timeout=LONG)
    page.get_by_placeholder("who decides").fill("ada")
    page.get_by_placeholder("why").fill("the bank was asked")
    page.get_by_placeholder("why").press("Tab")
    _button(page, "Decide").click()
    expect(page.get_by_text("Recorded as")).to_be_visible(timeout=LONG)
    taken = lake.read("control/decisions").collect().row(0, named=True)
    assert (taken["actor"], taken["action"]) == ("ada", "leave_open")
    assert taken["reason"] == "the bank was asked"
    assert first["row_id"] in [*taken["left_ids"], *taken["right_ids"]]
    expect(page.get_by_role("heading", name="Decisions (1, of which 0")).to_be_visible(timeout=LONG)


@pytest.mark.system
def test_the_list_and_the_workbook_can_be_taken_along(page, lake, tmp_path):
    with page.expect_download() as waiting:
        page.get_by_text("List as CSV").click()
    waiting.value.save_as(tmp_path / "items.csv")
    with (tmp_path / "items.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["recon"] for row in rows} == {"ledger_bank"}
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Workbook").or_(
            page.get_by_role("link", name="Workbook")
        ).first.click()
    waiting.value.save_as(tmp_path / "close.xlsx")
    assert openpyxl.load_workbook(tmp_path / "close.xlsx").sheetnames[0] == "Summary"


@pytest.mark.system
def test_a_second_person_checks_what_is_much_money(page, lake):
    page.get_by_role("radio", name="accepted matches").click()
    page.get_by_role("textbox", name="Amount, at least").fill("10000")
    page.get_by_role("textbox", name="Amount, at least").press("Tab")
    expect(page.get_by_text(re.compile(r"^\d listed$"))).to_be_visible(timeout=LONG)
    _open_first(page)
    page.get_by_label("Decision").select_option("unmatch")
    page.get_by_placeholder("who decides").fill("ada")
    page.get_by_placeholder("why").fill("two affairs")
    page.get_by_placeholder("why").press("Tab")
    _button(page, "Decide").click()
    expect(page.get_by_role("heading", name="of which 1 wait")).to_be_visible(timeout=LONG)
    page.get_by_placeholder("a second person").fill("ben")
    page.get_by_placeholder("a second person").press("Tab")
    _button(page, "Check").click()
    expect(page.get_by_role("heading", name="Decisions (2, of which 0")).to_be_visible(timeout=LONG)
    last = lake.read("control/decisions").sort("recorded_at").tail(1).collect().row(0, named=True)
    assert (last["action"], last["actor"], last["checker"]) == ("unmatch", "ada", "ben")
