"""The back office: books, states and delivers the payments of one window of days after the other.

The files do not depend on where a window ends: what is under way at its end is pending, and the
truth links two sides when the later one appears.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipelines.demo.bank.statement_delivery import StatementDelivery
from pipelines.demo.books import accruals, cash, journals
from pipelines.demo.books.treasury import opening_balances
from pipelines.demo.defects.ground_truth import TruthWriter
from pipelines.demo.defects.links import TrueLinks
from pipelines.demo.defects.planted_breaks import plant_breaks
from pipelines.demo.delivery.delivery import LandingFolder, by_day
from pipelines.demo.delivery.pending import PendingRows
from pipelines.demo.formats import adyen, hub, pain001, stripe
from pipelines.demo.formats.providers import SettledCards, settle_cards
from pipelines.demo.world.timeline import World, day_of

_EXPORTS = {
    "adyen": ("order", "Creation Date", "Psp Reference"),
    "transactions": ("created", "id"),
    "payouts": ("status", "id"),
}
"""Order of the rows in each provider's export."""


@dataclass(frozen=True, slots=True)
class Window:
    """The inputs of one window of days: the payments that settle in it and what else moves cash."""

    first: int
    last: int
    payments: pl.DataFrame
    early_events: pl.DataFrame
    transfers: pl.DataFrame
    charges: pl.DataFrame
    accruals: pl.DataFrame


@dataclass(frozen=True, slots=True)
class BackOffice:
    """What is pending between one window and the next: rows to book, to state and to deliver."""

    world: World
    landing: LandingFolder
    statement_delivery: StatementDelivery
    ledger_bank: TrueLinks
    payout_bank: TrueLinks
    card_settlement: TrueLinks
    to_book: PendingRows = field(default_factory=lambda: PendingRows("ledger_day"))
    to_state: PendingRows = field(default_factory=lambda: PendingRows("bank_day"))
    events: PendingRows = field(default_factory=lambda: PendingRows("arrival"))
    exports: Mapping[str, PendingRows] = field(
        default_factory=lambda: {name: PendingRows("arrival") for name in _EXPORTS}
    )

    @classmethod
    def open(cls, world: World, landing: LandingFolder, truth: TruthWriter) -> "BackOffice":
        """The back office before the first day."""
        statement_delivery = StatementDelivery(world, landing, truth, opening_balances(world))
        names = ("ledger_bank", "payout_bank", "card_settlement")
        ledger, payout, card = (TrueLinks(name, truth) for name in names)
        return cls(world, landing, statement_delivery, ledger, payout, card)

    def close(self) -> None:
        """Write what is still open on the last day into the truth."""
        for pairing in (self.ledger_bank, self.payout_bank, self.card_settlement):
            pairing.finish()


def process_window(office: BackOffice, window: Window) -> None:
    """Book, state and deliver the payments of one window."""
    world = office.world
    settled = settle_cards(world, window.payments)
    moves = plant_breaks(
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
    booked = _book(office, window, settled)
    stated = office.statement_delivery.deliver(
        office.to_state.take(window.last), window.first, window.last
    )
    office.ledger_bank.put(stated, booked)
    _pair_providers(office, settled, stated)


def _hub(office: BackOffice, window: Window, moves: pl.DataFrame, settled: SettledCards) -> None:
    world = office.world
    direct = moves.filter(pl.col("on_bank") & (pl.col("item") == pl.col("payment_id")))
    carded = settled.lines.filter("reported_line").select("payment_id", bank_day="arrives")
    banked = pl.concat([direct.select("payment_id", "bank_day"), carded])
    office.events.put(window.early_events)
    office.events.put(hub.late_events(world, window.payments, banked))
    due = hub.event_rows(world, office.events.take(window.last))
    for arrival, part in by_day(due, world.last):
        path = office.landing.place("payments", arrival, f"payment_events-{day_of(arrival)}.jsonl")
        part.write_ndjson(path)
        office.landing.count("payment_events", part.height)
    for day, text, count in pain001.documents(window.payments).iter_rows():
        office.landing.text("payments", day, f"pain001-{day_of(day)}.xml", text)
        office.landing.count("payment_orders", count)


def _providers(office: BackOffice, window: Window, settled: SettledCards) -> None:
    named = (
        ("adyen", adyen.report_rows(settled), "settlement_detail_report_batch_{}.csv"),
        ("transactions", stripe.transaction_rows(settled), "stripe_balance_transactions-{}.csv"),
        ("payouts", stripe.payout_rows(settled), "stripe_payouts-{}.csv"),
    )
    for name, rows, pattern in named:
        office.exports[name].put(rows)
        due = office.exports[name].take(window.last).sort("arrival", *_EXPORTS[name])
        for arrival, part in by_day(due, office.world.last):
            label = str(part["batch"][0]) if name == "adyen" else day_of(arrival).isoformat()
            path = office.landing.place("settlements", arrival, pattern.format(label))
            part.drop("batch", "order", strict=False).write_csv(path)
            table = "settlement_payouts" if name == "payouts" else "settlement_lines"
            office.landing.count(table, part.height)


def _book(office: BackOffice, window: Window, settled: SettledCards) -> pl.DataFrame:
    world = office.world
    booked = [
        journals.of_cash(office.to_book.take(window.last)),
        journals.of_exchange(window.transfers),
        accruals.journals(window.payments, settled, window.accruals),
    ]
    if window.first == world.first:
        booked.append(journals.opening(world, opening_balances(world)))
    posted = journals.numbered(pl.concat(booked))
    office.landing.table("ledger_postings", journals.posting_rows(posted))
    cash_lines = posted.filter(
        pl.col("bank_account_id").is_not_null() & (pl.col("document_type") != "opening")
    )
    return cash_lines.with_columns(row_id=journals.posting_id(), shows=pl.lit(None, pl.String))


def _pair_providers(office: BackOffice, settled: SettledCards, stated: pl.DataFrame) -> None:
    delivered = pl.col("day") < office.world.last
    payouts = settled.payouts.filter(delivered)
    office.payout_bank.put(
        stated.filter(pl.col("document_type") == "settlement").with_columns(
            defect=pl.when(pl.col("defect").is_in(["fee", "timing"])).then("defect")
        ),
        payouts.select("day", gid="payout_id", row_id=pl.format("{}|{}", "provider", "payout_id")),
    )
    reported = adyen.with_positions(settled.lines.filter("reported_line"), settled.payouts)
    lines = stripe.with_identities(reported).filter(delivered)
    lost = ~pl.col("reported_line")
    office.card_settlement.put(
        lines.select("day", gid="payment_id", row_id="line", shows=pl.lit("id")),
        settled.lines.select(
            "day", row_id="payment_id",
            gid=pl.when(lost).then(None).otherwise("payment_id"),
            defect=pl.when(lost).then(pl.lit("missing_left")),
            note=pl.lit("the provider's report never shows it"),
        ),
    )  # fmt: skip
