"""What a file states of itself goes on record with it, once, and a control holds it."""

import duckdb

from pipelines.feeds.bai2 import FORMATS
from pipelines.intake import ingest, land
from pipelines.lake.control import STATED_TOTALS
from pipelines.lake.landing import scan
from pipelines.lake.maintenance import tables
from quality.laws import LAWS, check_laws
from tests.integration.intake.journals import DAY, NOW

FALSE = """01,SENDER,RECEIVER,260116,0600,1,80,,2/
02,RECEIVER,BANK,1,260115,2359,USD,2/
03,12345,,010,10000,,,015,15050,,/
16,195,5050,Z,BR1,E1,INVOICE 7/
49,99999,3/
98,30100,1,5/
99,30100,1,7/
"""


def test_a_false_total_is_a_control_that_fails_by_name_file_and_place(lake, con, tmp_path) -> None:
    folder = tmp_path / "in" / "statements" / DAY.isoformat()
    folder.mkdir(parents=True)
    (folder / "false.bai").write_text(FALSE)
    (folder / "cut.bai").write_text(FALSE.replace("99,30100,1,7/\n", ""))
    land(lake, tmp_path / "in", arrived=DAY, formats=FORMATS, now=NOW)
    for _ in range(2):
        taken = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    assert {file.state for file in taken.files} <= {"refused", "loaded"}
    stored = lake.read(STATED_TOTALS).collect()
    assert stored["file"].unique().to_list() == [f"statements/{DAY}/false.bai"]
    assert stored.height == stored["name"].n_unique() == 8

    duck = duckdb.connect()
    lake.register(duck, *tables(lake))
    found = check_laws(duck, DAY, [law for law in LAWS if law.name == "statement_totals"])
    (failed,) = [control for control in found if control.outcome == "failed"]
    assert (failed.file, failed.place) == (f"statements/{DAY}/false.bai", "line 5")
    assert (failed.expected, failed.actual) == (99999, 30100)
    assert sum(control.outcome == "passed" for control in found) == 7
