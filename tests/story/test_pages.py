"""The liquidity page as its reader meets it: served on loopback, behind a token, in a browser."""

import urllib.request

import pytest


@pytest.fixture(scope="module")
def page_url(house, served):
    with served(house.lake) as url:
        yield url


@pytest.mark.system
def test_the_page_shows_position_forecast_breaks_and_freshness(page_url, browser, token, tmp_path):
    page = browser.new_page(viewport={"width": 1300, "height": 2300})
    page.goto(f"{page_url}?file=liquidity.py&access_token={token}", timeout=120_000)
    page.wait_for_selector("text=How fresh the sources are", timeout=240_000)
    for words in ("Liquidity as of 2026-06-30", "Cash today", "Thirteen weeks", "Open breaks"):
        assert page.locator(f"text={words}").first.is_visible(), words
    assert page.locator("text=Traceback").count() == 0
    page.screenshot(path=str(tmp_path / "liquidity.png"))


@pytest.mark.system
def test_the_page_shows_nothing_without_its_token(page_url):
    with urllib.request.urlopen(page_url, timeout=30) as answer:
        said = answer.read().decode("utf-8")
    assert "Cash today" not in said
    assert "token" in said.lower() or "login" in answer.url
