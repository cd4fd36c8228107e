"""A lake written by hand and built by dbt: empty, with a history, and once more for nothing."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines.dbt_runner.plugin import published
from pipelines.lake.lake import Lake
from pipelines.records.control_tables import create_control_tables
from quality.contract import contract, contracts
from quality.reconciliation.pipeline import (
    RECON_ADJUSTMENTS,
    RECON_BREAKS,
    RECON_DECISIONS,
    RECON_MATCHES,
)
from quality.reconciliation.reporting.roll_forward import ROLL_FORWARD

IBAN = "DE00000000000000000001"
AS_OF = date(2026, 3, 10)
Versions = Mapping[str, int | None]


@dataclass(frozen=True)
class Built:
    """The lake, the versions of its tables after each of three builds, and a way to build again."""

    lake: Lake
    account: str
    as_of: date
    first: Versions
    again: Versions
    target: Path
    unit_tests: tuple[str, ...]
    build: Callable[..., tuple[str, ...]]

    def versions(self) -> Versions:
        """The version of every table now."""
        return versions(self.lake)

    def rows(self, table: str, **where: object) -> list[dict[str, Any]]:
        """Rows of a table, in the order of their first columns."""
        frame = self.lake.read(table).collect()
        for name, value in where.items():
            frame = frame.filter(pl.col(name) == pl.lit(value))
        return frame.sort(frame.columns[:4]).to_dicts()

    def row(self, table: str, **where: object) -> dict[str, Any]:
        """The only such row."""
        found = self.rows(table, **where)
        assert len(found) == 1, found
        return found[0]


def versions(lake: Lake) -> Versions:
    return {table: lake.version(table) for table in published(lake)}


@pytest.fixture(scope="session")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The lake, built three times."""
    room = tmp_path_factory.mktemp("dbt")
    lake = Lake(room / "lake")
    with pytest.MonkeyPatch.context() as patch:
        # The stem names the database in the compiled SQL, as in memory: lineage reads it there.
        patch.setenv("DBT_SCRATCH", str(room / "memory.duckdb"))
        build = builder(repository / "dbt_project", lake.root, room / "target", patch)
        create_tables(lake)
        proved = [name for name in build(unit_tests=True) if name.startswith("unit_test.")]
        write_history(lake)
        build()
        first = versions(lake)
        build()
        yield Built(lake, IBAN, AS_OF, first, versions(lake), room / "target", tuple(proved), build)


def builder(
    project: Path, lake_root: Path, target: Path, patch: pytest.MonkeyPatch
) -> Callable[..., tuple[str, ...]]:
    from dbt.cli.main import dbtRunner

    def build(
        *words: str,
        as_of: date | str = AS_OF,
        unit_tests: bool = False,
        root: Path = lake_root,
    ) -> tuple[str, ...]:
        patch.setenv("LAKE_ROOT", str(root))
        said = json.dumps({"as_of": str(as_of), "unit_tests": unit_tests})
        places = {"project": project, "profiles": project}
        options = [f"--{name}-dir={path}" for name, path in places.items()]
        options += [f"--{name}-path={target}" for name in ("target", "log")]
        result = dbtRunner().invoke(["--quiet", "build", *words, *options, "--vars", said])
        if not result.success:
            ends = result.result.results if result.result else ()
            failed = [r for r in ends if r.status not in ("success", "pass")]
            raise RuntimeError([(r.node.name, r.status, r.message) for r in failed])
        return tuple(ended.node.unique_id for ended in result.result.results)

    return build


def create_tables(lake: Lake) -> None:
    for each in contracts().values():
        if each.layer == "bronze":
            lake.create(f"bronze/{each.name}", each.stored_schema)
    create_control_tables(lake)
    lake.create("silver/recon_matches", RECON_MATCHES)
    lake.create("silver/recon_breaks", RECON_BREAKS)
    lake.create("silver/recon_adjustments", RECON_ADJUSTMENTS)
    lake.create("silver/recon_decisions", RECON_DECISIONS)
    lake.create("silver/recon_roll_forward", ROLL_FORWARD)


def write_history(lake: Lake) -> None:
    text = (Path(__file__).parent / "history.yaml").read_text("utf-8").replace("{A}", IBAN)
    for number, (table, day, rows) in enumerate(yaml.safe_load(text)):
        arrive(lake, table, day, number, rows)
    match = {
        "recon": "ledger_bank", "match_id": "M1", "kind": "one_to_one", "tier": "auto",
        "rule": "reference", "rule_version": "1", "score": 1.0, "account_id": IBAN,
        "amount": Decimal(60), "currency": "EUR", "date": date(2026, 3, 3), "evidence": "{}",
    }  # fmt: skip
    pair = (("left", f"{IBAN}|S3|0|0"), ("right", "general|J1|1"))
    matches = [{**match, "side": side, "row_id": row} for side, row in pair]
    lake.overwrite("silver/recon_matches", pl.DataFrame(matches, schema=dict(RECON_MATCHES)))
    broken = {
        "recon": "ledger_bank", "break_id": "B1", "side": "right", "row_id": "general|J2|1",
        "account_id": IBAN, "amount": Decimal(45), "currency": "EUR", "date": date(2026, 3, 4),
        "break_type": "missing_left", "evidence": "{}",
    }  # fmt: skip
    lake.overwrite("silver/recon_breaks", pl.DataFrame([broken], schema=dict(RECON_BREAKS)))


def arrive(
    lake: Lake, table: str, day: date, number: int, rows: Sequence[Mapping[str, Any]]
) -> None:
    """One file of rows; what a row does not say is zero, false or nothing."""
    # Entries and balances of a day stand in one file, as a bank sends them.
    name = "of_the_day" if contract(table).feed == "statements" else f"{table}-{number:03}"
    origin = {
        "source_file": f"{contract(table).feed}/{day}/{name}",
        "source_sha256": f"{number:064}",
        "source_row": 1,
        "known_at": datetime.combine(day, time(23, 59, 59), UTC),
    }
    columns = contract(table).columns
    usual = {column.name: plain(column.sql_type) for column in columns if column.required}
    money = {column.name for column in columns if column.sql_type.startswith("DECIMAL")}
    texts = {column.name for column in columns if column.sql_type == "VARCHAR"}

    def typed(name: str, value: Any) -> Any:
        return Decimal(str(value)) if name in money else str(value) if name in texts else value

    full = [
        {**usual, **{name: typed(name, value) for name, value in row.items()}, **origin}
        for row in rows
    ]
    frame = pl.DataFrame(full, schema=contract(table).stored_schema)
    lake.append_once(f"bronze/{table}", frame, transaction_ids=[str(number)])


def plain(sql_type: str) -> object:
    return {
        "VARCHAR": "EUR",
        "BIGINT": 0,
        "BOOLEAN": False,
        "DATE": date(2026, 1, 1),
        "TIMESTAMP WITH TIME ZONE": datetime(2026, 1, 1, tzinfo=UTC),
    }.get(sql_type, Decimal(0))
