"""The pages, served as `make app` serves them, and a browser that opens them."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, sync_playwright

TOKEN = "only-for-this-test"
_QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(lake: Path) -> Iterator[str]:
    port = _free_port()
    program = str(Path(sys.executable).parent / "countinghouse")
    log = lake.parent / f"served-{port}.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [program, "app", "--lake", str(lake), "--port", str(port)],
            env={**os.environ, "COUNTINGHOUSE_TOKEN": TOKEN},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(url, timeout=2)
                break
            except urllib.error.HTTPError:  # it asks for the token: it is there
                break
            except OSError:
                time.sleep(0.5)
        yield url
    finally:
        family = psutil.Process(server.pid).children(recursive=True)
        server.terminate()
        assert server.wait(60) == 0
        assert not [one for one in family if one.is_running()]
        assert TOKEN.encode() not in log.read_bytes()


@pytest.fixture(scope="session")
def served() -> Callable[[Path], AbstractContextManager[str]]:
    """Serve the pages over a lake for as long as the context is open; gives their address."""
    return _served


@pytest.fixture(scope="session")
def token() -> str:
    """The token that opens a served page."""
    return TOKEN


@pytest.fixture(scope="module")
def browser(system_program: Callable[[str], str]) -> Iterator[Browser]:
    """Chromium without a window."""
    path = system_program("chromium")
    with sync_playwright() as browsers:
        chromium = browsers.chromium.launch(executable_path=path, args=list(_QUIET))
        yield chromium
        chromium.close()
