"""One block of customers simulated from first to last day, before any file is written."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.demo.formats.hub import early_events, receipt_rows
from pipelines.demo.portfolio import claims as claiming
from pipelines.demo.portfolio import loans as lending
from pipelines.demo.portfolio import policies as insuring
from pipelines.demo.portfolio import purchases as travel
from pipelines.demo.portfolio.collecting import cancel_after_lapse, collect
from pipelines.demo.portfolio.contacts import consent_rows, contact_rows
from pipelines.demo.portfolio.payment import payments
from pipelines.demo.portfolio.payment_behaviour import settle
from pipelines.demo.portfolio.people import BEHAVIOURS, customer_rows, people_of
from pipelines.demo.world.money import on
from pipelines.demo.world.timeline import DAY, World

_EFFECT_COLUMNS = ("obligation_id", "customer_id", "due", "alone", "delay")
"""Columns of the truth about what a contact changed."""

LAPSE, DEFAULT = 60, 90
"""Days that an instalment may stay unpaid before the policy lapses, the loan defaults."""


@dataclass(frozen=True, slots=True)
class Block:
    """What a block of customers leaves behind.

    `payments` from the first day on; `registers` rows of bronze tables with `arrival`; `accruals`
    what the ledger books without cash; `truth` what the pipeline must never see.
    """

    payments: pl.DataFrame
    events: pl.DataFrame
    registers: Mapping[str, pl.DataFrame]
    accruals: pl.DataFrame
    truth: Mapping[str, pl.DataFrame]


def simulate(world: World, low: int, high: int) -> Block:
    """Simulate the customers `low` to `high` - 1."""
    people = people_of(world, low, high)
    policies = insuring.policies_of(world, people)
    instalments = insuring.instalments_of(world, policies)
    loans = lending.loans_of(world, people)
    schedule = lending.schedule_of(loans)
    premium, premium_contacts, lapses = _settled(world, people, instalments, "policy_id", LAPSE)
    repaid, loan_contacts, defaults = _settled(world, people, schedule, "loan_id", DEFAULT)
    collected = pl.concat([collect(world, premium), collect(world, repaid)])
    bought = travel.purchases_of(world, people)
    sold = travel.purchase_payments(world, bought)
    terms, single = travel.policy_terms(bought)
    claims = claiming.claims_of(world, policies)
    moves = claiming.with_payees(world, claiming.movements_of(world, claims))
    all_payments = pl.concat(
        [
            collected,
            sold,
            travel.given_back(world, bought, sold),
            claiming.claim_payments(world, moves),
            _disbursed(world, loans),
        ]
    )
    contacts = pl.concat([premium_contacts, loan_contacts])
    registers = {
        "customers": customer_rows(world, people),
        "consents": consent_rows(world, people),
        "contact_events": contact_rows(world, contacts),
        "policies": pl.concat(
            [insuring.policy_rows(world, policies, lapses), terms.select(insuring.policy_columns())]
        ),
        "premium_instalments": pl.concat(
            [insuring.instalment_rows(world, premium), single.select(insuring.instalment_columns())]
        ),
        "receipts": receipt_rows(world, all_payments),
        "claims": claiming.claim_rows(world, claims, moves),
        "claim_transactions": claiming.transaction_rows(world, moves),
        "loans": lending.loan_rows(world, loans, defaults),
        "loan_schedules": lending.schedule_rows(world, schedule),
    }
    traced = all_payments.filter(pl.col("day") >= world.first)
    live = traced.filter(pl.col("day") <= world.last)
    return Block(
        live,
        early_events(world, traced),
        registers,
        _accruals(world, premium, single, repaid, moves),
        _truth(
            people,
            live,
            pl.concat([premium.select(_EFFECT_COLUMNS), repaid.select(_EFFECT_COLUMNS)]),
        ),
    )


def _settled(
    world: World, people: pl.DataFrame, due: pl.DataFrame, owner_id: str, grace: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    missing = [name for name in ("behaviour", "country_at") if name not in due.columns]
    joined = (
        due.join(
            people.select("customer", *missing), on="customer", how="left", maintain_order="left"
        )
        if missing
        else due
    )
    ready = joined.with_columns(owner_id=pl.col(owner_id))
    if "broker_at" not in ready.columns:
        ready = ready.with_columns(broker_at=pl.lit(-1, pl.Int64))
    settled, contacts = settle(world, ready.filter(pl.col("due") <= world.last + 14))
    marked, lapses = cancel_after_lapse(settled, grace)
    lapses = lapses.filter(pl.col("lapse") <= world.last)
    later = ready.filter(pl.col("due") > world.last + 14)
    rest = later.join(lapses, on="owner", how="left", maintain_order="left").with_columns(
        cancelled=(pl.col("due") > pl.col("lapse") + 5).fill_null(value=False),
        delay=pl.lit(1_000_000, pl.Int64),
        alone=pl.lit(1_000_000, pl.Int64),
        fails=pl.lit(value=False),
    )
    settled_once = marked.join(
        marked.filter(pl.col("cancelled")).select("key"),
        on="key",
        how="anti",
        maintain_order="left",
    )
    stopped = contacts.join(settled_once.select("key"), on="key", how="semi", maintain_order="left")
    both = pl.concat([marked, rest.select(marked.columns)]).with_columns(
        cancelled=pl.col("cancelled") & (pl.col("lapse") <= world.last)
    )
    return both, stopped, lapses


def _disbursed(world: World, loans: pl.DataFrame) -> pl.DataFrame:
    fresh = loans.filter(pl.col("granted") >= world.first)
    return payments(
        fresh,
        end_to_end_id=pl.format("ED{}", pl.col("loan").cast(pl.String).str.zfill(9)),
        payment_id=pl.format("PMED{}", pl.col("loan").cast(pl.String).str.zfill(9)),
        direction=pl.lit("outgoing"),
        category=pl.lit("loan_disbursement"),
        name=pl.col("full_name"),
        amount=pl.col("principal"),
        channel=pl.lit("transfer"),
        provider=pl.lit("bank"),
        device_id=pl.lit(None, pl.String),
        country=pl.lit(None, pl.String),
        obligation_id=pl.col("loan_id"),
        started=(pl.col("granted") - 1) * DAY + 39_600_000_000,
        day=pl.col("granted"),
        route=pl.lit("single"),
        fate=pl.lit("paid"),
        ended=pl.lit(-1, pl.Int64),
        reported=pl.lit(-1, pl.Int64),
        contra=pl.lit("1510"),
        text=pl.format("Loan {} paid out", "loan_id"),
    )


def _accruals(
    world: World,
    premium: pl.DataFrame,
    single: pl.DataFrame,
    repaid: pl.DataFrame,
    moves: pl.DataFrame,
) -> pl.DataFrame:
    """Day, kind, currency and sum of what is earned, due or reserved without cash."""
    live = premium.filter(~pl.col("cancelled"))
    parts = [
        live.select("currency", "amount", day="due", kind=pl.lit("premium")),
        single.select("currency", "amount", day="due", kind=pl.lit("premium")),
        repaid.filter(~pl.col("cancelled")).select(
            "currency", amount="interest_due", day="due", kind=pl.lit("interest")
        ),
        moves.filter(pl.col("kind") == "reserve").select(
            "currency",
            "amount",
            "day",
            kind=pl.when(pl.col("part").is_null())
            .then(pl.lit("reserve"))
            .otherwise(pl.lit("release")),
        ),
        moves.filter(pl.col("kind") == "recovery").select(
            "currency", "amount", "day", kind=pl.lit("recovery")
        ),
    ]
    rows = pl.concat(parts).filter(
        pl.col("day").is_between(world.first, world.last) & (pl.col("kind") != "release")
    )
    return rows.group_by("day", "kind", "currency").agg(pl.col("amount").sum())


def _truth(
    people: pl.DataFrame, live: pl.DataFrame, settled: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    names = list(BEHAVIOURS)
    return {
        "customers": people.select(
            "customer_id",
            behaviour=pl.col("behaviour").replace_strict(
                list(range(len(names))), names, return_dtype=pl.String
            ),
        ),
        "fraud": live.filter(pl.col("pattern").is_not_null()).select(
            "payment_id", "customer_id", "pattern", reported=pl.col("reported") > 0
        ),
        "contact_effects": settled.filter(pl.col("alone") != pl.col("delay")).select(
            "obligation_id",
            "customer_id",
            due_date=on("due"),
            delay_alone=pl.when(pl.col("alone") < 1_000_000).then("alone"),
            delay=pl.when(pl.col("delay") < 1_000_000).then("delay"),
        ),
    }
