"""Fixtures of the whole suite."""

import os
import shutil
from collections.abc import Callable
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
