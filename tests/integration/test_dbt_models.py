import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.lake.control import create_control_tables
from pipelines.lake.dbt_plugin import CONTENT, published
from pipelines.lake.lake import Lake
from quality.contract import INSTANT, MONEY, contract, contracts

AS_OF = date(2026, 3, 10)
EARLIER = date(2026, 3, 5)
IBAN, DOLLARS = "DE00000000000000000001", "US000001"
TEXT, DAY = pl.String(), pl.Date()
RECON_MATCHES = {
    **dict.fromkeys(("recon", "match_id", "kind", "tier", "rule", "rule_version"), TEXT),
    "score": pl.Float64(),
    "side": TEXT,
    "row_id": TEXT,
    "account_id": TEXT,
    "amount": MONEY,
    "currency": TEXT,
    "date": DAY,
    "evidence": TEXT,
}
RECON_BREAKS = {
    **dict.fromkeys(("recon", "break_id", "side", "row_id", "account_id"), TEXT),
    "amount": MONEY,
    "currency": TEXT,
    "date": DAY,
    "break_type": TEXT,
    "expected_clearing_date": DAY,
    "candidate_row_id": TEXT,
    "evidence": TEXT,
}
Rows = Sequence[Mapping[str, Any]]


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def on(day: int, month: int = 3) -> date:
    return date(2026, month, day)


class Books:
    """A lake whose bronze is written by hand."""

    def __init__(self, lake: Lake) -> None:
        self.lake, self.files = lake, 0
        for each in contracts().values():
            if each.layer == "bronze":
                lake.create(f"bronze/{each.name}", each.stored_schema)
        create_control_tables(lake)
        lake.create("silver/recon_matches", RECON_MATCHES)
        lake.create("silver/recon_breaks", RECON_BREAKS)

    def arrive(self, table: str, day: date, rows: Rows) -> None:
        """One file of rows; what a row does not say is zero, false or nothing."""
        self.files += 1
        schema = contract(table).stored_schema
        origin = {
            "source_file": f"landing/{table}/{day}/{self.files:03}",
            "source_sha256": f"{self.files:064}",
            "source_row": 1,
            "known_at": at(day, 23).replace(minute=59, second=59),
        }
        usual = {
            column.name: _plain(column.sql_type)
            for column in contract(table).columns
            if column.required
        }
        full = [{**usual, **row, **origin} for row in rows]
        frame = pl.DataFrame(full, schema=schema)
        self.lake.append_once(f"bronze/{table}", frame, tokens=[f"{self.files}"])


def _plain(sql_type: str) -> object:
    return {
        "VARCHAR": "EUR",
        "BIGINT": 0,
        "BOOLEAN": False,
        "DATE": date(2026, 1, 1),
        "TIMESTAMP WITH TIME ZONE": at(date(2026, 1, 1)),
    }.get(sql_type, Decimal(0))


def statement(
    books: Books, day: date, arrived: date, opening: int, closing: int, moves: Rows
) -> None:
    """A bank's end-of-day statement of the account in euro."""
    head = {"account_id": IBAN, "statement_id": f"S{day}", "message_type": "camt.053.001.08"}
    stated = enumerate((("OPBD", opening), ("CLBD", closing)))
    balances = [
        {
            **head,
            "balance_index": n,
            "balance_type": kind,
            "amount": Decimal(amount),
            "balance_date": day,
        }
        for n, (kind, amount) in stated
    ]
    entries = [
        {
            **head,
            "entry_index": n,
            "batch_size": 1,
            "status": "BOOK",
            "booking_date": day,
            "credit_debit": "CRDT",
            "entry_amount": move["amount"],
            **move,
        }
        for n, move in enumerate(moves)
    ]
    books.arrive("statement_balances", arrived, balances)
    if entries:
        books.arrive("statement_entries", arrived, entries)


def journal(name: str, day: date, *lines: tuple[str, str | None, int], **more: Any) -> Rows:
    return [
        {
            "book": "general",
            "journal_id": name,
            "line_number": n,
            "account_code": code,
            "bank_account_id": bank,
            "booking_date": day,
            "debit": Decimal(max(amount, 0)),
            "credit": Decimal(max(-amount, 0)),
            "entity_id": "CH-INS",
            **more,
        }
        for n, (code, bank, amount) in enumerate(lines, 1)
    ]


def event(payment: str, kind: str, day: date, **more: Any) -> dict[str, Any]:
    return {
        "event_id": f"{payment}-{kind}",
        "payment_id": payment,
        "end_to_end_id": f"E{payment}",
        "event_type": kind,
        "occurred_at": at(day),
        "direction": "incoming",
        "category": "premium",
        "customer_id": "C1",
        "counterparty_account": "DE9",
        "amount": Decimal(60),
        "channel": "transfer",
        "entity_id": "CH-INS",
        "account_id": IBAN,
        "currency": "EUR",
        "device_id": "d1",
        "country": "DE",
        "obligation_id": "P1-01",
        **more,
    }


def write_history(books: Books) -> None:
    """A few weeks of an insurer: two customers, one policy, one bank account in euro."""
    books.arrive(
        "accounts",
        on(1),
        [
            {
                "account_id": IBAN,
                "account_kind": "own",
                "entity_id": "CH-INS",
                "ledger_account_code": "1010",
            },
            {
                "account_id": DOLLARS,
                "account_kind": "own",
                "entity_id": "CH-INS",
                "currency": "USD",
            },
        ],
    )
    books.arrive(
        "chart_of_accounts",
        on(1),
        [
            {"account_code": "1010", "account_class": "asset", "is_cash": True},
            {"account_code": "1400", "account_class": "asset", "cash_flow_category": "premium"},
            {"account_code": "3000", "account_class": "equity"},
            {"account_code": "2200", "account_class": "liability", "cash_flow_category": "claim"},
        ],
    )
    books.arrive(
        "fx_rates",
        on(1),
        [
            {
                "rate_date": on(1),
                "base_currency": "EUR",
                "quote_currency": "USD",
                "rate": Decimal("1.25"),
            }
        ],
    )
    books.arrive(
        "customers",
        on(1),
        [
            {"customer_id": " C1 ", "joined_date": date(2025, 1, 15)},
            {"customer_id": "C2", "joined_date": date(2025, 12, 31)},
        ],
    )
    policy = {
        "policy_id": "P1",
        "customer_id": "C1",
        "product": "motor",
        "status": "active",
        "inception_date": date(2026, 1, 1),
        "expiry_date": date(2026, 12, 31),
    }
    books.arrive("policies", on(1), [policy])
    due = {"P1-01": on(2), "P1-02": on(6), "P1-03": on(1, 4)}
    books.arrive(
        "premium_instalments",
        on(1),
        [
            {
                "instalment_id": name,
                "policy_id": "P1",
                "customer_id": "C1",
                "entity_id": "CH-INS",
                "due_date": day,
                "amount": Decimal(100),
                "status": "billed",
            }
            for name, day in due.items()
        ],
    )
    opening = journal(
        "J0", on(1), ("1010", None, 1000), ("3000", None, -1000), document_type="opening"
    )
    books.arrive("ledger_postings", on(1), opening)
    write_money(books)


def write_money(books: Books) -> None:
    """What was paid, said and corrected."""
    receipt = {
        "obligation_type": "premium",
        "obligation_id": "P1-01",
        "customer_id": "C1",
        "entity_id": "CH-INS",
        "channel": "transfer",
        "payment_reference": "EP1",
    }
    books.arrive(
        "receipts",
        on(3),
        [{**receipt, "receipt_id": "R1", "received_date": on(3), "amount": Decimal(60)}],
    )
    books.arrive(
        "receipts",
        on(4),
        [{**receipt, "receipt_id": "R2", "received_date": on(4), "amount": Decimal(40)}],
    )
    books.arrive(
        "payment_events",
        on(3),
        [
            event("P1", "initiated", on(3)),
            event("P1", "settled", on(3)),
            event("P2", "initiated", on(3), amount=Decimal(25), currency="USD", device_id="d2"),
            event(
                "P2", "rejected", on(3), amount=None, customer_id=None, counterparty_account=None
            ),
        ],
    )
    books.arrive(
        "payment_events",
        on(8),
        [
            event(
                "P3",
                "initiated",
                on(7),
                category="claim",
                direction="outgoing",
                customer_id="C2",
                obligation_id="K1-P0",
                amount=Decimal(30),
            )
        ],
    )
    books.arrive(
        "ledger_postings",
        on(3),
        journal("J1", on(3), ("1010", IBAN, 60), ("1400", None, -60), reference="EP1"),
    )
    books.arrive(
        "ledger_postings",
        on(4),
        journal("J2", on(4), ("1010", IBAN, 45), ("1400", None, -45), reference="EP4"),
    )
    statement(books, on(3), on(4), 1000, 1060, [{"amount": Decimal(60), "remittance": "thanks"}])
    statement(
        books,
        on(4),
        on(5),
        1060,
        1075,
        [{"amount": Decimal(40), "end_to_end_id": "EP4"}, {"amount": Decimal(-25)}],
    )
    # On the 7th the bank takes back its statement of the 4th: nothing had moved.
    statement(books, on(4), on(7), 1060, 1060, [])
    statement(books, on(6), on(7), 1060, 1030, [{"amount": Decimal(-30)}])
    matched = {
        "recon": "ledger_bank",
        "match_id": "M1",
        "kind": "one_to_one",
        "tier": "auto",
        "rule": "reference",
        "rule_version": "1",
        "score": 1.0,
        "account_id": IBAN,
        "amount": Decimal(60),
        "currency": "EUR",
        "date": on(3),
        "evidence": "{}",
    }
    rows = [
        {**matched, "side": "left", "row_id": f"{IBAN}|S{on(3)}|0|0"},
        {**matched, "side": "right", "row_id": "general|J1|1"},
    ]
    books.lake.overwrite("silver/recon_matches", pl.DataFrame(rows, schema=RECON_MATCHES))
    broken = {
        "recon": "ledger_bank",
        "break_id": "B1",
        "side": "right",
        "row_id": "general|J2|1",
        "account_id": IBAN,
        "amount": Decimal(45),
        "currency": "EUR",
        "date": on(4),
        "break_type": "missing_left",
        "evidence": "{}",
    }
    books.lake.overwrite("silver/recon_breaks", pl.DataFrame([broken], schema=RECON_BREAKS))


@dataclass(frozen=True)
class Built:
    """A lake before and after: empty, then with history, then built once more for nothing."""

    lake: Lake
    empty: Mapping[str, int | None]
    first: Mapping[str, int | None]
    again: Mapping[str, int | None]
    target: Path
    dbt: Callable[..., Any]


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from dbt.cli.main import dbtRunner

    project, room = str(repository / "dbt_project"), tmp_path_factory.mktemp("dbt")
    lake, target = Lake(room / "lake"), room / "target"

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_SCRATCH", str(room / "scratch.duckdb"))

        def dbt(*words: str, root: Path = lake.root, said: str = "{}") -> Any:
            patch.setenv("LAKE_ROOT", str(root))
            return dbtRunner().invoke(
                [
                    "--quiet",
                    *words,
                    "--project-dir",
                    project,
                    "--profiles-dir",
                    project,
                    "--target-path",
                    str(target),
                    "--log-path",
                    str(target),
                    "--vars",
                    said,
                ]
            )

        def build(
            *words: str, day: date = AS_OF, unit_tests: bool = False, root: Path = lake.root
        ) -> None:
            said = json.dumps({"as_of": str(day), "unit_tests": unit_tests})
            result = dbt("build", *words, root=root, said=said)
            failed = [r for r in result.result.results if r.status not in ("success", "pass")]
            if not result.success:
                raise RuntimeError([(r.node.name, r.status, r.message) for r in failed])

        books = Books(lake)
        build(unit_tests=True)
        empty = _versions(lake)
        write_history(books)
        build()
        first = _versions(lake)
        build()
        yield Built(lake, empty, first, _versions(lake), target, build)


def _versions(lake: Lake) -> Mapping[str, int | None]:
    return {table: lake.version(table) for table in published(lake)}


def rows(built: Built, table: str, **where: object) -> list[dict[str, Any]]:
    frame = built.lake.read(table).collect()
    for name, value in where.items():
        frame = frame.filter(pl.col(name) == pl.lit(value))
    return frame.sort(frame.columns[:4]).to_dicts()


def row(built: Built, table: str, **where: object) -> dict[str, Any]:
    found = rows(built, table, **where)
    assert len(found) == 1, found
    return found[0]


def test_every_model_is_published_with_the_run_and_the_day_it_was_made_for(built: Built) -> None:
    for table in built.first:
        if table.split("/")[0] in ("gold", "features"):
            newest = built.lake.open(table).history(1)[0]
            assert newest["as_of"] == str(AS_OF), table
            assert newest["invocation_id"], table
            assert newest[CONTENT], table


def test_an_empty_lake_gives_empty_tables_with_the_types_of_their_contracts(built: Built) -> None:
    gold = [each for each in contracts().values() if built.lake.exists(f"gold/{each.name}")]
    assert len(gold) == 14
    for each in gold:
        then = built.lake.read(f"gold/{each.name}", version=0).collect()
        assert then.is_empty(), each.name
        assert dict(then.schema) == each.schema, each.name


def test_a_run_that_changes_nothing_adds_no_version(built: Built) -> None:
    assert built.again == built.first
    assert built.first["gold/fct_cash_position"] == 1
    assert built.first["gold/fct_loan_receivable"] == 0


def test_a_corrected_statement_takes_its_entries_with_it(built: Built) -> None:
    entries = rows(built, "silver/stg_statement_entries")
    assert [(e["movement_date"], e["amount"]) for e in entries] == [(on(3), 60), (on(6), -30)]
    older = built.lake.read("bronze/statement_entries").collect()
    assert older.height == 4


def test_the_position_rolls_from_stated_balances_and_meets_the_ledger(built: Built) -> None:
    position = rows(built, "gold/fct_cash_position")
    told = [
        (
            p["date"].day,
            p["opening_balance"],
            p["inflow"],
            p["outflow"],
            p["closing_balance"],
            p["ledger_balance"],
            p["difference"],
            p["is_stated"],
        )
        for p in position
    ]
    assert told[:4] == [
        (3, 1000, 60, 0, 1060, 1060, 0, True),
        (4, 1060, 0, 0, 1060, 1105, -45, True),
        (5, 1060, 0, 0, 1060, 1105, -45, False),
        (6, 1060, 0, 30, 1030, 1105, -75, True),
    ]
    assert [p["date"] for p in position] == [on(day) for day in range(3, 11)]
    assert all(p["unexplained_movement"] == 0 for p in position)


def test_cash_flows_are_named_by_the_matched_journal(built: Built) -> None:
    flows = rows(built, "gold/fct_cash_flows")
    assert [(f["category"], f["amount"]) for f in flows] == [("premium", 60), ("other", -30)]


def test_a_payment_is_banked_when_its_ledger_line_is_matched(built: Built) -> None:
    paid = row(built, "gold/fct_payments", payment_id="P1")
    assert (paid["state"], paid["banked_at"]) == (
        "banked",
        datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC),
    )
    refused = row(built, "gold/fct_payments", payment_id="P2")
    assert (refused["state"], refused["amount_base"]) == ("rejected", 20)
    stuck = row(built, "gold/fct_payments", payment_id="P3")
    assert (stuck["state"], stuck["is_stuck"]) == ("initiated", True)


def test_receivables_age_and_known_flows_follow_from_them(built: Built) -> None:
    states = {
        r["instalment_id"]: (r["state"], r["days_late"], r["days_past_due"])
        for r in rows(built, "gold/fct_premium_receivable")
    }
    assert states == {
        "P1-01": ("paid", 2, 0),
        "P1-02": ("overdue", None, 4),
        "P1-03": ("open", None, 0),
    }
    flows = {
        f["flow_id"]: (f["source"], f["amount"], f["account_id"])
        for f in rows(built, "gold/fct_known_flows")
    }
    assert flows == {
        "P1-02": ("premium", 100, IBAN),
        "P1-03": ("premium", 100, IBAN),
        "P3": ("payment_order", -30, IBAN),
    }


def test_a_break_has_an_age_in_business_days_and_somebody_who_answers(built: Built) -> None:
    found = row(built, "gold/fct_breaks")
    assert (found["age_business_days"], found["owner"]) == (4, "treasury")


def test_feature_rows_say_what_was_known_at_the_end_of_their_day(built: Built) -> None:
    behaviour = {
        r["event_timestamp"].date(): r
        for r in rows(built, "features/ftr_customer_payment_behaviour", customer_id="C1")
    }
    assert behaviour[on(3)]["outstanding_overdue_base"] == 40
    assert behaviour[on(3)]["days_past_due_max"] == 1
    assert behaviour[on(3)]["failed_payments_30d"] == 1
    assert (
        behaviour[on(4)]["outstanding_overdue_base"],
        behaviour[on(4)]["days_past_due_max"],
    ) == (0, 0)
    assert behaviour[on(4)]["average_days_late_180d"] == 2.0
    assert behaviour[on(10)]["days_past_due_max"] == 4
    velocity = row(
        built,
        "features/ftr_customer_velocity",
        customer_id="C1",
        event_timestamp=datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC),
    )
    assert (velocity["payments_1d"], velocity["amount_1d"], velocity["devices_30d"]) == (2, 80, 2)
    cash = {
        r["event_timestamp"].date(): r["closing_balance"]
        for r in rows(built, "features/ftr_account_cash")
    }
    assert (cash[on(4)], cash[on(5)], cash[on(7)]) == (1060, 1075, 1030)


def test_what_came_later_does_not_change_the_features_of_earlier_days(
    built: Built, tmp_path: Path
) -> None:
    past = Lake(tmp_path / "past")
    for layer in ("bronze", "control", "silver"):
        shutil.copytree(built.lake.root / layer, past.root / layer)
    built.dbt("--select", "+path:models/features", day=EARLIER, root=past.root)
    tables = [table for table in built.first if table.startswith("features/")]
    assert len(tables) == 6
    until = pl.col("event_timestamp") < at(EARLIER + timedelta(days=1), 0)
    for table in tables:
        then = past.read(table).collect()
        now = built.lake.read(table).filter(until).collect()
        key = then.columns[:2]
        assert then.sort(key).equals(now.sort(key)), table
    assert not past.read("features/ftr_account_cash").collect().is_empty()


def test_one_model_can_be_built_alone_in_a_fresh_scratch(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    monkeypatch.setenv("DBT_SCRATCH", str(tmp_path / "scratch.duckdb"))
    before = _versions(built.lake)
    built.dbt("--select", "fct_known_flows")
    assert _versions(built.lake) == before
    DuckDBConnectionManager.close_all_connections()
    with duckdb.connect(str(tmp_path / "scratch.duckdb"), read_only=True) as con:
        stored = con.execute("select count(*) from duckdb_tables()").fetchall()
    assert stored == [(0,)]


def test_column_lineage_can_be_read_of_every_model(built: Built) -> None:
    from sqlglot import MappingSchema, parse_one
    from sqlglot.lineage import lineage
    from sqlglot.optimizer import optimize

    manifest = json.loads((built.target / "manifest.json").read_text("utf-8"))
    nodes = {**manifest["nodes"], **manifest["sources"]}
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    assert len(models) > 60
    for model in models:
        schema = MappingSchema(dialect="duckdb")
        for parent in (*model["depends_on"]["nodes"], model["unique_id"]):
            node = nodes[parent]
            types = node["config"].get("column_types") or _columns(built.lake, node)
            schema.add_table(node["relation_name"], types, dialect="duckdb")
        path = built.target / "compiled" / "countinghouse" / model["original_file_path"]
        query = optimize(
            parse_one(path.read_text("utf-8"), dialect="duckdb"), schema=schema, dialect="duckdb"
        )
        columns = _columns(built.lake, model)
        assert set(query.named_selects) == set(columns), model["name"]
        last = list(columns)[-1]
        assert lineage(last, query.sql("duckdb"), schema=schema, dialect="duckdb"), model["name"]


def _columns(lake: Lake, node: Mapping[str, Any]) -> dict[str, str]:
    described = lake.relation(duckdb.connect(), f"{node['schema']}/{node['name']}")
    return dict(zip(described.columns, map(str, described.types), strict=True))


def test_no_figure_without_a_day(built: Built) -> None:
    with pytest.raises(RuntimeError, match="Say as of which day"):
        built.dbt("--select", "stg_fx_rates", day=_Nothing())  # type: ignore[arg-type]


class _Nothing:
    def __str__(self) -> str:
        return ""


def test_instants_are_stored_in_utc_and_money_as_decimals(built: Built) -> None:
    for table in built.first:
        if table.startswith(("silver/", "gold/", "features/")):
            schema = built.lake.read(table).collect_schema()
            for name, dtype in schema.items():
                if isinstance(dtype, pl.Datetime):
                    assert dtype == INSTANT, (table, name)
                if dtype in (pl.Float64, pl.Float32):
                    assert name in ("score", "hours_in_state", "average_days_late_180d"), (
                        table,
                        name,
                    )
