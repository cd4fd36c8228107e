"""Exchange rates: a daily walk around a level, quoted in euro on TARGET days."""

import numpy as np
import polars as pl

from pipelines.demo.world.money import on
from pipelines.demo.world.random_streams import Floats, Ints
from pipelines.demo.world.timeline import World

_LEVELS = np.array([1.0, 0.85, 1.12])
"""Units of each currency for one euro around which its rate walks: about those of 2025."""

_QUOTED = ("EUR", "GBP", "USD")
"""Currencies of the columns of `rates`."""

_LEAD = 10
"""Days of rates before the first day, so that it begins with a known rate."""


def rates(world: World, day: Ints) -> Floats:
    """Units of each currency for one euro, one row per day asked for."""
    days = np.arange(world.first - _LEAD, world.last + 60, dtype=np.int64)
    steps = np.stack(
        [np.zeros(days.size), *(0.0035 * world.streams.normal("fx", days, c) for c in (1, 2))],
        axis=1,
    )
    walk = np.round(_LEVELS * np.exp(np.cumsum(steps, axis=0)), 4)
    return np.asarray(walk[np.clip(day - days[0], 0, days.size - 1)])


def rate_rows(world: World) -> pl.DataFrame:
    """Rows of `fx_rates`: each TARGET day, with the week before the first on the first day."""
    days = np.arange(world.first - _LEAD, world.last + 1, dtype=np.int64)
    days = days[world.calendars.business(0, days) == days]
    table = rates(world, days)
    frames = [
        pl.DataFrame({"day": days, "rate": table[:, at]}).with_columns(quote=pl.lit(_QUOTED[at]))
        for at in (1, 2)
    ]
    return (
        pl.concat(frames)
        .sort("day", "quote")
        .select(
            arrival=pl.max_horizontal("day", pl.lit(world.first, pl.Int64)),
            rate_date=on("day"),
            base_currency=pl.lit("EUR"),
            quote_currency="quote",
            rate=pl.col("rate").round(4).cast(pl.Decimal(18, 8)).cast(pl.String),
            source=pl.lit("simulated"),
        )
    )
