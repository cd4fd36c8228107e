"""The pages that list what may come in list all of it."""

from pathlib import Path

from quality.dictionary import dictionary


def test_the_data_dictionary_says_what_the_contracts_say(repository: Path) -> None:
    page = (repository / "docs" / "contracts.md").read_text("utf-8")
    assert page.split() == dictionary().split(), "make docs"


def test_every_profile_that_ships_is_named(repository: Path) -> None:
    page = (repository / "docs" / "formats.md").read_text("utf-8")
    feeds = repository / "pipelines" / "feeds"
    shipped = list(feeds.glob("*/tabular/profiles/*.yaml"))
    assert len(shipped) > 10
    assert [path.stem for path in shipped if f"`{path.stem}`" not in page] == []
