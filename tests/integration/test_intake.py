import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.feeds.reading import REJECTED, Finding, Format, Reading, RefusedError, Source
from pipelines.intake import choosing, ensure_tables, ingest, land, sheaf, waiting
from pipelines.lake.control import FILES, QUARANTINE
from pipelines.lake.duck import connect
from pipelines.lake.lake import Lake
from pipelines.lake.landing import scan
from quality.contract import contract

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 28)
LEDGER = "bronze/ledger_postings"
HEAD = "#journal"


def read_journal(source: Source) -> Iterator[Reading]:
    """Lines of `journal;line;debit;credit;currency`; the last line says END."""
    lines = source.path.read_text("utf-8").splitlines()
    if lines[-1] != "END":
        raise RefusedError("The file ends in the middle", place=f"line {len(lines)}")
    schema = {
        **contract("ledger_postings").schema,
        "source_row": pl.Int64(),
        "source_path": pl.String(),
    }
    for number, line in enumerate(lines[1:-1], 2):
        rows, rejected = [], []
        if line == "BUG":
            raise ZeroDivisionError("a reader failed")
        try:
            journal, place, debit, credit, currency = line.split(";")
            rows.append(
                {
                    "book": "general",
                    "journal_id": journal,
                    "line_number": int(place),
                    "account_code": "1000",
                    "booking_date": date(2026, 2, 1),
                    "debit": Decimal(debit),
                    "credit": Decimal(credit),
                    "currency": currency,
                    "source_row": number,
                }
            )
        except ValueError:
            rejected.append(
                {"table": "ledger_postings", "source_row": number, "reason": "not a line",
                 "content": line, "amount": Decimal(7), "currency": "EUR"}
            )  # fmt: skip
        yield Reading(
            "journal",
            "1",
            {"ledger_postings": pl.DataFrame(rows, schema=schema)},
            pl.DataFrame(rejected, schema=REJECTED),
            (Finding("odd", "it is odd", f"line {number}"),) if "ODD" in line else (),
        )
    if len(lines) == 2:
        yield Reading("journal", "1", {})


FORMATS = (
    Format("journal", "ledger", lambda head, _: head.startswith(HEAD.encode()), read_journal),
    Format("rates", "reference", lambda head, _: head.startswith(b"#rates"), read_journal),
)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def con(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(lake) as opened:
        yield opened


def write(folder: Path, name: str, *lines: str, end: str = "END\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join((HEAD, *lines, end)), "utf-8")
    return path


def take(lake: Lake, con: duckdb.DuckDBPyConnection, folder: Path, day: date = DAY):
    land(lake, folder, arrived=day, formats=FORMATS, now=NOW)
    return ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)


def contents(lake: Lake) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(lake.read(table).drop("ingested_at", strict=False).collect().rows(), key=str)
        for table in (LEDGER, FILES, QUARANTINE)
    }


def test_a_good_file_reaches_bronze_with_its_origin(lake, con, tmp_path):
    write(tmp_path / "in" / "ledger" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR", "J1;2;0;5.00;EUR")
    taken = take(lake, con, tmp_path / "in")
    rows = lake.read(LEDGER).sort("line_number").collect()
    assert [file.state for file in taken.files] == ["loaded"]
    assert rows["debit"].to_list() == [Decimal("5.000"), Decimal("0.000")]
    assert rows["source_row"].to_list() == [2, 3]
    assert rows["source_file"].unique().to_list() == ["ledger/2026-02-03/a.csv"]
    assert rows["source_sha256"].unique().to_list() == [scan(lake)[0].sha256]
    assert rows["known_at"].unique().to_list() == [datetime(2026, 2, 3, 23, 59, 59, tzinfo=UTC)]


def test_the_same_files_again_add_nothing(lake, con, tmp_path):
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR", "rubbish")
    take(lake, con, tmp_path / "in")
    before, versions = contents(lake), [lake.version(t) for t in (LEDGER, FILES, QUARANTINE)]
    again = take(lake, con, tmp_path / "in", date(2026, 3, 5))
    assert again.files == ()
    assert contents(lake) == before
    assert [lake.version(t) for t in (LEDGER, FILES, QUARANTINE)] == versions


def test_rows_and_money_in_are_loaded_or_in_quarantine(lake, con, tmp_path):
    lines = ("J1;1;5.00;0;EUR", "J1;2;-3.00;0;EUR", "rubbish", "J1;1;5.00;0;EUR", "J2;1;0;1;euro")
    write(tmp_path / "in", "a.csv", *lines)
    (file,) = take(lake, con, tmp_path / "in").files
    assert (file.came_in.rows, file.loaded.rows, file.quarantined.rows) == (5, 1, 4)
    assert file.came_in.amount == Decimal("13.000")  # 5 - 3 + 7 + 5 - 1
    assert file.loaded.amount == Decimal("5.000")
    assert file.quarantined.amount == Decimal("8.000")
    stored = lake.read(FILES).collect().row(0, named=True)
    assert stored["amount_in"] == stored["amount_loaded"] + stored["amount_quarantined"]
    assert stored["reason"] == "4 of 5 rows are in quarantine"


def test_quarantined_rows_say_where_they_stand_and_why(lake, con, tmp_path):
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR")
    write(tmp_path / "in", "b.csv", "rubbish", "J9;1;1;0;EUR", "J9;1;2;0;EUR", "J8;1;-3.00;0;EUR")
    take(lake, con, tmp_path / "in")
    rows = lake.read(QUARANTINE).sort("source_row").collect()
    assert rows["source_row"].to_list() == [2, 4, 5]
    assert rows["rule"].to_list() == ["unreadable", "key_is_unique", "sides_are_not_negative"]
    assert rows["file"].unique().to_list() == ["ledger/2026-02-28/b.csv"]
    assert rows["content"].to_list()[0] == "rubbish"
    assert json.loads(rows["content"].to_list()[2])["debit"] == "-3.000"


def test_bad_files_are_refused_as_a_whole_and_the_others_go_on(lake, con, tmp_path):
    folder = tmp_path / "in" / "ledger" / "2026-02-03"
    write(folder, "good.csv", "J1;1;5.00;0;EUR")
    write(folder, "cut.csv", "J2;1;5.00;0;EUR", end="")
    write(folder, "bug.csv", "J3;1;5.00;0;EUR", "BUG")
    (folder / "nothing.csv").touch()
    (folder / "binary.csv").write_bytes(bytes(range(256)))
    (folder / "rates.csv").write_text("#rates\nEND\n")
    taken = take(lake, con, tmp_path / "in")
    reasons = {file.file.split("/")[-1]: file.reason for file in taken.files}
    assert taken.count("refused") == 5
    assert taken.count("loaded") == 1
    assert reasons["cut.csv"] == "The file ends in the middle. line 2"
    assert "ZeroDivisionError" in reasons["bug.csv"]
    assert "empty" in reasons["nothing.csv"]
    assert "binary data" in reasons["binary.csv"]
    assert "Land it in the feed reference" in reasons["rates.csv"]
    assert lake.read(LEDGER).collect()["journal_id"].to_list() == ["J1"]


def test_a_refused_file_is_recorded_once_and_not_tried_again(lake, con, tmp_path):
    write(tmp_path / "in", "cut.csv", "J2;1;5.00;0;EUR", end="")
    take(lake, con, tmp_path / "in")
    take(lake, con, tmp_path / "in")
    assert lake.read(FILES).collect()["state"].to_list() == ["refused"]
    assert waiting(lake, scan(lake)) == ()


def test_a_misplaced_file_is_taken_when_it_lands_in_the_right_feed(lake, con, tmp_path):
    write(tmp_path / "one" / "reference" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR")
    write(tmp_path / "two" / "ledger" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR")
    assert take(lake, con, tmp_path / "one").count("refused") == 1
    assert take(lake, con, tmp_path / "two").count("loaded") == 1


def test_a_file_without_rows_is_on_record_as_empty(lake, con, tmp_path):
    write(tmp_path / "in", "a.csv")
    assert [file.state for file in take(lake, con, tmp_path / "in").files] == ["empty"]


def test_findings_are_on_record(lake, con, tmp_path):
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR", "ODD")
    take(lake, con, tmp_path / "in")
    said = json.loads(lake.read(FILES).collect()["findings"][0])
    assert said == [{"code": "odd", "message": "it is odd", "place": "line 3"}]


def test_files_that_wait_together_make_one_commit_per_table(lake, con, tmp_path):
    ensure_tables(lake)
    for day in range(1, 20):
        write(tmp_path / "in" / "ledger" / f"2026-02-{day:02}", "a.csv", f"J{day};1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    assert lake.version(LEDGER) == 1
    assert lake.read(LEDGER).collect().height == 19


def test_a_corrected_file_leaves_both_versions_readable(lake, con, tmp_path):
    write(tmp_path / "in" / "ledger" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    write(tmp_path / "in" / "ledger" / "2026-02-03", "a.csv", "J1;1;6.00;0;EUR")
    taken = take(lake, con, tmp_path / "in")
    assert taken.count("loaded") == 1
    assert taken.files[0].file != "ledger/2026-02-03/a.csv"
    assert sorted(lake.read(LEDGER).collect()["debit"]) == [Decimal(5), Decimal(6)]


def test_the_same_bytes_under_another_name_are_a_duplicate(lake, con, tmp_path):
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR")
    write(tmp_path / "in", "b.csv", "J1;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    states = dict(lake.read(FILES).select("file", "state").collect().iter_rows())
    assert states == {"ledger/2026-02-28/a.csv": "loaded", "ledger/2026-02-28/b.csv": "duplicate"}
    assert lake.read(LEDGER).collect().height == 1


def test_a_landed_file_that_changes_in_place_is_refused(lake, con, tmp_path):
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    landed = scan(lake)[0].path
    landed.chmod(0o644)
    write(landed.parent, landed.name, "J1;1;999.00;0;EUR")
    taken = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    assert [file.state for file in taken.files] == ["refused"]
    assert lake.read(LEDGER).collect()["debit"].to_list() == [Decimal(5)]


def test_a_line_without_end_is_refused_without_being_read_into_memory(lake, con, tmp_path):
    folder = tmp_path / "in"
    write(folder, "good.csv", "J1;1;5.00;0;EUR")
    with (folder / "line.csv").open("wb") as out:
        out.write(HEAD.encode() + b"\nJ1;1;5.00;0;EUR\n")
        out.seek(64 << 20)
        out.write(b"\nEND\n")
    taken = take(lake, con, folder)
    (refused,) = [file for file in taken.files if file.state == "refused"]
    assert "A line is longer than 16 MiB. byte 25" in refused.reason
    assert taken.count("loaded") == 1


@pytest.mark.parametrize(("length", "state"), [(4_000, "loaded"), (4_200, "refused")])
def test_the_bound_holds_for_one_line_and_not_for_the_file(
    lake, con, tmp_path, monkeypatch, length, state
):
    monkeypatch.setattr(choosing, "LONGEST_LINE", 4_096)
    monkeypatch.setattr(choosing, "_CHUNK", 500)
    lines = [f"J{number};1;5.00;0;EUR" for number in range(300)]
    write(tmp_path / "in", "a.csv", *lines, "x" * length, *lines)
    assert [file.state for file in take(lake, con, tmp_path / "in").files] == [state]


def test_a_large_batch_with_refused_rows_keeps_every_other_row(lake, con, tmp_path, monkeypatch):
    monkeypatch.setattr(sheaf, "_ENOUGH", 10)
    for number in range(9):
        bad = f"J{number};9;-1;0;EUR"
        good = [f"J{number};{line};1;0;EUR" for line in range(7)]
        write(tmp_path / "in", f"{number}.csv", *good[:number], bad, *good[number:])
    taken = take(lake, con, tmp_path / "in")
    assert taken.total("loaded").rows == 63
    rows = lake.read(LEDGER).collect()
    assert rows.height == 63
    assert rows.filter(pl.col("debit") < 0).is_empty()
    turned = lake.read(QUARANTINE).sort("file").collect()
    assert turned["source_row"].to_list() == [2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert turned["file"].n_unique() == 9


def test_a_refused_file_takes_back_what_was_set_aside(lake, con, tmp_path, monkeypatch):
    monkeypatch.setattr(sheaf, "_ENOUGH", 2)
    write(tmp_path / "in", "a.csv", *(f"J1;{n};1;0;EUR" for n in range(9)), "BUG")
    write(tmp_path / "in", "b.csv", "J2;1;1;0;EUR")
    taken = take(lake, con, tmp_path / "in")
    assert (taken.count("refused"), taken.count("loaded")) == (1, 1)
    assert lake.read(LEDGER).collect()["journal_id"].to_list() == ["J2"]
    assert list((lake.scratch / "intake").iterdir()) == []


class KilledError(BaseException):
    """Stands for a SIGKILL: nothing in the pipeline catches it."""


def test_a_half_taken_batch_appends_only_the_rows_that_are_missing(
    lake, con, tmp_path, monkeypatch
):
    for number in range(4):
        write(tmp_path / "in", f"{number}.csv", f"J{number};1;1;0;EUR", f"J{number};2;-1;0;EUR")
    land(lake, tmp_path / "in", arrived=DAY, formats=FORMATS, now=NOW)
    ensure_tables(lake)
    once = Lake._once

    def dying(self, table, tokens, write):
        once(self, table, tokens, write)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "_once", dying)
        with pytest.raises(KilledError):
            ingest(lake, con, scan(lake)[:2], formats=FORMATS, now=NOW)
    taken = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    assert taken.total("loaded").rows == 4
    assert taken.total("quarantined").rows == 4
    assert sorted(lake.read(LEDGER).collect()["journal_id"]) == ["J0", "J1", "J2", "J3"]
    assert lake.read(QUARANTINE).collect().height == 4


@pytest.mark.parametrize("survived", range(3))
def test_killed_between_any_two_writes_and_run_again_gives_the_undisturbed_tables(
    lake, con, tmp_path, monkeypatch, survived
):
    lines = ("J1;1;5.00;0;EUR", "rubbish", "J1;2;-1;0;EUR")
    for number in range(3):
        write(tmp_path / "in", f"{number}.csv", *lines, f"J7;{number};1;0;EUR")
    calm = Lake(tmp_path / "calm")
    take(calm, con, tmp_path / "in")
    ensure_tables(lake)
    once, written = Lake._once, []

    def dying(self, table, tokens, write):
        if len(written) == survived:
            raise KilledError
        written.append(once(self, table, tokens, write))
        return written[-1]

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "_once", dying)
        with pytest.raises(KilledError):
            take(lake, con, tmp_path / "in")
    write(tmp_path / "in", "late.csv", "J9;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    take(calm, con, tmp_path / "in")
    assert contents(lake) == contents(calm)
