"""A user with tables of their own: propose, save, land."""

import subprocess
import sys
from pathlib import Path

import pytest

JOURNAL = (
    "Beleg-Nr;Datum;Konto;Soll;Haben;Text\n"
    "1;02.01.2026;1200;1.234,50;;Miete\n1;02.01.2026;8400;;1.234,50;Miete\n"
)
BANK = "Datum;Betrag;Verwendungszweck;Saldo\n02.01.2026;-10,00;Strom;90,00\n"


def run(lake: Path, *arguments: str) -> tuple[int, str]:
    program = str(Path(sys.executable).parent / "countinghouse")
    ended = subprocess.run(
        [program, *arguments],
        env={"LAKE_ROOT": str(lake), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("table", "kind", "more"),
    [
        (JOURNAL, "ledgers", []),
        (BANK, "statements", ["--account", "DE02120300000000202051"]),
    ],
    ids=["ledger", "bank"],
)
def test_a_profile_is_saved_beside_the_lake_and_reads_the_next_file_too(
    tmp_path: Path, table: str, kind: str, more: list[str]
) -> None:
    lake, file = tmp_path / "lake", tmp_path / "january.csv"
    file.write_text(table, "utf-8")
    assert run(lake, "read", str(file))[0] == 2
    ended, said = run(lake, "init", str(file), "--look", "--currency", "eur", *more)
    assert (ended, list(lake.rglob("*.yaml"))) == (0, []), said
    ended, said = run(lake, "init", str(file), "--currency", "eur", *more)
    assert ended == 0, said
    assert [path.relative_to(lake) for path in lake.rglob("*.yaml")] == [
        Path("profiles") / kind / "january.yaml"
    ]
    later = tmp_path / "february.csv"
    later.write_text(table.replace("02.01.2026", "03.02.2026"), "utf-8")
    ended, said = run(lake, "read", str(later))
    assert ended == 0, said
    assert "january" in said


def test_what_only_a_person_knows_is_asked_for_and_nothing_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "january.csv"
    file.write_text(BANK, "utf-8")
    ended, said = run(tmp_path / "lake", "init", str(file))
    assert ended == 2
    assert "--account" in said
    assert list((tmp_path / "lake").rglob("*.yaml")) == []


def test_a_saved_file_that_is_no_profile_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "lake" / "profiles" / "ledgers" / "odd.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("name: odd\ncolumns: {nonsense: X}\ndates: []\n", "utf-8")
    file = tmp_path / "january.csv"
    file.write_text(JOURNAL, "utf-8")
    ended, said = run(tmp_path / "lake", "read", str(file))
    assert ended == 2
    assert "odd.yaml is no profile" in said
    assert "nonsense" in said
