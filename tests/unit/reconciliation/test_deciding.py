from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingestion.file_registry import FileRegistry, pending_files
from pipelines.landing.zone import LandedFile

CONTENTS = st.sampled_from(["aa", "bb", "cc"])
PLACES = st.sampled_from(["1.csv", "2.csv", "3.csv", "4.csv"])
FEEDS = st.sampled_from(["ledger", "loans"])


def landed(feed: str, name: str, sha256: str) -> LandedFile:
    return LandedFile(feed, date(2026, 1, 2), name, sha256, 1, Path(name))


FILES = st.lists(
    st.builds(landed, FEEDS, PLACES, CONTENTS), unique_by=lambda one: one.file, max_size=8
)


@given(FILES)
def test_every_content_is_read_once_per_feed_and_every_file_is_decided(files: Any) -> None:
    waiting, clear = pending_files(files, FileRegistry())
    contents = [(one.feed, one.sha256) for one in waiting]
    assert len(contents) == len(set(contents))
    assert set(contents) == {(one.feed, one.sha256) for one in files}
    assert sorted([*(w.file for w in waiting), *(c.file for c in clear)]) == sorted(
        one.file for one in files
    )


@given(FILES)
def test_what_is_decided_is_not_decided_again(files: Any) -> None:
    waiting, clear = pending_files(files, FileRegistry())
    known = FileRegistry(
        {(one.feed, one.sha256): one.file for one in waiting},
        {one.file: one.sha256 for one in waiting},
        frozenset(one.file for one in clear),
    )
    assert pending_files(files, known) == ((), ())


@given(FILES, FILES)
def test_a_taken_file_whose_bytes_change_is_never_read(before: Any, after: Any) -> None:
    waiting, _ = pending_files(before, FileRegistry())
    known = FileRegistry(
        {(one.feed, one.sha256): one.file for one in waiting},
        {one.file: one.sha256 for one in waiting},
    )
    read_again, _ = pending_files(after, known)
    assert not {one.file for one in read_again} & known.by_place.keys()
