"""Which version of a document counts: the SQL of staging against the rule, on any history."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.landing.arrival_order import ARRIVALS_SCHEMA
from pipelines.records.control_tables import QUARANTINE_SCHEMA
from quality.contract import contract, contracts

FIRST_DAY = date(2026, 3, 1)
LINES = st.integers(1, 4)


@dataclass(frozen=True)
class Arrival:
    """One file that arrives: its day, and the content that it brings by number.

    Files are listed in the order in which they came; one may bring a day that is long past.
    """

    day: int
    content: int


@dataclass(frozen=True)
class Lines:
    """What a file says of the one document: lines taken and lines refused."""

    loaded: frozenset[int]
    refused: frozenset[int]


def lines(loaded: Iterable[int] = (), refused: Iterable[int] = ()) -> Lines:
    """A file's lines, of which none is both taken and refused."""
    return Lines(frozenset(loaded), frozenset(refused) - frozenset(loaded))


arrivals = st.lists(st.builds(Arrival, st.integers(0, 3), st.integers(0, 3)), max_size=8)
contents = st.lists(
    st.builds(lines, st.frozensets(LINES), st.frozensets(LINES)), min_size=4, max_size=4
)
examples = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=500 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 40,
)
Staged = Callable[..., list[list[tuple[Any, ...]]]]
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")


@pytest.fixture(scope="module")
def staged(built: Any) -> Iterator[Staged]:
    """Runs the compiled SQL of models over tables of our own, the others of bronze being empty."""
    compiled = Path(built.target).rglob("compiled/**/*.sql")
    texts = {path.stem: path for path in compiled if ".yml/" not in path.as_posix()}
    con = duckdb.connect(":memory:")
    for schema in ("bronze", "silver", "control"):
        con.execute(f"create schema {schema}")
    bronze = (each for each in contracts().values() if each.layer == "bronze")
    empty = {f"bronze.{each.name}": each.empty() for each in bronze}
    empty["control.quarantine"] = pl.DataFrame(schema=dict(QUARANTINE_SCHEMA))
    for name, frame in empty.items():
        con.register("given", frame)
        con.execute(f"create table {name} as select * from given")

    def run(
        tables: dict[str, pl.DataFrame], *models: str, ask: Sequence[str]
    ) -> list[list[tuple[Any, ...]]]:
        for name, frame in tables.items():
            con.register("given", frame)
            con.execute(f"create or replace table {name} as select * from given")
        for model in models:
            text = texts[model].read_text("utf-8")
            con.execute(f"create or replace table silver.{model} as {text}")
        told = [con.execute(f"{each} order by all").fetchall() for each in ask]
        for name in tables.keys() & empty.keys():
            con.execute(f"truncate {name}")
        return told

    yield run
    con.close()


def history(given: Sequence[Arrival], feed: str) -> tuple[pl.DataFrame, dict[int, Arrival]]:
    """Arrivals as recorded, and the arrival with which each content came first."""
    rows: list[tuple[Any, ...]] = []
    first: dict[int, Arrival] = {}
    for number, one in enumerate(given, 1):
        rows.append((number, feed, f"f{number}", f"s{one.content}", known(one.day)))
        first.setdefault(one.content, one)
    names = ("number", "feed", "file", "sha256", "known_at")
    frame = pl.DataFrame(rows, schema={n: ARRIVALS_SCHEMA[n] for n in names}, orient="row")
    return frame, first


def by_day(given: Iterable[Arrival]) -> list[Arrival]:
    return sorted(given, key=lambda each: each.day)


def known(day: int) -> datetime:
    return datetime.combine(FIRST_DAY + timedelta(day), time(23, 59, 59), UTC)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=contract(name).stored_schema)


def origin(content: int, first: Arrival) -> dict[str, Any]:
    return {
        "source_file": f"c{content}", "source_sha256": f"s{content}", "known_at": known(first.day),
        "source_row": 1,
    }  # fmt: skip


@examples
@given(arrivals)
def test_the_version_that_arrived_last_counts(staged: Staged, given: list[Arrival]) -> None:
    recorded, first = history(given, "premiums")
    receipts = [
        {"receipt_id": "R1", "channel": str(content), **origin(content, one)}
        for content, one in first.items()
    ]
    tables = {"bronze.receipts": table("receipts", receipts), "control.arrivals": recorded}
    (standing,) = staged(tables, "stg_receipts", ask=["select channel from silver.stg_receipts"])
    assert standing == [(str(one.content),) for one in by_day(given)[-1:]]


@examples
@given(arrivals, st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_the_newest_state_counts_whenever_it_arrived(
    staged: Staged, given: list[Arrival], states: list[int]
) -> None:
    recorded, first = history(given, "policies")
    policies = [
        {"policy_id": "P1", "status": str(content), "updated_at": known(states[content]),
         **origin(content, one)}
        for content, one in first.items()
    ]  # fmt: skip
    tables = {"bronze.policies": table("policies", policies), "control.arrivals": recorded}
    (standing,) = staged(tables, "stg_policies", ask=["select status from silver.stg_policies"])
    newest = max((states[one.content] for one in given), default=0)
    last = [one for one in by_day(given) if states[one.content] == newest][-1:]
    assert standing == [(str(one.content),) for one in last]


@examples
@given(arrivals, st.lists(st.sampled_from([None, "COPY", "DUPL", "CODU"]), min_size=4, max_size=4))
def test_a_copy_or_duplicate_counts_only_where_no_original_came(
    staged: Staged, given: list[Arrival], marks: list[str | None]
) -> None:
    recorded, first = history(given, "statements")
    balances = [
        {"account_id": "A", "statement_id": "S/2026-03-01", "message_type": "camt.053",
         "balance_index": 0, "balance_type": "CLBD", "amount": content, "currency": "EUR",
         "copy_duplicate": marks[content], **origin(content, one)}
        for content, one in first.items()
    ]  # fmt: skip
    tables = {
        "bronze.statement_balances": table("statement_balances", balances),
        "control.arrivals": recorded,
    }
    (standing,) = staged(
        tables, "stg_statement_balances", ask=["select amount from silver.stg_statement_balances"]
    )
    originals = [one for one in given if marks[one.content] is None]
    assert [int(amount) for (amount,) in standing] == [
        one.content for one in by_day(originals or given)[-1:]
    ]


@examples
@given(arrivals, contents)
# A whole journal comes again, and then the one line of it that another file had refused.
@example(
    [Arrival(0, 0), Arrival(0, 1), Arrival(1, 0), Arrival(1, 2)],
    [lines([1, 2]), lines([1], [2]), lines([2]), lines()],
)
# The whole journal comes once more after that: what it holds counts again, and nothing else goes.
@example(
    [Arrival(0, 1), Arrival(0, 2), Arrival(1, 0), Arrival(1, 2), Arrival(2, 0)],
    [lines([1, 2]), lines([1], [2]), lines([2]), lines()],
)
def test_a_document_is_replaced_only_by_a_document(
    staged: Staged, given: list[Arrival], contained: list[Lines]
) -> None:
    recorded, first = history(given, "ledger")
    postings = [
        {"book": "general", "journal_id": "J1", "line_number": line, "debit": content, "credit": 0,
         **origin(content, one)}
        for content, one in first.items()
        for line in contained[content].loaded
    ]  # fmt: skip
    refused = [
        {"table": "ledger_postings", "sha256": f"s{content}", "known_at": known(one.day),
         "content": f'{{"book": "general", "journal_id": "J1", "line_number": "0{line}"}}'}
        for content, one in first.items()
        for line in contained[content].refused
    ]  # fmt: skip
    tables = {
        "bronze.ledger_postings": table("ledger_postings", postings),
        "control.arrivals": recorded,
        "control.quarantine": pl.DataFrame(refused, schema=dict(QUARANTINE_SCHEMA)),
    }
    standing, superseded = staged(
        tables,
        *("stg_document_supplements", "stg_ledger_postings", "stg_superseded_documents"),
        ask=[
            "select line_number, debit from silver.stg_ledger_postings",
            "select cast(sum(rows) as bigint), sum(amount) from silver.stg_superseded_documents",
        ],
    )
    expected = lines_standing(given, contained)
    assert [(line, int(debit)) for line, debit in standing] == sorted(expected.items())
    rows, amount = superseded[0]
    assert len(standing) + (rows or 0) == len(postings)
    assert sum(debit for _, debit in standing) + (amount or 0) == sum(
        content for content in first for _ in contained[content].loaded
    )


def lines_standing(given: Sequence[Arrival], contained: Sequence[Lines]) -> dict[int, int]:
    """The content that each line of the document stands by, told as the rule is."""
    supplements = contents_that_complete(given, contained)
    standing: dict[int, int] = {}
    whole: int | None = None
    for content in (one.content for one in by_day(given)):
        own = contained[content].loaded
        if content in supplements or content == whole:
            standing |= dict.fromkeys(own, content)
        elif own:
            standing, whole = dict.fromkeys(own, content), content
    return standing


def contents_that_complete(given: Sequence[Arrival], contained: Sequence[Lines]) -> set[int]:
    """Which contents hold only what was refused before, judged as each came for the first time."""
    base: frozenset[int] = frozenset()
    refused: set[int] = set()
    supplements: set[int] = set()
    first = {one.content: one for one in reversed(given)}
    for content in (
        one.content for one in by_day(one for one in given if first[one.content] is one)
    ):
        own = contained[content].loaded
        if own and (own - refused or not base):
            base = own
        elif own and not own & base:
            supplements.add(content)
        refused |= contained[content].refused
    return supplements
