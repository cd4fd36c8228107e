"""A controller decides and closes a month; what is late does not move it; a day is missed."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.period_close.period_lock import close_period
from pipelines.reconciliation.deciding import decide
from tests.conftest import House

COLUMNS = (
    "book,journal_id,line_number,entity_id,account_code,bank_account_id,booking_date,value_date,"
    "posted_at,debit,credit,currency,reference,document_type,counterparty_name,"
    "counterparty_account,counterparty_agent,description,balance_after"
)
DATED, CLOSED_ON, LATE_ON = date(2026, 6, 25), date(2026, 6, 30), date(2026, 7, 2)


def cash_line(lake: Lake) -> dict[str, str]:
    """Entity, ledger account, bank account and currency of some cash posting."""
    cash = pl.col("bank_account_id").is_not_null()
    line = lake.read("silver/stg_ledger_postings").filter(cash).head(1).collect()
    wanted = ("entity_id", "account_code", "bank_account_id", "currency")
    return dict(zip(wanted, line.select(wanted).row(0), strict=True))


def land_late_journal(folder: Path, cash: dict[str, str]) -> None:
    """A journal dated in the closed month, in a file that arrives two days after it."""
    lines = []
    for number, account, debit, credit in ((1, True, "0.00", "77.77"), (2, False, "77.77", "0.00")):
        code = cash["account_code"] if account else "6210"
        bank = cash["bank_account_id"] if account else ""
        lines.append(
            f"general,JLATE,{number},{cash['entity_id']},{code},{bank},{DATED},{DATED},"
            f"{LATE_ON}T08:00:00Z,{debit},{credit},{cash['currency']},LATE,manual,,,,late,"
        )
    file = folder / "ledger" / str(LATE_ON) / f"ledger_postings-{LATE_ON}.csv"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join([COLUMNS, *lines, ""]), "utf-8")


@pytest.fixture(scope="module")
def closed(
    house: House, run_command: Callable[..., list[str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Lake, Lake]:
    """The lake as it was closed, and after the run that brings the late journal."""
    room = tmp_path_factory.mktemp("closing")
    before, after = Lake(house.lake), Lake(room / "lake")
    shutil.copytree(before.root, after.root)
    breaks = before.read("gold/fct_breaks").filter(pl.col("recon") == "ledger_bank").collect()
    chosen = breaks.sort(pl.col("amount").abs()).row(0, named=True)
    now = datetime.now(UTC)
    close_period(after, "2026-06", "carl", "close of June", now)
    rows = {chosen["side"]: [chosen["row_id"]]}
    decide(
        after,
        recon="ledger_bank",
        action="write_off",
        left_ids=rows.get("left", []),
        right_ids=rows.get("right", []),
        actor="ann",
        reason="not worth a letter",
        now=now + timedelta(seconds=1),
    )
    land_late_journal(room / "more", cash_line(before))
    ended = subprocess.run(
        run_command(after.root, room / "more"), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    assert "business days without" in ended.stdout
    return before, after


def balances(lake: Lake) -> pl.DataFrame:
    proof = lake.read("gold/fct_roll_forward").collect()
    assert (proof["unexplained"] == 0).all()
    return proof.filter(pl.col("period") == "2026-06").select(
        "account_id", "currency", "side", "opening", "closing"
    )


def test_the_closed_month_is_as_it_was_and_the_late_journal_counts_in_the_next(
    closed: tuple[Lake, Lake],
) -> None:
    before, after = closed
    assert balances(after).equals(balances(before))
    late = after.read("gold/fct_roll_forward").filter(pl.col("late") != 0).collect()
    assert late.select("side", "period").unique().rows() == [("ledger", "2026-07")]
    posted = after.read("gold/fct_ledger_postings").filter(journal_id="JLATE").collect()
    assert set(posted["accounting_period"]) == {"2026-07"}
    assert set(posted["late_for_period"]) == {"2026-06"}
    held = after.read("gold/fct_controls").filter(name="closed_periods", as_of=LATE_ON).collect()
    assert set(held["outcome"]) == {"passed"}


def test_the_decision_counts_and_the_history_says_what_became_of_the_break(
    closed: tuple[Lake, Lake],
) -> None:
    _, after = closed
    (decision,) = after.read("gold/fct_decisions").collect().iter_rows(named=True)
    assert (decision["state"], decision["actor"]) == ("counts", "ann")
    (written,) = after.read("gold/fct_adjustments").filter(cause="write_off").collect().rows()
    assert written is not None
    history = after.read("gold/fct_break_history").collect()
    assert history.filter(state="written_off").height == 1
    assert history.filter(state="opened")["as_of"].min() == CLOSED_ON
    open_now = after.read("gold/fct_breaks").collect()
    last = history.sort("number").unique("break_id", keep="last")
    still = last.filter(~pl.col("state").is_in(["cleared", "written_off"]))
    assert set(still["break_id"]) == set(open_now["break_id"])


def test_the_day_without_a_run_is_missing_for_every_control(closed: tuple[Lake, Lake]) -> None:
    _, after = closed
    controls = after.read("gold/fct_controls").collect()
    missed = controls.filter(outcome="missing")
    assert set(missed["as_of"]) == {date(2026, 7, 1)}
    assert set(missed["name"]) == set(controls["name"])
