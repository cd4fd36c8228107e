"""The back office at work: each window of days booked, stated and delivered in turn.

Nothing here depends on where a window ends: what is still under way at its end waits, and the
truth pairs both sides whenever the later one appears.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipelines.demo.bank.statement_delivery import Stating
from pipelines.demo.books import accruals, cash, journals
from pipelines.demo.books.treasury import opening_balances
from pipelines.demo.defects.ground_truth import Truth
from pipelines.demo.defects.links import Pairing
from pipelines.demo.defects.planted_breaks import plant
from pipelines.demo.delivery.delivery import Landing, by_day
from pipelines.demo.delivery.pending import Waiting
from pipelines.demo.formats import adyen, hub, pain001, stripe
from pipelines.demo.formats.providers import Settled, settle_cards
from pipelines.demo.world.timeline import World, day_of

_EXPORTS = {
    "adyen": ("order", "Creation Date", "Psp Reference"),
    "transactions": ("created", "id"),
    "payouts": ("status", "id"),
}
"""Order of the rows in each provider's export."""


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


@dataclass(frozen=True, slots=True)
class Office:
    """The desks, and what lies on them between one window and the next."""

    world: World
    landing: Landing
    stating: Stating
    ledger_bank: Pairing
    payout_bank: Pairing
    card_settlement: Pairing
    to_book: Waiting = field(default_factory=lambda: Waiting("ledger_day"))
    to_state: Waiting = field(default_factory=lambda: Waiting("bank_day"))
    events: Waiting = field(default_factory=lambda: Waiting("arrival"))
    exports: Mapping[str, Waiting] = field(
        default_factory=lambda: {name: Waiting("arrival") for name in _EXPORTS}
    )

    @classmethod
    def open(cls, world: World, landing: Landing, truth: Truth) -> "Office":
        """An office on the eve of the first day."""
        stating = Stating(world, landing, truth, opening_balances(world))
        names = ("ledger_bank", "payout_bank", "card_settlement")
        ledger, payout, card = (Pairing(name, truth) for name in names)
        return cls(world, landing, stating, ledger, payout, card)

    def close(self) -> None:
        """What is still open on the last day goes into the truth."""
        for pairing in (self.ledger_bank, self.payout_bank, self.card_settlement):
            pairing.finish()


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
    booked = _book(office, window, settled)
    stated = office.stating.state(office.to_state.take(window.last), window.first, window.last)
    office.ledger_bank.put(stated, booked)
    _pair_providers(office, settled, stated)


def _hub(office: Office, window: Work, moves: pl.DataFrame, settled: Settled) -> None:
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


def _providers(office: Office, window: Work, settled: Settled) -> None:
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


def _book(office: Office, window: Work, settled: Settled) -> pl.DataFrame:
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


def _pair_providers(office: Office, settled: Settled, stated: pl.DataFrame) -> None:
    seen = pl.col("day") < office.world.last
    payouts = settled.payouts.filter(seen)
    office.payout_bank.put(
        stated.filter(pl.col("document_type") == "settlement").with_columns(
            defect=pl.when(pl.col("defect").is_in(["fee", "timing"])).then("defect")
        ),
        payouts.select("day", gid="payout_id", row_id=pl.format("{}|{}", "provider", "payout_id")),
    )
    reported = adyen.with_positions(settled.lines.filter("reported_line"), settled.payouts)
    lines = stripe.with_identities(reported).filter(seen)
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
