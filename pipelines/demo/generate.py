"""The demo institution, written to disk: landing files in the real formats, truth beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.demo import corporate, reference
from pipelines.demo.block import simulate
from pipelines.demo.delivery import REGISTERS, Landing
from pipelines.demo.hub import early_events
from pipelines.demo.ledger_truth import Ledger
from pipelines.demo.office import Office, Work, work
from pipelines.demo.rates import rate_rows
from pipelines.demo.timeline import World
from pipelines.demo.treasury import daily_net, transfers_of

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was written: files, rows by table, payments, and links of the truth."""

    customers: int
    first: date
    last: date
    files: int
    payments: int
    links: int
    rows: dict[str, int]


def generate(
    out: Path,
    *,
    customers: int,
    days: int,
    seed: int,
    end: date,
    progress: Progress | None = None,
) -> DemoSummary:
    """Write a simulated insurer-lender under `out`; the same arguments give the same bytes.

    Args:
        out: folder that gets `landing/<feed>/<day>/<file>` and `truth/*.parquet`.
        customers: number of customers.
        days: length of the horizon.
        seed: of all randomness.
        end: last day of the horizon and of arrival.
        progress: told how far the work is.

    Raises:
        ValueError: no customers or no days.
    """
    world = World.of(customers, days, seed, end)
    landing, ledger = Landing(out / "landing"), Ledger(out / "truth")
    office = Office.open(world, landing, ledger)
    block = simulate(world, 0, customers)
    company = corporate.corporate_payments(world)
    every = pl.concat([block.payments, company])
    transfers = transfers_of(world, daily_net(world, every))
    events = pl.concat([block.events, early_events(world, company)])
    for table in REGISTERS:
        landing.table(table, block.registers[table], last=world.last)
    landing.table("accounts", reference.account_rows(world), last=world.last)
    landing.table("chart_of_accounts", reference.chart_rows(world), last=world.last)
    landing.table("holidays", reference.holiday_rows(world), last=world.last)
    landing.table("fx_rates", rate_rows(world), last=world.last)
    for name, rows in block.truth.items():
        ledger.write(name, rows)
    work(office, Work(world.first, world.last, every, events, transfers,
                      corporate.bank_charges(world), block.accruals))  # fmt: skip
    ledger.finish()
    return DemoSummary(customers, date.fromordinal(world.first + 719163), end, landing.files,
                       every.height, ledger.links, landing.rows)  # fmt: skip
