"""The liquidity page as its reader meets it: served on loopback, behind a token, in a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
TOKEN = "only-for-this-test"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def page_url(house):
    port = _free_port()
    command = [str(Path(sys.executable).parent / "countinghouse"), "app", "--lake"]
    server = subprocess.Popen(
        [*command, str(house.lake), "--port", str(port)],
        env={**os.environ, "COUNTINGHOUSE_TOKEN": TOKEN},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(url, timeout=2)
                break
            except OSError:
                time.sleep(0.5)
        yield url
    finally:
        os.killpg(server.pid, 15)
        server.wait()


@pytest.mark.system
def test_the_page_shows_position_forecast_breaks_and_freshness(page_url, system_program, tmp_path):
    with sync_playwright() as browsers:
        chromium = browsers.chromium.launch(
            executable_path=system_program("chromium"), args=list(QUIET)
        )
        page = chromium.new_page(viewport={"width": 1300, "height": 2300})
        page.goto(f"{page_url}?file=liquidity.py&access_token={TOKEN}", timeout=120_000)
        page.wait_for_selector("text=How fresh the sources are", timeout=240_000)
        for words in ("Liquidity as of 2026-06-30", "Cash today", "Thirteen weeks", "Open breaks"):
            assert page.locator(f"text={words}").first.is_visible(), words
        assert page.locator("text=Traceback").count() == 0
        page.screenshot(path=str(tmp_path / "liquidity.png"))
        chromium.close()


@pytest.mark.system
def test_the_page_shows_nothing_without_its_token(page_url):
    with urllib.request.urlopen(page_url, timeout=30) as answer:
        said = answer.read().decode("utf-8")
    assert "Cash today" not in said
    assert "token" in said.lower() or "login" in answer.url
