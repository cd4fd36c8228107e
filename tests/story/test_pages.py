"""The liquidity page as its reader meets it: served on loopback, behind a token, in a browser."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conftest import House


@pytest.fixture(scope="module")
def page_url(house: House, served: Callable[[Path], AbstractContextManager[str]]) -> Iterator[str]:
    with served(house.lake) as url:
        yield url


@pytest.mark.system
def test_the_page_shows_position_forecast_breaks_and_freshness(
    page_url: str, browser: Browser, token: str, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": 1300, "height": 2300})
    page.goto(f"{page_url}liquidity/?access_token={token}", timeout=120_000)
    page.wait_for_selector("text=How fresh the sources are", timeout=240_000)
    for words in ("Liquidity as of 2026-06-30", "Cash today", "Thirteen weeks", "Open breaks"):
        assert page.locator(f"text={words}").first.is_visible(), words
    assert page.locator("text=Traceback").count() == 0
    page.screenshot(path=str(tmp_path / "liquidity.png"))
    assert page.get_by_text(re.compile(r"^[\d,]+\.\d\d EUR$")).first.is_visible()
    heads = page.locator("th").all_inner_texts()
    assert not [head for head in heads if "_" in head]
    light = _brightness(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    assert (light, _brightness(page)) == (255, pytest.approx(25, abs=25))
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def _brightness(page: Page) -> int:
    said = page.evaluate("getComputedStyle(document.body).backgroundColor")
    parts = [float(part) for part in re.findall(r"[\d.]+", said)[:3]]
    return round(max(parts) * (255 if "srgb" in said else 1))


@pytest.mark.system
def test_the_pages_are_shown_to_nobody_else(page_url: str, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=page_url, timeout=60) as client:
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
