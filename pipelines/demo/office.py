"""The back office at work: each window of days booked, stated and delivered in turn.

Nothing here depends on where a window ends: what is still under way at its end waits, and the
truth pairs both sides whenever the later one appears.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipelines.demo import adyen, bookkeeping, camt, cash, hub, mt940, orders, stripe
from pipelines.demo.accruals import journals
from pipelines.demo.banking import Statements, row_ids, statements
from pipelines.demo.delivery import Landing, by_day
from pipelines.demo.dice import Ints
from pipelines.demo.institution import BANKS
from pipelines.demo.ledger_truth import Ledger
from pipelines.demo.planting import plant
from pipelines.demo.providers import Settled, settle_cards
from pipelines.demo.timeline import World, day_of
from pipelines.demo.treasury import opening_balances


@dataclass(slots=True)
class Waiting:
    """Rows whose day has not come: each `take` gives those due by a day and keeps the others."""

    day: str
    rows: pl.DataFrame | None = None

    def put(self, more: pl.DataFrame) -> None:
        """Add rows."""
        self.rows = more if self.rows is None else pl.concat([self.rows, more])

    def take(self, last: int) -> pl.DataFrame:
        """Rows with a day up to `last`."""
        if self.rows is None:
            raise LookupError("nothing was ever put here")
        due = self.rows.filter(pl.col(self.day) <= last)
        self.rows = self.rows.filter(pl.col(self.day) > last)
        return due


@dataclass(slots=True)
class Office:
    """The state that one window hands to the next."""

    world: World
    landing: Landing
    ledger: Ledger
    balances: Ints
    to_book: Waiting = field(default_factory=lambda: Waiting("ledger_day"))
    to_state: Waiting = field(default_factory=lambda: Waiting("bank_day"))
    events: Waiting = field(default_factory=lambda: Waiting("arrival"))
    files: Mapping[str, Waiting] = field(
        default_factory=lambda: {
            name: Waiting("arrival") for name in ("adyen", "transactions", "payouts", *_STATEMENTS)
        }
    )

    @classmethod
    def open(cls, world: World, landing: Landing, ledger: Ledger) -> "Office":
        """An office on the eve of the first day."""
        return cls(world, landing, ledger, opening_balances(world))


_STATEMENTS = tuple(f"statements{bank}" for bank in range(len(BANKS)))


@dataclass(frozen=True, slots=True)
class Work:
    """What one window starts from: payments that settle in it and what else moves cash."""

    first: int
    last: int
    payments: pl.DataFrame
    early_events: pl.DataFrame
    transfers: pl.DataFrame
    charges: pl.DataFrame
    accruals: pl.DataFrame


def work(office: Office, window: Work) -> None:
    """Book, state and deliver one window."""
    world = office.world
    settled = settle_cards(world, window.payments)
    moves = plant(
        world,
        pl.concat(
            [
                cash.of_payments(world, window.payments),
                cash.of_transfers(window.transfers),
                cash.of_charges(world, window.charges),
                cash.of_payouts(settled.payouts),
            ]
        ),
    )
    office.to_book.put(moves.filter("on_ledger"))
    office.to_state.put(moves.filter("on_bank"))
    _hub(office, window, moves, settled)
    _providers(office, window, settled)
    _book(office, window, settled)
    _state(office, window)
    for bank, name in enumerate(_STATEMENTS):
        _deliver_statements(office, window.last, bank, name)
    office.ledger.pair(settled, window.last)


def _hub(office: Office, window: Work, moves: pl.DataFrame, settled: Settled) -> None:
    world = office.world
    direct = moves.filter(pl.col("on_bank") & pl.col("payment_id").is_not_null()).filter(
        pl.col("item") == pl.col("payment_id")
    )
    carded = settled.lines.filter("reported_line").select("payment_id", bank_day="arrives")
    banked = pl.concat([direct.select("payment_id", "bank_day"), carded])
    office.events.put(hub.event_rows(world, window.early_events))
    office.events.put(hub.event_rows(world, hub.late_events(world, window.payments, banked)))
    due = office.events.take(window.last).sort("arrival", "occurred_at", "event_id")
    for arrival, part in by_day(due, world.last):
        path = office.landing.place("payments", arrival, f"payment_events-{day_of(arrival)}.jsonl")
        part.write_ndjson(path)
        office.landing.count("payment_events", part.height)
    for day, text in orders.documents(window.payments).iter_rows():
        office.landing.text("payments", day, f"pain001-{day_of(day)}.xml", text)


def _providers(office: Office, window: Work, settled: Settled) -> None:
    named = (
        ("adyen", adyen.report_rows(settled), "settlement_detail_report_batch_{}.csv"),
        ("transactions", stripe.transaction_rows(settled), "stripe_balance_transactions-{}.csv"),
        ("payouts", stripe.payout_rows(settled), "stripe_payouts-{}.csv"),
    )
    for name, rows, pattern in named:
        office.files[name].put(rows)
        due = office.files[name].take(window.last)
        for arrival, part in by_day(due.sort("arrival", maintain_order=True), office.world.last):
            label = str(part["batch"][0]) if name == "adyen" else day_of(arrival).isoformat()
            path = office.landing.place("settlements", arrival, pattern.format(label))
            part.drop("batch", "order", strict=False).write_csv(path)
            office.landing.count(f"settlement_{name}", part.height)


def _book(office: Office, window: Work, settled: Settled) -> None:
    world = office.world
    due = office.to_book.take(window.last)
    booked = [
        bookkeeping.of_cash(due),
        bookkeeping.of_exchange(window.transfers),
        journals(window.payments, settled, window.accruals),
    ]
    if window.first == world.first:
        booked.append(bookkeeping.opening(world, opening_balances(world)))
    posted = bookkeeping.numbered(pl.concat(booked))
    office.landing.table("ledger_postings", bookkeeping.posting_rows(posted), last=world.last)
    cash_lines = posted.filter(pl.col("bank_account_id").is_not_null())
    office.ledger.right(cash_lines.with_columns(row_id=bookkeeping.posting_id()))


def _state(office: Office, window: Work) -> None:
    due = office.to_state.take(window.last)
    stated = statements(office.world, due, office.balances, window.first, window.last)
    moved = stated.heads.group_by("account").agg(pl.col("net").sum()).sort("account")
    for account, net in moved.iter_rows():
        office.balances[account] += net
    delivered = pl.col("bank_day") < office.world.last
    office.ledger.left(stated.rows.with_columns(row_id=row_ids(), delivered=delivered))
    _compose(office, stated)


def _compose(office: Office, stated: Statements) -> None:
    for bank, about in enumerate(BANKS):
        writer = mt940 if about.format == "MT940" else camt
        documents = writer.documents(stated, bank)
        office.files[_STATEMENTS[bank]].put(documents.with_columns(arrival=pl.col("bank_day") + 1))
    office.landing.count("statements", stated.heads.height)


def _deliver_statements(office: Office, last: int, bank: int, name: str) -> None:
    about = BANKS[bank]
    suffix = "sta" if about.format == "MT940" else "xml"
    for day, text, arrival in office.files[name].take(last).iter_rows():
        file = f"{about.bic[:4].lower()}-{about.format.replace('.', '')}-{day_of(day)}.{suffix}"
        office.landing.text("statements", arrival, file, text)
