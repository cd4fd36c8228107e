"""What was due on each day, as far as it was agreed by then: premium and loan instalments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.liquidity.business_days import Days

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CATEGORIES = {"premiums": "premium", "loans": "loan_instalment"}
"""Cash-flow category of each schedule, as `fct_known_flows` names it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Instalments in plain arrays.

    `kind` indexes `kinds` (entity, currency, category); `due` and `agreed` are day indices: an
    instalment counts as agreed from the first due day of its policy or loan on, because schedules
    do not say when they were drawn up, and a back-test must not see policies not yet sold.
    """

    kinds: tuple[tuple[str, str, str], ...]
    kind: Ints
    due: Ints
    agreed: Ints
    amount: Floats

    def called_for(self, days: Days, origin: int) -> dict[tuple[str, str, str], Floats]:
        """Amount due on each day by kind, as agreed on day `origin`, moved to business days."""
        wanted = (self.agreed <= origin) & (self.due >= 0) & (self.due < len(days))
        settles = days.settles_on()[self.due[wanted]]
        calls = np.zeros((len(self.kinds), len(days)))
        np.add.at(calls, (self.kind[wanted], settles), self.amount[wanted])
        return dict(zip(self.kinds, calls, strict=True))


def schedule(premiums: pl.DataFrame, loans: pl.DataFrame, first: date) -> Schedule:
    """Schedules that were not cancelled, with days counted from `first`."""
    parts = [
        _instalments(premiums, "policy_id", CATEGORIES["premiums"]),
        _instalments(loans, "loan_id", CATEGORIES["loans"]),
    ]
    rows = pl.concat(parts).drop_nulls()
    kinds: Sequence[tuple[str, str, str]] = sorted(
        rows.select("entity_id", "currency", "category").unique().rows()
    )
    place = {kind: index for index, kind in enumerate(kinds)}
    keys = rows.select("entity_id", "currency", "category").rows()
    return Schedule(
        tuple(kinds),
        np.array([place[key] for key in keys], dtype=np.int64),
        rows.select((pl.col("due_date") - first).dt.total_days()).to_series().to_numpy(),
        rows.select((pl.col("agreed") - first).dt.total_days()).to_series().to_numpy(),
        rows["amount"].cast(pl.Float64).to_numpy(),
    )


def _instalments(rows: pl.DataFrame, contract: str, category: str) -> pl.DataFrame:
    return rows.filter(pl.col("state") != "cancelled").select(
        "entity_id",
        "currency",
        pl.lit(category).alias("category"),
        "due_date",
        "amount",
        pl.col("due_date").min().over(contract).alias("agreed"),
    )
