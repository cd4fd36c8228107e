"""Zip containers and Excel workbooks on the way in, within bounds."""

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.parsing.archive_members import Limits
from pipelines.feeds.reading import RefusedError
from pipelines.inspection.file_report import read_file, report_lines, reports
from pipelines.inspection.sources import sources_in

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
    with pytest.raises(RefusedError, match="unpacks to more"), sources_in(path, Limits(slack=0)):
        pass


def test_a_container_in_a_container_is_refused(tmp_path: Path) -> None:
    inner = archive(tmp_path / "inner.zip", {"a.sta": STATEMENT}).read_bytes()
    with pytest.raises(RefusedError, match="itself a zip container"):
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


HEADING: list[object] = ["account_id", "booking_date", "amount", "currency", "balance"]
ROW = ["DE89370400440532013000", "2026-01-15", -1.1, "EUR", 8.9]


def reordered(path: Path, last: str, styles: bytes | None = None) -> Path:
    """The workbook with the part `last` at its end, as openpyxl and pandas write it, and styles."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    if styles is not None:
        parts["xl/styles.xml"] = styles
    parts[last] = parts.pop(last)
    return archive(path, parts)


def saved(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_told_by_its_parts_wherever_its_directory_stands(tmp_path: Path) -> None:
    rows: list[list[object]] = [HEADING]
    rows += [[*ROW[:2], -n / 7, "EUR", None] for n in range(1, 901)]
    path = reordered(saved(tmp_path / "a.xlsx", ("S", rows)), "[Content_Types].xml")
    assert b"[Content_Types].xml" not in path.read_bytes()[:16_384]
    (said,) = read_file(path, FORMATS)
    assert len(said["entries"]) == 900 - sum(
        finding["code"] == "row_rejected" for finding in said["findings"]
    )


def test_a_workbook_whose_styles_are_empty_is_read(tmp_path: Path) -> None:
    styles = (
        b'<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        b'2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        b'<borders count="1"><border/></borders><cellXfs count="1"><xf/></cellXfs></styleSheet>'
    )
    path = saved(tmp_path / "a.xlsx", ("S", [HEADING, ROW]))
    (said,) = read_file(reordered(path, "xl/workbook.xml", styles), FORMATS)
    assert [entry["amount"] for entry in said["entries"]] == ["-1.10"]


def test_every_sheet_is_looked_at_and_one_that_is_left_out_is_named(tmp_path: Path) -> None:
    other = ["FR7630006000011234567890189", "2026-01-15", 5, "EUR", 5]
    path = saved(
        tmp_path / "a.xlsx",
        ("Cover", [["Movements of our accounts"]]),
        ("Empty", []),
        ("One", [[], ["Period: January"], [], HEADING, ROW]),
        ("Two", [HEADING, other]),
    )
    first, second = read_file(path, FORMATS)
    assert [entry["place"] for entry in first["entries"]] == ["sheet One, row 5"]
    assert second["account"]["id"] == other[0]
    (finding,) = [f for f in first["findings"] if f["code"] == "sheet_not_read"]
    assert finding["place"] == "sheet Cover"


def test_a_workbook_in_a_container_is_one_file(tmp_path: Path) -> None:
    inner = saved(tmp_path / "in.xlsx", ("S", [HEADING, ROW]))
    reordered(inner, "[Content_Types].xml")
    path = archive(tmp_path / "day.zip", {"in.xlsx": inner.read_bytes()})
    (said,) = read_file(path, FORMATS)
    assert said["source"]["file"] == "day.zip/in.xlsx"


def test_the_report_says_reader_sums_balances_and_findings(tmp_path: Path) -> None:
    path = tmp_path / "a.sta"
    path.write_bytes(STATEMENT)
    lines = "\n".join(report_lines(next(iter(reports(path, FORMATS)))))
    assert "read as MT940 free" in lines
    assert "EUR: in 10.00, out 0.00" in lines
    assert "1 differ" in lines
    assert "difference 1" in lines
