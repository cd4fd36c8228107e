"""The liquidity page as its reader meets it: served on loopback, behind a token, in a browser."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def page_url(house, served):
    with served(house.lake) as url:
        yield url


@pytest.mark.system
def test_the_page_shows_position_forecast_breaks_and_freshness(page_url, browser, token, tmp_path):
    page = browser.new_page(viewport={"width": 1300, "height": 2300})
    page.goto(f"{page_url}liquidity/?access_token={token}", timeout=120_000)
    page.wait_for_selector("text=How fresh the sources are", timeout=240_000)
    for words in ("Liquidity as of 2026-06-30", "Cash today", "Thirteen weeks", "Open breaks"):
        assert page.locator(f"text={words}").first.is_visible(), words
    assert page.locator("text=Traceback").count() == 0
    page.screenshot(path=str(tmp_path / "liquidity.png"))


@pytest.mark.system
def test_the_pages_are_shown_to_nobody_else(page_url, token):
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=page_url, timeout=60) as client:
        asked = client.get("liquidity/", headers={"Accept": "text/html"})
        assert asked.status_code == 401
        assert 'name="access_token"' in asked.text
        assert client.get("liquidity/", headers={**bearer, "Host": "evil"}).status_code == 421
        assert client.get("liquidity/", headers=bearer).status_code == 200
    with (
        pytest.raises(InvalidStatus),
        connect(
            f"ws{page_url.removeprefix('http')}liquidity/ws?session_id=s_123456",
            additional_headers={**bearer, "Origin": "http://evil.example"},
        ),
    ):
        pass
