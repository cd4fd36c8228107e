"""Which version of a document counts: the SQL of staging against the rule, on any history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.landing.arrival_order import ARRIVALS_SCHEMA
from pipelines.records.control_tables import QUARANTINE_SCHEMA
from quality.contract import contract

FIRST_DAY = date(2026, 3, 1)
LINES = st.integers(1, 4)


@dataclass(frozen=True)
class Arrival:
    """One file that arrives: its day, and the content that it brings by number."""

    day: int
    content: int


@dataclass(frozen=True)
class Lines:
    """What a file says of the one document: lines taken and lines refused."""

    loaded: frozenset[int]
    refused: frozenset[int]


arrivals = st.lists(st.builds(Arrival, st.integers(0, 3), st.integers(0, 3)), max_size=7)
once = st.lists(
    st.builds(Arrival, st.integers(0, 3), st.integers(0, 3)),
    max_size=4,
    unique_by=lambda one: one.content,
)
contents = st.lists(
    st.builds(Lines, st.frozensets(LINES), st.frozensets(LINES)).map(
        lambda one: Lines(one.loaded, one.refused - one.loaded)
    ),
    min_size=4,
    max_size=4,
)
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")


@pytest.fixture(scope="module")
def staged(built: Any) -> Callable[..., list[tuple[Any, ...]]]:
    """Runs the compiled SQL of a model over tables of our own."""
    compiled = Path(built.target).rglob("compiled/**/*.sql")
    texts = {path.stem: path for path in compiled if ".yml/" not in path.as_posix()}

    def run(tables: dict[str, pl.DataFrame], columns: str, *models: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(":memory:") as con:
            for schema in ("bronze", "silver", "control"):
                con.execute(f"create schema {schema}")
            for name, frame in tables.items():
                con.register("given", frame)
                con.execute(f"create table {name} as select * from given")
            for model in models:
                text = texts[model].read_text("utf-8")
                con.execute(f"create table silver.{model} as {text}")
            return con.execute(f"select {columns} from silver.{models[-1]} order by all").fetchall()

    return run


def history(given: Sequence[Arrival]) -> tuple[pl.DataFrame, dict[int, Arrival]]:
    """Arrivals as recorded, and the first arrival of each content, in the order of arrival."""
    rows, first = [], {}
    for number, one in enumerate(sorted(given, key=lambda each: each.day), 1):
        rows.append((number, "premiums", f"f{number}", f"s{one.content}", known(one.day)))
        first.setdefault(one.content, one)
    names = ("number", "feed", "file", "sha256", "known_at")
    frame = pl.DataFrame(rows, schema={n: ARRIVALS_SCHEMA[n] for n in names}, orient="row")
    return frame, first


def known(day: int) -> datetime:
    return datetime.combine(FIRST_DAY + timedelta(day), time(23, 59, 59), UTC)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=contract(name).stored_schema)


def origin(content: int, first: Arrival) -> dict[str, Any]:
    return {
        "source_file": f"c{content}", "source_sha256": f"s{content}", "known_at": known(first.day),
        "source_row": 1,
    }  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(arrivals)
def test_the_version_that_arrived_last_counts(
    staged: Callable[..., list[tuple[Any, ...]]], given: list[Arrival]
) -> None:
    recorded, first = history(given)
    receipts = [
        {"receipt_id": "R1", "channel": str(content), **origin(content, one)}
        for content, one in first.items()
    ]
    tables = {"bronze.receipts": table("receipts", receipts), "control.arrivals": recorded}
    told = staged(tables, "channel", "stg_receipts")
    last = sorted(given, key=lambda each: each.day)[-1:]
    assert told == [(str(one.content),) for one in last]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(arrivals, st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_the_newest_state_counts_whenever_it_arrived(
    staged: Callable[..., list[tuple[Any, ...]]], given: list[Arrival], states: list[int]
) -> None:
    recorded, first = history(given)
    policies = [
        {"policy_id": "P1", "status": str(content), "updated_at": known(states[content]),
         **origin(content, one)}
        for content, one in first.items()
    ]  # fmt: skip
    recorded = recorded.with_columns(feed=pl.lit("policies"))
    tables = {"bronze.policies": table("policies", policies), "control.arrivals": recorded}
    told = staged(tables, "status", "stg_policies")
    order = sorted(given, key=lambda each: each.day)
    newest = max((states[one.content] for one in order), default=0)
    last = [one for one in order if states[one.content] == newest][-1:]
    assert told == [(str(one.content),) for one in last]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(once, contents)
def test_a_document_is_replaced_only_by_a_document(
    staged: Callable[..., list[tuple[Any, ...]]], given: list[Arrival], said: list[Lines]
) -> None:
    recorded, first = history(given)
    postings = [
        {"book": "general", "journal_id": "J1", "line_number": line, "debit": content, "credit": 0,
         **origin(content, one)}
        for content, one in first.items()
        for line in said[content].loaded
    ]  # fmt: skip
    refused = [
        {"table": "ledger_postings", "sha256": f"s{content}", "known_at": known(one.day),
         "content": f'{{"book": "general", "journal_id": "J1", "line_number": "0{line}"}}'}
        for content, one in first.items()
        for line in said[content].refused
    ]  # fmt: skip
    tables = {
        "bronze.ledger_postings": table("ledger_postings", postings),
        "bronze.loan_schedules": contract("loan_schedules").empty(),
        "bronze.payment_orders": contract("payment_orders").empty(),
        "bronze.settlement_lines": contract("settlement_lines").empty(),
        "control.arrivals": recorded.with_columns(feed=pl.lit("ledger")),
        "control.quarantine": pl.DataFrame(refused, schema=dict(QUARANTINE_SCHEMA)),
    }
    told = staged(tables, "line_number, debit", "int_document_supplements", "stg_ledger_postings")
    order = [one.content for one in sorted(given, key=lambda each: each.day)]
    assert [(line, int(debit)) for line, debit in told] == sorted(standing(order, said).items())


def standing(order: Sequence[int], said: Sequence[Lines]) -> dict[int, int]:
    """The content that each line of the document stands by, told as the rule is."""
    lines: dict[int, int] = {}
    base: frozenset[int] = frozenset()
    refused: set[int] = set()
    whole: set[int] = set()
    supplements: set[int] = set()
    standing_whole: int | None = None
    for content in order:
        own = said[content].loaded
        if own and content not in whole | supplements:
            fresh = bool(own - refused) or not whole
            if fresh or own & base:
                whole.add(content)
                base = own if fresh else base
            else:
                supplements.add(content)
                lines |= dict.fromkeys(own, content)
        if content in whole and content != standing_whole:
            lines, standing_whole = dict.fromkeys(own, content), content
        refused |= said[content].refused
    return lines
