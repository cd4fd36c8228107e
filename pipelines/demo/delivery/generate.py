"""The demo institution, written to disk: landing files in the real formats, truth beside them."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo.books import reference
from pipelines.demo.books.treasury import daily_net, transfers_of
from pipelines.demo.defects.ground_truth import TruthWriter
from pipelines.demo.delivery.back_office import BackOffice, Window, process_window
from pipelines.demo.delivery.day_buffer import DayBuffer
from pipelines.demo.delivery.delivery import REGISTERS, LandingFolder
from pipelines.demo.formats.hub import early_events
from pipelines.demo.portfolio import corporate
from pipelines.demo.portfolio.simulate import simulate
from pipelines.demo.world.rates import rate_rows
from pipelines.demo.world.timeline import World, day_of
from pipelines.lake.synthetic import SYNTHETIC

BLOCK = 10_000
"""Customers simulated at a time."""
WINDOW = 100_000
"""Payments, about, that are booked and delivered at a time."""
_LARGEST_FILE = 400_000
"""Rows of a register, about, after which its export goes on in another file."""
_PAYMENTS_A_DAY = 0.055
"""Payments of a customer in a day, about; the size of a window follows from it, and no file."""

Progress = Callable[[int, int], None]
"""Called with the days delivered and the days there are."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was written: files, payments, links of the truth, and rows by table."""

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

    Another day at the end adds files and leaves the files of the days before as they are.

    Args:
        out: folder that gets `landing/<feed>/<day>/<file>` and `truth/*.parquet`.
        customers: number of customers.
        days: length of the horizon.
        seed: of all randomness.
        end: last day of the horizon and of arrival.
        progress: told how far the work is.

    Raises:
        ValueError: no customers or no days.
        FileExistsError: `out` holds a landing zone or a truth already.
    """
    world = World.of(customers, days, seed, end)
    landing_folder, truth_folder = out / "landing", out / "truth"
    for folder in (landing_folder, truth_folder):
        if folder.exists() and any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty; choose another folder or remove it.")
    truth = TruthWriter(truth_folder)
    landing = LandingFolder(landing_folder, world, truth)
    buffer = DayBuffer(_edges(world), out / ".spool" if customers > BLOCK else None)
    net, payments = _simulate(world, buffer, truth)
    transfers = transfers_of(world, net)
    _reference(world, landing)
    office = BackOffice.open(world, landing, truth)
    for window, inputs in _windows(world, buffer, transfers):
        _registers(landing, buffer, window)
        process_window(office, inputs)
        if progress is not None:
            progress(inputs.last - world.first + 1, days)
    office.close()
    truth.close()
    shutil.rmtree(out / ".spool", ignore_errors=True)
    (landing_folder / SYNTHETIC).write_text(_SYNTHETIC, "utf-8")
    return DemoSummary(
        customers, day_of(world.first), end, landing.files, payments,
        truth.rows["recon_links"], dict(sorted(landing.rows.items())),
    )  # fmt: skip


_SYNTHETIC = """\
# Simulated

Every file here was written by `countinghouse demo`. No person, account or payment in it exists.
A lake that takes it in calls its models' scores synthetic.
"""


def _edges(world: World) -> list[int]:
    width = max(1, int(WINDOW / (_PAYMENTS_A_DAY * world.customers)))
    return list(range(world.first, world.last + 1, width))


def _simulate(
    world: World, buffer: DayBuffer, truth: TruthWriter
) -> "tuple[np.ndarray[tuple[int, int], np.dtype[np.int64]], int]":
    planned = corporate.corporate_payments(world)
    company = planned.filter(pl.col("day") <= world.last)
    _put(buffer, company, early_events(world, planned))
    net, payments = daily_net(world, company), company.height
    for low in range(0, world.customers, BLOCK):
        block = simulate(world, low, min(low + BLOCK, world.customers))
        _put(buffer, block.payments, block.events)
        buffer.put("accruals", block.accruals, "day")
        for name, rows in block.registers.items():
            buffer.put(name, rows.filter(pl.col("arrival") <= world.last), "arrival")
        for name, rows in block.truth.items():
            truth.write(name, rows)
        net += daily_net(world, block.payments)
        payments += block.payments.height
    return net, payments


def _put(buffer: DayBuffer, payments: pl.DataFrame, events: pl.DataFrame) -> None:
    buffer.put("payments", payments, "day")
    buffer.put("events", events, "arrival")


def _reference(world: World, landing: LandingFolder) -> None:
    landing.table("accounts", reference.account_rows(world))
    landing.table("chart_of_accounts", reference.chart_rows(world))
    landing.table("holidays", reference.holiday_rows(world))
    landing.table("fx_rates", rate_rows(world))


def _windows(
    world: World, buffer: DayBuffer, transfers: pl.DataFrame
) -> Iterator[tuple[int, Window]]:
    charges = corporate.bank_charges(world)
    empty = corporate.corporate_payments(world).clear()
    for window, first in enumerate(buffer.edges):
        last = buffer.edges[window + 1] - 1 if window + 1 < len(buffer.edges) else world.last
        inside = pl.col("day").is_between(first, last)
        payments = pl.concat([empty, *buffer.take("payments", window)])
        yield window, Window(
            first, last, payments,
            pl.concat([early_events(world, empty), *buffer.take("events", window)]),
            transfers.filter(inside), charges.filter(inside),
            pl.concat([_NO_ACCRUALS, *buffer.take("accruals", window)]),
        )  # fmt: skip


_NO_ACCRUALS = pl.DataFrame(
    schema={"day": pl.Int64, "kind": pl.String, "currency": pl.Int64, "amount": pl.Int64}
)
"""Accruals without a row: day, kind, currency and amount in minor units."""


def _registers(landing: LandingFolder, buffer: DayBuffer, window: int) -> None:
    for table in REGISTERS:
        for number, rows in enumerate(_bundles(buffer.take(table, window)), 1):
            landing.table(table, rows, part=number)


def _bundles(parts: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The rows of many blocks, put together until they would make too large a file."""
    bundle: list[pl.DataFrame] = []
    for part in parts:
        bundle.append(part)
        if sum(rows.height for rows in bundle) >= _LARGEST_FILE:
            yield pl.concat(bundle)
            bundle = []
    if bundle:
        yield pl.concat(bundle)
