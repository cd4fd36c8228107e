"""What the prose names is there: a file that moved takes its mentions along."""

import re
from pathlib import Path

ROOMS = "benchmarks|dbt_project|docs|features|models|notebooks|pipelines|quality|tests"
NAMED = re.compile(rf"\b((?:{ROOMS})/[\w/.-]+\.(?:py|sql|md|png|yml|yaml|csv))\b")


def test_every_file_that_prose_names_exists(repository: Path) -> None:
    prose = [*repository.glob("*.md")]
    for room in ROOMS.split("|"):
        prose += (file for file in (repository / room).rglob("*.md") if "target" not in file.parts)
    named = {(file.name, path) for file in prose for path in NAMED.findall(file.read_text("utf-8"))}
    assert len(named) > 10
    assert {each for each in named if not (repository / each[1]).exists()} == set()
