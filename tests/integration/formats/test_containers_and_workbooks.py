"""Zip containers and Excel workbooks on the way in, within bounds."""

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines.feeds.containers import Bounds, members
from pipelines.feeds.formats import FORMATS
from pipelines.feeds.read_report import read_file, report_lines, reports
from pipelines.feeds.reading import RefusedError

STATEMENT = (
    b":20:REF\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C260114EUR0,\r\n"
    b":61:2601150115C10,NTRFNONREF\r\n:86:a text\r\n:62F:C260115EUR11,\r\n-\r\n"
)


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return path


def test_every_member_of_a_container_is_read_under_both_names(tmp_path: Path) -> None:
    second = STATEMENT.replace(b"1/1", b"2/1")
    path = archive(tmp_path / "day.zip", {"a.sta": STATEMENT, "b/c.sta": second})
    files = [said["source"]["file"] for said in read_file(path, FORMATS)]
    assert files == ["day.zip/a.sta", "day.zip/b/c.sta"]


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = archive(tmp_path / "bomb.zip", {"a": b"\0" * 5_000_000})
    with pytest.raises(RefusedError, match="beyond bounds"), members(path, Bounds(slack=0)):
        pass


def test_a_container_in_a_container_is_refused(tmp_path: Path) -> None:
    inner = archive(tmp_path / "inner.zip", {"a.sta": STATEMENT}).read_bytes()
    with pytest.raises(RefusedError, match="another one"):
        list(read_file(archive(tmp_path / "outer.zip", {"inner.zip": inner}), FORMATS))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", b"PK\x05\x06" + bytes(18)])
def test_empty_and_damaged_files_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    path.write_bytes(data)
    with pytest.raises(RefusedError):
        list(read_file(path, FORMATS))


def test_a_workbook_is_read_by_the_profile_its_heading_fits(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["account_id", "booking_date", "amount", "currency", "balance"])
    sheet.append(["DE89370400440532013000", "2026-01-15", -1.1, "EUR", 8.9])
    sheet.append(["DE89370400440532013000", "2026-01-16", 2.2, "EUR", 11.1])
    book.save(tmp_path / "movements.xlsx")
    said = list(read_file(tmp_path / "movements.xlsx", FORMATS))
    assert [Decimal(entry["amount"]) for entry in said[0]["entries"]] == [
        Decimal("-1.10"),
        Decimal("2.20"),
    ]
    assert said[0]["balance_control"]["outcome"] == "holds"


def test_the_report_says_reader_sums_balances_and_findings(tmp_path: Path) -> None:
    path = tmp_path / "a.sta"
    path.write_bytes(STATEMENT)
    lines = "\n".join(report_lines(next(iter(reports(path, FORMATS)))))
    assert "read as MT940 free" in lines
    assert "EUR: in 10.00, out 0.00" in lines
    assert "1 differ" in lines
    assert "difference 1" in lines
