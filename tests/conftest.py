"""Fixtures of the whole suite."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-system-programs",
        action="store_true",
        help="fail, rather than skip, a test whose system program is absent",
    )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the checkout; absent, the test skips and says so."""
    folder = Path(os.environ.get("SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the shared data sets are not here ({folder.name} is absent)")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def system_program(pytestconfig: pytest.Config) -> Callable[[str], str]:
    """The path of a system program; absent, the test skips, or fails where that is demanded."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path:
            return path
        if pytestconfig.getoption("--require-system-programs"):
            pytest.fail(f"{name} is not installed, and this run demands it")
        pytest.skip(f"{name} is not installed")

    return find


@dataclass(frozen=True)
class House:
    """A small demo institution, taken in and brought up to date once for the whole session."""

    demo: Path
    lake: Path
    took_seconds: float


def run_house(lake: Path, landing: Path | None = None, *arguments: str) -> list[str]:
    """The command that a user would type, for a lake and a landing folder of the test's own."""
    command = [str(Path(sys.executable).parent / "countinghouse"), "run", "--lake", str(lake)]
    return [*command, *(("--landing", str(landing)) if landing else ()), *arguments]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a small demo institution: 40 customers, 12 days."""
    from datetime import date

    from pipelines.demo.delivery.generate import generate

    out = tmp_path_factory.mktemp("institution")
    generate(out, customers=40, days=12, seed=7, end=date(2026, 6, 30), progress=None)
    return out


@pytest.fixture(scope="session")
def house(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """That institution after one undisturbed run."""
    lake = tmp_path_factory.mktemp("house") / "lake"
    started = time.monotonic()
    ended = subprocess.run(
        run_house(lake, demo / "landing"), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    return House(demo, lake, time.monotonic() - started)


@pytest.fixture(scope="session")
def run_command() -> Callable[..., list[str]]:
    """`run_house`, for tests that start the command themselves."""
    return run_house
