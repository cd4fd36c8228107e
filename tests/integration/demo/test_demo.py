import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import etree

from pipelines.demo.defects import malformed_files
from pipelines.demo.delivery import generate as demo
from pipelines.demo.world.institution import CHART, accounts
from pipelines.feeds.reading import Source
from quality.contract import MONEY, contract
from tests.recognised import recognise

SIZE = {"customers": 60, "days": 30, "seed": 3, "end": date(2026, 6, 30)}


def written(out: Path, **changes: Any) -> Path:
    demo.generate(out, **{**SIZE, **changes})
    return out


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def tables(out: Path) -> dict[str, pl.DataFrame]:
    found: dict[str, list[pl.DataFrame]] = {}
    for path in sorted((out / "landing").glob("*/*/*")):
        if path.is_file():
            source = Source(path, path.name)
            for part in recognise(source).read(source):
                for name, rows in part.tables.items():
                    found.setdefault(name, []).append(rows)
    return {name: pl.concat(parts) for name, parts in found.items()}


@pytest.fixture(scope="module")
def entries(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    rows = tables["statement_entries"].unique(list(contract("statement_entries").key))
    return rows.with_columns(
        row_id=pl.format("{}|{}|{}|{}", "account_id", "statement_id", "entry_index", "detail_index")
    )


@pytest.fixture(scope="module")
def postings(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    rows = tables["ledger_postings"].filter(~pl.col("journal_id").str.ends_with("X"))
    rows = rows.unique(["journal_id", "line_number"], keep="last", maintain_order=True)
    return rows.with_columns(
        row_id=pl.format("general|{}|{}", "journal_id", "line_number"),
        amount=pl.col("debit").cast(MONEY) - pl.col("credit").cast(MONEY),
    )


@pytest.fixture(scope="module")
def sides(
    entries: pl.DataFrame, postings: pl.DataFrame, tables: dict[str, pl.DataFrame]
) -> dict[tuple[str, str], set[str]]:
    lines, payouts = tables["settlement_lines"], tables["settlement_payouts"]
    key = ("provider", "merchant_account", "report_id", "line_id")
    line_ids = lines.select(pl.concat_str(key, separator="|", ignore_nulls=True))
    payout_ids = payouts.select(pl.format("{}|{}", "provider", "payout_id"))
    cash = postings.filter(
        pl.col("bank_account_id").is_not_null() & (pl.col("document_type") != "opening")
    )
    return {
        ("ledger_bank", "left"): set(entries["row_id"]),
        ("ledger_bank", "right"): set(cash["row_id"]),
        ("payout_bank", "left"): set(entries["row_id"]),
        ("payout_bank", "right"): set(payout_ids.to_series()),
        ("card_settlement", "left"): set(line_ids.to_series()),
        ("card_settlement", "right"): set(tables["payment_events"]["payment_id"]),
    }


def truth(out: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(out / "truth" / f"{name}.parquet")


def test_the_same_arguments_give_the_same_bytes(out: Path, tmp_path: Path) -> None:
    assert hashes(out) == hashes(written(tmp_path))


def test_another_seed_gives_another_institution(out: Path, tmp_path: Path) -> None:
    other = hashes(written(tmp_path, seed=4))
    changed = [name for name, found in hashes(out).items() if other.get(name) != found]
    assert len(changed) > 100


def test_another_day_adds_files_and_changes_none(out: Path, tmp_path: Path) -> None:
    before = hashes(out / "landing")
    after = hashes(written(tmp_path, days=31, end=date(2026, 7, 1)) / "landing")
    assert {name: after.get(name) for name in before} == before
    assert after.keys() - before.keys()
    assert all("/2026-07-01/" in name for name in after.keys() - before.keys())


def test_blocks_and_windows_leave_no_trace(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "BLOCK", 17)
    monkeypatch.setattr(demo, "WINDOW", 30)
    assert hashes(written(tmp_path) / "landing") == hashes(out / "landing")


_KEYS = {"claims": "claim_id", "loans": "loan_id", "policies": "policy_id"}


def test_a_large_register_comes_in_parts_and_every_row_comes_once(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "BLOCK", 17)
    monkeypatch.setattr(demo, "_LARGEST_FILE", 20)
    parted = written(tmp_path / "demo")
    names = {path.name for path in (parted / "landing").rglob("premium_instalments-*")}
    assert any(name.endswith("-2.csv") for name in names)

    def keys(folder: Path, name: str) -> pl.Series:
        files = sorted((folder / "landing").rglob(f"{name}-*.csv"))
        found = [pl.read_csv(file, columns=[_KEYS[name]]).to_series() for file in files]
        return pl.concat(found).sort()

    for name in _KEYS:
        assert keys(parted, name).equals(keys(out, name))


def test_it_writes_into_no_folder_that_holds_something(out: Path) -> None:
    with pytest.raises(FileExistsError, match="not empty"):
        written(out)


def test_every_message_is_well_formed_and_of_its_stated_kind(out: Path) -> None:
    documents = sorted((out / "landing").rglob("*.xml"))
    names = {etree.QName(etree.parse(path).getroot()).namespace for path in documents}
    assert {name.rsplit(":", 1)[1] for name in names} == {"camt.053.001.08", "pain.001.001.09"}


def test_every_file_lies_in_the_folder_of_its_feed_and_is_read_without_a_word(out: Path) -> None:
    for path in sorted((out / "landing").glob("*/*/*")):
        if path.is_file():
            source = Source(path, path.name)
            known = recognise(source)
            for part in known.read(source):
                assert all(contract(table).feed == path.parts[-3] for table in part.tables)
                assert {finding.code for finding in part.findings} <= {"balance_differs"}


def test_journals_balance_in_each_currency_once_corrections_are_in(postings: pl.DataFrame) -> None:
    sums = postings.group_by("journal_id", "currency").agg(pl.col("amount").sum())
    assert sums.filter(pl.col("amount") != 0).is_empty()
    chart = [account.code for account in accounts()] + [row[0] for row in CHART]
    assert postings["account_code"].is_in(chart).all()


def test_statements_chain_but_for_the_planted_ones(
    out: Path, tables: dict[str, pl.DataFrame]
) -> None:
    balances = tables["statement_balances"].unique(
        ["account_id", "statement_id", "balance_index"], keep="last", maintain_order=True
    )
    kinds = {
        kind: balances.filter(pl.col("balance_type") == kind).select(
            "account_id", "statement_id", day="balance_date", amount=pl.col("amount").cast(MONEY)
        )
        for kind in ("OPBD", "PRCD", "CLBD")
    }
    opening = pl.concat([kinds["OPBD"], kinds["PRCD"]]).drop("day")
    chain = kinds["CLBD"].join(opening, on=["account_id", "statement_id"], suffix="_open")
    broken = chain.sort("account_id", "day").filter(
        pl.col("amount_open") != pl.col("amount").shift().over("account_id")
    )
    planted = truth(out, "statement_problems").filter(
        pl.col("problem").str.starts_with("misprinted")
    )
    assert chain.height > 150
    assert broken.height <= planted.height


def test_truth_speaks_of_rows_that_exist(out: Path, sides: dict[tuple[str, str], set[str]]) -> None:
    links, breaks = truth(out, "recon_links"), truth(out, "breaks")
    assert links.height > 100
    for recon in ("ledger_bank", "payout_bank", "card_settlement"):
        mine = links.filter(pl.col("recon") == recon)
        assert set(mine["left_row_id"]) <= sides[recon, "left"]
        assert set(mine["right_row_id"]) <= sides[recon, "right"]
        for side in ("left", "right"):
            broken = breaks.filter((pl.col("recon") == recon) & (pl.col("side") == side))
            assert set(broken["row_id"]) <= sides[recon, side]


def test_every_cash_row_is_settled_or_a_break(
    out: Path, sides: dict[tuple[str, str], set[str]]
) -> None:
    links = truth(out, "recon_links").filter(pl.col("recon") == "ledger_bank")
    breaks = truth(out, "breaks").filter(pl.col("recon") == "ledger_bank")
    for side in ("left", "right"):
        told = set(links[f"{side}_row_id"]) | set(breaks.filter(pl.col("side") == side)["row_id"])
        assert sides["ledger_bank", side] == told


def test_settled_groups_agree_in_amount_unless_a_difference_was_planted(
    out: Path, entries: pl.DataFrame, postings: pl.DataFrame
) -> None:
    links = truth(out, "recon_links").filter(
        (pl.col("recon") == "ledger_bank") & ~pl.col("kind").is_in(["fee", "fx", "transposition"])
    )
    left = links.unique("left_row_id").join(
        entries.select("row_id", pl.col("amount").cast(MONEY)),
        left_on="left_row_id",
        right_on="row_id",
    )
    right = links.unique("right_row_id").join(
        postings.select("row_id", "amount"), left_on="right_row_id", right_on="row_id"
    )
    assert left["amount"].sum() == right["amount"].sum()
    single = links.filter(pl.col("shape") == "one_to_one")
    both = single.join(left.select("left_row_id", "amount"), on="left_row_id").join(
        right.select("right_row_id", booked="amount"), on="right_row_id"
    )
    assert (both["amount"] == both["booked"]).all()


def test_the_bank_s_movements_add_up_to_what_the_truth_says(
    out: Path, entries: pl.DataFrame
) -> None:
    told = truth(out, "movements").filter("delivered")
    assert entries.height == told["rows"].sum()
    cents = (entries["amount"].cast(MONEY) * 100).sum()
    assert cents == told["net_minor"].sum()


def test_malformed_rows_stand_where_the_truth_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(malformed_files, "RATE", 0.02)
    out = written(tmp_path)
    bad = truth(out, "bad_rows")
    assert set(bad["why"]) == {"bad currency", "bad date", "doubled row"}
    for _, file, row, why in bad.iter_rows():
        lines = (out / "landing" / file).read_text("utf-8").splitlines()
        line = lines[row - 1]
        assert {
            "bad currency": "EURO" in line,
            "bad date": "-02-30" in line,
            "doubled row": lines.count(line) == 2,
        }[why]


def test_a_tiny_institution_has_every_feed(tmp_path: Path) -> None:
    demo.generate(tmp_path, customers=40, days=12, seed=7, end=date(2026, 6, 30))
    assert "imulated" in (tmp_path / "landing" / "SYNTHETIC.md").read_text("utf-8")
    feeds = {path.name for path in (tmp_path / "landing").iterdir() if path.is_dir()}
    assert feeds == {
        "claims", "customers", "ledger", "loans", "payments", "policies", "premiums", "reference",
        "settlements", "statements",
    }  # fmt: skip
    assert truth(tmp_path, "recon_links").height > 0
