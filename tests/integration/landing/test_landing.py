import hashlib
import json
import os
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from pipelines.feeds.parsing.archive_members import Limits
from pipelines.lake.lake import Lake
from pipelines.landing.arrival_order import arrivals
from pipelines.landing.arrivals import Arrivals, Sorting, land
from pipelines.landing.zone import copy_into_landing, scan

DAY = date(2026, 1, 2)


def feed_of(head: bytes, name: str) -> str | None:
    return "ledger" if head.startswith(b"book") else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def bring(lake: Lake, folder: Path, day: date = DAY, limits: Limits | None = None) -> Arrivals:
    sorting = Sorting({"ledger", "loans"}, feed_of)
    return land(lake, folder, arrived=day, sorting=sorting, limits=limits)


def files(lake: Lake) -> list[str]:
    return [landed.file for landed in scan(lake)]


def in_order(lake: Lake) -> list[str]:
    return [one.file.rpartition("/")[2] for one in arrivals(lake)]


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_bytes_are_kept_and_hashed(lake: Lake, folder: Path) -> None:
    content = b"book\r\n\xff\x00\xfe"
    (folder / "a.csv").write_bytes(content)
    (landed,) = bring(lake, folder).landed
    assert landed.path.read_bytes() == content
    assert landed.sha256 == hashlib.sha256(content).hexdigest()
    assert landed.size == len(content)
    assert landed.path == lake.landing / "ledger" / "2026-01-02" / "a.csv"
    assert list((lake.scratch / "incoming").iterdir()) == []


def test_a_dated_folder_states_feed_and_day(lake: Lake, folder: Path) -> None:
    (folder / "loans" / "2026-03-04").mkdir(parents=True)
    (folder / "loans" / "2026-03-04" / "a.csv").write_bytes(b"book")
    bring(lake, folder)
    assert files(lake) == ["loans/2026-03-04/a.csv"]


def test_in_any_other_folder_content_tells_the_feed(lake: Lake, folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "a.csv").write_bytes(b"book")
    (folder / "readme.txt").write_bytes(b"hello")
    bring(lake, folder)
    assert files(lake) == ["ledger/2026-01-02/a.csv", "unknown/2026-01-02/readme.txt"]


def test_one_day_of_one_feed_may_be_given_as_the_folder(lake: Lake, tmp_path: Path) -> None:
    day = tmp_path / "drop" / "loans" / "2026-03-04"
    day.mkdir(parents=True)
    (day / "a.csv").write_bytes(b"x")
    bring(lake, day)
    assert files(lake) == ["loans/2026-03-04/a.csv"]


def test_the_same_bytes_again_are_here_already_on_any_later_day(lake: Lake, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"book")
    bring(lake, folder)
    again = bring(lake, folder, date(2026, 2, 3))
    assert (again.landed, again.present, again.refused) == ((), 1, ())
    assert files(lake) == ["ledger/2026-01-02/a.csv"]


def test_other_bytes_under_the_same_name_lie_beside_the_first(lake: Lake, folder: Path) -> None:
    for content in (b"book1", b"book2", b"book1", b"book2"):
        (folder / "a.csv").write_bytes(content)
        bring(lake, folder)
    mark = hashlib.sha256(b"book2").hexdigest()[:8]
    again = hashlib.sha256(b"book1").hexdigest()[:8]
    assert in_order(lake) == ["a.csv", f"a~{mark}.csv", f"a~{again}.csv", f"a~{mark}-2.csv"]
    assert [bring(lake, folder).present for _ in range(2)] == [1, 1]
    told = [(lake.landing / one.file).read_bytes() for one in arrivals(lake)]
    assert told == [b"book1", b"book2", b"book1", b"book2"]


def test_bytes_that_are_here_arrive_again_from_elsewhere_and_not_from_their_folder(
    lake: Lake, tmp_path: Path
) -> None:
    for sent, content in (("1", b"book1"), ("2", b"book2"), ("3", b"book1")):
        (tmp_path / sent / "ledger" / "2026-01-02").mkdir(parents=True)
        (tmp_path / sent / "ledger" / "2026-01-02" / "a.csv").write_bytes(content)
        assert len(bring(lake, tmp_path / sent).landed) == 1
    order = [one.sha256 for one in arrivals(lake)]
    assert order[0] == order[2] != order[1]
    for sent in ("1", "2", "3", "1"):
        assert bring(lake, tmp_path / sent).landed == ()
    assert [one.sha256 for one in arrivals(lake)] == order


def test_files_that_come_in_one_go_are_numbered_by_day_time_of_writing_and_name(
    lake: Lake, folder: Path
) -> None:
    for day, name, written in (
        ("2026-01-03", "a.csv", 10), ("2026-01-02", "z.csv", 20), ("2026-01-02", "y.csv", 30),
        ("2026-01-02", "x.csv", 30),
    ):  # fmt: skip
        path = folder / "ledger" / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"book {name}".encode())
        os.utime(path, (written, written))
    bring(lake, folder)
    assert in_order(lake) == ["z.csv", "x.csv", "y.csv", "a.csv"]


def test_a_landing_that_was_killed_numbers_its_files_as_if_it_had_not_been(
    lake: Lake, folder: Path
) -> None:
    for name, written in (("c.csv", 10), ("b.csv", 20), ("a.csv", 30)):
        (folder / name).write_bytes(f"book {name}".encode())
        os.utime(folder / name, (written, written))
    copy_into_landing(lake, folder / "c.csv", feed="ledger", arrived=DAY, name="c.csv")
    bring(lake, folder)
    assert in_order(lake) == ["c.csv", "b.csv", "a.csv"]
    assert bring(lake, folder).present == 3


def test_a_file_that_is_still_being_written_waits(lake: Lake, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"book")
    sorting = Sorting({"ledger"}, feed_of)
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    assert land(lake, folder, arrived=DAY, sorting=sorting, written_before=long_ago) == Arrivals()


def test_a_file_beyond_the_limit_is_refused_by_its_size(lake: Lake, folder: Path) -> None:
    (folder / "big.csv").write_bytes(b"book" * 100)
    (folder / "small.csv").write_bytes(b"book")
    arrivals = bring(lake, folder, limits=Limits(file=100))
    assert [refused.name for refused in arrivals.refused] == ["big.csv"]
    assert files(lake) == ["ledger/2026-01-02/small.csv"]


def test_members_of_a_container_land_one_by_one(lake: Lake, folder: Path) -> None:
    pack(folder / "x.zip", {"a.csv": b"book1", "sub/b.csv": b"book2", "note.txt": b"hello"})
    bring(lake, folder)
    assert files(lake) == [
        "ledger/2026-01-02/x.zip!a.csv",
        "ledger/2026-01-02/x.zip!sub_b.csv",
        "unknown/2026-01-02/x.zip!note.txt",
    ]
    assert bring(lake, folder).present == 3


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"../evil.csv": b"book"}, "reaches outside"),
        ({"/etc/evil.csv": b"book"}, "reaches outside"),
        ({"C:\\evil.csv": b"book"}, "reaches outside"),
        ({"..\\evil.csv": b"book"}, "reaches outside"),
        ({}, "is empty"),
        ({f"{n}.csv": b"book" for n in range(11)}, "11 members"),
        ({"zeros.csv": b"\0" * 3_000_000}, "unpacks to more"),
        ({"a.csv": b"book", "in.zip": b"PK\x03\x04rest"}, "itself a zip"),
    ],
)
def test_a_hostile_container_is_refused_whole_and_the_rest_goes_on(
    lake: Lake, folder: Path, members: Any, reason: str
) -> None:
    pack(folder / "x.zip", members)
    (folder / "good.csv").write_bytes(b"book")
    limits = Limits(members=10, ratio=10, slack=10_000)
    (refused,) = bring(lake, folder, limits=limits).refused
    assert (refused.name, refused.state) == ("x.zip", "refused")
    assert reason in refused.reason
    assert files(lake) == ["ledger/2026-01-02/good.csv"]
    assert list((lake.scratch / "unpacked").iterdir()) == []


def test_a_workbook_in_a_container_lands_as_one_file(lake: Lake, folder: Path) -> None:
    book = BytesIO()
    Workbook().save(book)
    pack(folder / "x.zip", {"a.csv": b"book1", "b.xlsx": book.getvalue()})
    assert bring(lake, folder).refused == ()
    assert files(lake) == ["ledger/2026-01-02/x.zip!a.csv", "unknown/2026-01-02/x.zip!b.xlsx"]


def test_a_damaged_container_is_refused(lake: Lake, folder: Path) -> None:
    whole = pack(folder / "x.zip", {"a.csv": b"book" * 10_000}).read_bytes()
    (folder / "x.zip").write_bytes(whole[: len(whole) // 2])
    (refused,) = bring(lake, folder).refused
    assert "damaged" in refused.reason


def test_a_container_with_a_damaged_member_is_refused(lake: Lake, folder: Path) -> None:
    path = pack(folder / "x.zip", {"a.csv": bytes(range(256)) * 100})
    broken = bytearray(path.read_bytes())
    broken[60:80] = bytes(20)
    path.write_bytes(broken)
    (refused,) = bring(lake, folder).refused
    assert "damaged" in refused.reason


def test_a_folder_inside_the_lake_is_not_landed_into_itself(lake: Lake, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(b"book")
    copy_into_landing(lake, source, feed="ledger", arrived=DAY, name="a.csv")
    arrivals = bring(lake, lake.landing)
    assert (arrivals.landed, arrivals.present) == ((), 1)


def test_a_file_that_changed_is_hashed_anew(lake: Lake, tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(b"book1")
    landed = copy_into_landing(lake, source, feed="ledger", arrived=DAY, name="a.csv")
    assert scan(lake)[0].sha256 == landed.sha256
    landed.path.chmod(0o644)
    landed.path.write_bytes(b"longer")
    assert scan(lake)[0].sha256 == hashlib.sha256(b"longer").hexdigest()


def test_losing_the_memory_of_hashes_changes_nothing(lake: Lake, folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"book")
    bring(lake, folder)
    before = scan(lake)
    (lake.scratch / "landing.json").write_text("{ torn")
    assert scan(lake) == before


def test_one_feed_is_what_the_whole_says_of_it_and_the_others_stay_remembered(
    lake: Lake, tmp_path: Path
) -> None:
    source = tmp_path / "sent"
    source.write_bytes(b"book")
    for feed in ("ledger", "ledger_of_others", "loans"):
        copy_into_landing(lake, source, feed=feed, arrived=DAY, name="a.csv")
    every = scan(lake)
    memory = (lake.scratch / "landing.json").read_text()
    assert scan(lake, "ledger") == tuple(f for f in every if f.feed == "ledger")
    assert (lake.scratch / "landing.json").read_text() == memory
    copy_into_landing(lake, source, feed="loans", arrived=DAY, name="b.csv")
    assert [landed.name for landed in scan(lake, "loans")] == ["a.csv", "b.csv"]
    assert len(json.loads((lake.scratch / "landing.json").read_text())) == len(every) + 1


def test_links_are_refused_and_not_followed(lake: Lake, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (folder / "link.csv").symlink_to(tmp_path / "secret")
    (folder / "away").symlink_to(tmp_path)
    arrivals = bring(lake, folder)
    assert arrivals.landed == ()
    assert [refused.state for refused in arrivals.refused] == ["refused", "refused"]
