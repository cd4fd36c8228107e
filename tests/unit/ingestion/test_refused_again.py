"""A refusal is not final: other readers, a request, or other bytes at the place take it back."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.ingestion.file_registry import pending_files, registry_of
from pipelines.landing.zone import LandedFile

DAY = date(2026, 1, 2)


def _landed(path: Path, content: bytes = b"one") -> LandedFile:
    path.write_bytes(content)
    return LandedFile("ledger", DAY, path.name, sha256(content).hexdigest(), len(content), path)


def _row(landed: LandedFile, state: str, **more: object) -> dict[str, object]:
    row = {"feed": landed.feed, "file": landed.file, "sha256": landed.sha256, "reason": "cut"}
    return {**row, "state": state, "readers": "of today", "size": landed.size, **more}


@pytest.fixture
def one(tmp_path: Path) -> LandedFile:
    return _landed(tmp_path / "a.csv")


def test_the_same_readers_do_not_read_a_refused_file_again(one: LandedFile) -> None:
    known = registry_of([_row(one, "refused", attempt=1)])
    assert pending_files([one], known, readers="of today") == ((), ())


def test_other_readers_read_it_again_and_count_the_attempt(one: LandedFile) -> None:
    known = registry_of([_row(one, "refused", attempt=2)])
    assert pending_files([one], known, readers="of tomorrow") == ((one,), ())
    assert known.attempt(one) == 3


def test_whoever_asks_has_it_read_again(one: LandedFile) -> None:
    known = registry_of([_row(one, "refused", attempt=1)])
    assert pending_files([one], known, readers="of today", again={one.file}) == ((one,), ())
    assert pending_files([one], known, readers="of today", again={"other"}) == ((), ())


def test_a_refusal_of_an_older_release_is_tried_once_more(one: LandedFile) -> None:
    row = _row(one, "refused")
    del row["readers"], row["size"]
    assert pending_files([one], registry_of([row]), readers="of today") == ((one,), ())


def test_a_refusal_that_was_taken_back_is_over(one: LandedFile) -> None:
    known = registry_of([_row(one, "refused", attempt=1), _row(one, "loaded", attempt=2)])
    assert pending_files([one], known, readers="of tomorrow", again={one.file}) == ((), ())


def test_a_refused_half_that_was_completed_is_read(tmp_path: Path) -> None:
    half = _landed(tmp_path / "a.csv", b"half")
    known = registry_of([_row(half, "refused", attempt=1)])
    whole = _landed(tmp_path / "a.csv", b"half and half")
    assert pending_files([whole], known, readers="of today") == ((whole,), ())
    assert known.attempt(whole) == 1


def test_a_loaded_half_that_was_completed_is_read_and_a_forged_file_is_not(tmp_path: Path) -> None:
    half = _landed(tmp_path / "a.csv", b"half")
    known = registry_of([_row(half, "loaded")])
    whole = _landed(tmp_path / "a.csv", b"half and half")
    assert pending_files([whole], known, readers="of today") == ((whole,), ())
    forged = _landed(tmp_path / "a.csv", b"hall and half")
    waiting, (verdict,) = pending_files([forged], known, readers="of today")
    assert waiting == ()
    assert verdict.state == "refused"
    after = registry_of([_row(half, "loaded"), _row(forged, "refused", reason=verdict.reason)])
    assert pending_files([forged], after, readers="of tomorrow") == ((), ())
    # The true file at its place again is what was taken: nothing is to be done.
    true = _landed(tmp_path / "a.csv", b"half")
    assert pending_files([true], after, readers="of tomorrow") == ((), ())
