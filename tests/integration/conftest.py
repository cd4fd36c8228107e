"""What most tests of one tool begin with."""

from pathlib import Path

import pytest

from pipelines.lake.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake in which nothing has been written yet."""
    return Lake(tmp_path / "lake")
