from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.formats import formats_with
from pipelines.feeds.ledgers.tabular.profile import parse_ledger_profile
from pipelines.feeds.ledgers.tabular.propose import ledger_proposal
from pipelines.feeds.ledgers.tabular.reader import ledger_tables
from pipelines.feeds.reading import Reading
from pipelines.feeds.saved_profiles import SavedProfiles
from pipelines.feeds.statements.tabular.sheet import text_rows
from tests.unit.feeds.conftest import InMemory, Whole

GERMAN = """Buchungsjournal 2026;;;;;
Beleg-Nr;Datum;Konto;Soll;Haben;Text
1001;02.01.2026;1200;1.234,50;;Miete Januar
1001;02.01.2026;8400;;1.234,50;Miete Januar
1002;15.01.2026;4210;500,00;;Strom
1002;15.01.2026;1200;;500,00;Strom
Summe;;;1.734,50;1.734,50;
"""
ODOO = """Date,Journal,Number,Account,Label,Debit,Credit,Currency
2026-01-02,INV,INV/1,1100,Sale,121.00,0.00,EUR
2026-01-02,INV,INV/1,4000,Sale,0.00,100.00,EUR
2026-01-02,INV,INV/1,2100,Tax,0.00,21.00,EUR
2026-01-03,INV,INV/2,1100,Sale,12.10,0.00,EUR
2026-01-03,INV,INV/2,4000,Sale,0.00,12.10,EUR
2026-01-04,BNK,BNK/1,1000,Bank,121.00,0.00,EUR
"""
SIGNED = """doc no,posting date,account no,amount,ccy
7,2026-01-02,1000,-10.50,usd
7,2026-01-02,4000,10.50,usd
"""


def proposed(table: str) -> Any:
    text = ledger_proposal(text_rows(table.splitlines()), "journal.csv")
    assert text is not None
    return parse_ledger_profile(text.replace("THE CURRENCY'S CODE", "EUR"))


def read_by_its_proposal(
    table: str, read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> Any:
    (known,) = ledger_tables([proposed(table)])
    assert known.recognises(table.encode(), "journal.csv")
    return whole(read(known, table.encode()))


def test_a_list_of_postings_is_read_by_the_profile_that_is_proposed_for_it(
    read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> None:
    found = read_by_its_proposal(GERMAN, read, whole)
    lines = found.rows["ledger_postings"]
    assert [(p["journal_id"], p["line_number"], p["debit"], p["credit"]) for p in lines] == [
        ("1001", 1, Decimal("1234.500"), Decimal(0)),
        ("1001", 2, Decimal(0), Decimal("1234.500")),
        ("1002", 1, Decimal("500.000"), Decimal(0)),
        ("1002", 2, Decimal(0), Decimal("500.000")),
    ]
    assert {p["booking_date"] for p in lines} == {date(2026, 1, 2), date(2026, 1, 15)}
    assert {(p["book"], p["currency"]) for p in lines} == {("general", "EUR")}


def test_a_total_under_the_table_is_no_posting_and_is_held_against_the_postings(
    read: Callable[..., list[Reading]],
) -> None:
    (known,) = ledger_tables([proposed(GERMAN)])
    (true,) = read(known, GERMAN.encode())
    assert true.tables["ledger_postings"].height == 4
    assert {t.name: t.stated for t in true.totals} == {
        "total line (debit)": Decimal("1734.50"),
        "total line (credit)": Decimal("1734.50"),
    }
    assert all(total.holds and total.place == "row 7" for total in true.totals)
    text = GERMAN.replace("Summe;;;1.734,50;1.734,50", "Summe EUR;;;1.734,50;999,00")
    (false,) = read(known, text.encode())
    assert [(t.stated, t.counted) for t in false.totals if not t.holds] == [
        (Decimal("999.00"), Decimal("1734.50"))
    ]
    assert not false.rejected.height


def test_a_total_line_of_one_signed_column_is_the_sum_as_the_table_writes_it(
    read: Callable[..., list[Reading]],
) -> None:
    (known,) = ledger_tables([proposed(SIGNED)])
    (part,) = read(known, (SIGNED + "Total,,,1.00,usd\n").encode())
    (total,) = part.totals
    assert (total.stated, total.counted, total.currency) == (1, 0, "USD")


def test_a_posting_without_a_day_is_turned_away_and_not_dropped(
    read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> None:
    (known,) = ledger_tables([proposed(GERMAN)])
    found = whole(read(known, GERMAN.replace("15.01.2026;4210", "soon;4210").encode()))
    (turned,) = found.rejected
    assert "booking_date" in turned["reason"]
    assert turned["amount"] == Decimal("500.000")


def test_a_number_in_the_other_decimal_mark_is_rejected_as_it_is_written(
    read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> None:
    (known,) = ledger_tables([proposed(GERMAN)])
    table = GERMAN.replace("4210;500,00", "4210;1,500.00")
    (row,) = whole(read(known, table.encode())).rejected
    assert "'1,500.00' is not a plain decimal" in row["reason"]


def test_the_column_whose_journals_balance_is_the_journal() -> None:
    assert proposed(ODOO).columns["journal_id"] == ("Number",)


def test_a_signed_amount_debits_where_it_is_positive(
    read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> None:
    lines = read_by_its_proposal(SIGNED, read, whole).rows["ledger_postings"]
    sides = [(p["account_code"], p["debit"], p["credit"], p["currency"]) for p in lines]
    assert sides == [
        ("1000", Decimal(0), Decimal("10.500"), "USD"),
        ("4000", Decimal("10.500"), Decimal(0), "USD"),
    ]


def test_a_negative_debit_is_a_credit(
    read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> None:
    table = ODOO.replace("12.10,0.00", "-12.10,0.00").replace("0.00,12.10", "0.00,-12.10")
    lines = read_by_its_proposal(table, read, whole).rows["ledger_postings"]
    assert [(p["debit"], p["credit"]) for p in lines[3:5]] == [
        (Decimal(0), Decimal("12.100")),
        (Decimal("12.100"), Decimal(0)),
    ]


def test_columns_that_the_profile_does_not_read_are_named(
    read: Callable[..., list[Reading]], whole: Callable[..., Whole]
) -> None:
    (finding,) = read_by_its_proposal(ODOO, read, whole).findings
    assert finding.code == "unknown_column"
    assert "Journal" in finding.message


def test_a_bank_statement_is_no_list_of_postings() -> None:
    table = "Date,Account,Description,Amount,Balance\n2026-01-02,NL1,Rent,-5.00,10.00\n"
    assert ledger_proposal(text_rows(table.splitlines()), "bank.csv") is None


def test_a_saved_profile_is_tried_before_the_tables_of_any_contract() -> None:
    known = formats_with(SavedProfiles(ledgers=(proposed(ODOO),)))
    taken = [one.name for one in known if one.recognises(ODOO.encode(), "x.csv")]
    assert taken[0] == "ledger_table"


@pytest.mark.parametrize("wrong", ["name: x\n", "name: x\ndates: []\ncolumns: {nonsense: A}\n"])
def test_a_profile_that_is_none_says_what_is_wrong(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"needs|no such column"):
        parse_ledger_profile(wrong)


AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)


@given(
    st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2099, 1, 1)), AMOUNTS), min_size=1),
    st.sampled_from([",", "."]),
    st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y"]),
)
def test_what_a_profile_says_of_marks_and_days_is_how_the_table_is_read(
    source: type[InMemory], whole: Callable[..., Whole], given_rows: Any, mark: Any, way: Any
) -> None:
    group = "." if mark == "," else ","

    def written(amount: Decimal) -> str:
        return f"{amount:,.2f}".replace(",", "#").replace(".", mark).replace("#", group)

    profile = parse_ledger_profile(
        f"name: any\ndecimal_mark: '{mark}'\ndates: ['{way}']\nconstants: {{currency: EUR}}\n"
        "columns: {journal_id: J, account_code: A, booking_date: D, debit: S, credit: H}\n"
    )
    rows = [
        f"{n};10;{day.strftime(way)};{written(amount)};"
        for n, (day, amount) in enumerate(given_rows)
    ]
    (known,) = ledger_tables([profile])
    found = whole(known.read(source("\n".join(["J;A;D;S;H", *rows]).encode())))
    lines = found.rows["ledger_postings"]
    assert found.rejected == []
    assert [(p["booking_date"], p["debit"]) for p in lines] == given_rows
