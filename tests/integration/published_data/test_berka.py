"""The Berka bank: a real ledger, real standing orders and loans, in the house's own tables."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.feeds.reading import Reading, RefusedError, Source
from tests.recognised import recognise


@pytest.fixture(scope="module")
def berka(shared_data: Path) -> Path:
    return shared_data / "berka"


def readings(path: Path) -> list[Reading]:
    source = Source(path, path.name)
    return list(recognise(source).read(source))


def rows(path: Path, table: str) -> pl.DataFrame:
    return pl.concat([reading.tables[table] for reading in readings(path)])


@pytest.fixture(scope="module")
def postings(berka: Path) -> pl.DataFrame:
    return rows(berka / "trans.asc", "ledger_postings")


def test_the_ledger_loads_49102_rows_and_turns_away_the_cut_line_with_its_place(
    berka: Path,
) -> None:
    found = readings(berka / "trans.asc")
    assert sum(reading.tables["ledger_postings"].height for reading in found) == 49_102
    (away,) = pl.concat([reading.rejected for reading in found]).to_dicts()
    assert away["source_row"] == 49_104
    assert away["reason"].startswith("the file is cut off in this line")
    assert '3526882;11021;940331;\\"PRIJE' in away["content"]


def test_the_ledger_names_its_accounts_sides_and_documents(postings: pl.DataFrame) -> None:
    assert postings["book"].unique().to_list() == ["berka"]
    assert postings.filter((pl.col("debit") > 0) & (pl.col("credit") > 0)).is_empty()
    assert postings["journal_id"].n_unique() == 49_102
    kinds = postings.group_by("document_type").agg(pl.len())
    assert dict(kinds.iter_rows()) == {
        "payment": 6_343,
        "receipt": 3_772,
        "deposit": 9_759,
        "withdrawal": 14_256,
        "interest": 9_463,
        "fee": 5_509,
    }


def test_account_days_chain_from_balance_to_balance(postings: pl.DataFrame) -> None:
    """Rows of one account and day can be ordered so that each balance follows from the last."""
    amount = pl.col("credit") - pl.col("debit")
    days = postings.group_by("account_code", "booking_date").agg(
        balances=pl.col("balance_after"), amounts=amount, moved=amount.sum()
    )
    chained = _chained(days)
    assert days.height == 39_960
    assert chained == 39_932


def _chained(days: pl.DataFrame) -> int:
    last: dict[str, Decimal] = {}
    good = 0
    ordered = days.sort("account_code", "booking_date")
    for account, _, balances, amounts, moved in ordered.iter_rows():
        opening = last.get(account, Decimal(0))
        closing = _closing(opening, list(zip(amounts, balances, strict=True)))
        good += closing is not None
        nearest = min(balances, key=lambda balance: abs(opening + moved - balance))
        last[account] = nearest if closing is None else closing
    return good


def _closing(balance: Decimal, rows: list[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The balance at the end of an order in which every row follows from the one before."""
    if not rows:
        return balance
    for at, (amount, after) in enumerate(rows):
        if abs(balance + amount - after) <= Decimal("0.10"):
            closing = _closing(after, rows[:at] + rows[at + 1 :])
            if closing is not None:
                return closing
    return None


def test_each_outgoing_remittance_has_one_standing_order(
    berka: Path, postings: pl.DataFrame
) -> None:
    orders = rows(berka / "order.asc", "standing_orders")
    assert orders.height == 6_471
    remittances = postings.filter(pl.col("document_type") == "payment")
    keys = ["account_id", "counterparty_account", "amount"]
    matched = remittances.select(
        "journal_id",
        "counterparty_account",
        account_id="account_code",
        amount="debit",
    ).join(orders, on=keys)
    assert remittances.height == matched.height == matched["journal_id"].n_unique() == 6_343


def test_payments_times_duration_is_the_amount_of_every_loan(berka: Path) -> None:
    loans = rows(berka / "loan.asc", "loans")
    assert loans.height == 682
    repaid = [
        row["instalment_amount"] * row["term_months"] == row["principal"]
        for row in loans.iter_rows(named=True)
    ]
    assert sum(repaid) == 682
    assert loans.filter(pl.col("status").is_in(["B", "D"])).height == 76


def test_accounts_and_clients_are_the_banks_own(berka: Path) -> None:
    accounts = rows(berka / "account.asc", "accounts")
    assert accounts.height == 4_500
    assert accounts["account_kind"].unique().to_list() == ["customer"]
    assert set(accounts["frequency"]) == {"monthly", "weekly", "after_transaction"}
    clients = rows(berka / "client.asc", "customers")
    assert clients.height == 5_369
    assert clients["birth_date"].null_count() == 0
    first, second = clients.head(2)["birth_date"].to_list()
    assert (first.isoformat(), second.isoformat()) == ("1970-12-13", "1945-02-04")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("card.asc", "holds the cards"),
        ("disp.asc", "holds the dispositions"),
        ("district.asc", "holds the districts"),
        ("berka.pdf", "PDF document"),
        ("documentation.txt", "no known format"),
    ],
)
def test_what_has_no_home_is_refused_with_the_right_reason(
    berka: Path, name: str, reason: str
) -> None:
    source = Source(berka / name, name)
    with pytest.raises(RefusedError, match=reason):
        list(recognise(source).read(source))
