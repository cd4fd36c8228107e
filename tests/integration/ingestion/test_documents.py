"""What the documentation shows a user works as it is written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import House


def _without(*names: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in names}


def test_the_data_scientists_example_runs_as_it_is_written(
    house: House, repository: Path, tmp_path: Path
) -> None:
    page = (repository / "docs" / "data-science.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / ".lake").symlink_to(house.lake)
    ended = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "'ftr_customer_contact': " in ended.stdout


@pytest.mark.parametrize(
    "command",
    [
        ["docs", "generate"],
        ["show", "--inline", "select {{ as_of() }} as day from {{ ref('dim_account') }}"],
    ],
    ids=["docs", "show"],
)
def test_dbt_speaks_of_the_lakes_last_day_where_nobody_says_another(
    command: list[str], house: House, repository: Path, tmp_path: Path
) -> None:
    dbt = str(Path(sys.executable).parent / "dbt")
    where = ["--profiles-dir", ".", "--target-path", str(tmp_path), "--log-path", str(tmp_path)]
    ended = subprocess.run(
        [dbt, *command, *where],
        cwd=repository / "dbt_project",
        env=_without("AS_OF") | {"LAKE_ROOT": str(house.lake), "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-2000:]
    assert command[0] == "docs" or "2026-06-30" in ended.stdout


def test_status_fits_a_terminal_of_eighty_columns_that_is_not_utf_8(house: House) -> None:
    program = str(Path(sys.executable).parent / "countinghouse")
    ended = subprocess.run(
        [program, "status", "--lake", str(house.lake)],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "80"},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.isascii()
    said = ended.stdout.decode()
    assert [line for line in said.splitlines() if len(line) > 80] == []
    assert "amount in, EUR: " in said
    assert "rows in quarantine: " in said
    assert "Controls: " in said
