"""What the pages read: gold tables, shaped for a chart or a table and nothing else."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipelines.amounts import base_currency, valued
from pipelines.close.closings import last_closings
from pipelines.lake.lake import Lake

MILLION, THOUSAND = 1_000_000, 1_000


def money(amount: Decimal | None) -> str:
    """An amount to the cent with thousands marks."""
    return "not known" if amount is None else f"{amount:,.2f}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The gold tables of one lake; a table that is not there reads as empty."""

    root: Path

    @property
    def lake(self) -> Lake:
        """The lake that is read."""
        return Lake(self.root)

    def _gold(self, table: str) -> pl.DataFrame:
        name = f"gold/{table}"
        return self.lake.read(name).collect() if self.lake.exists(name) else pl.DataFrame()

    @property
    def as_of(self) -> date | None:
        """The day as of which the last published forecast speaks, whoever ran it."""
        forecast = self._gold("fct_liquidity_forecast")
        return None if forecast.is_empty() else forecast.select(pl.col("as_of").max()).item()

    @property
    def provenance(self) -> str:
        """Which table versions the page shows."""
        tables = ("fct_cash_position", "fct_liquidity_forecast", "fct_breaks")
        versions = (f"`gold/{t}` version {self.lake.version(f'gold/{t}')}" for t in tables)
        return "Read from " + ", ".join(versions) + "."

    def position(self, as_of: date) -> pl.DataFrame:
        """The last known closing of each of our accounts on or before a day."""
        wanted = (
            "entity_id",
            "account_id",
            "currency",
            "date",
            "closing_balance",
            "ledger_balance",
            "difference",
            "closing_balance_base",
            "minimum_balance",
            "is_stated",
        )
        return last_closings(self._gold("fct_cash_position"), as_of).select(wanted)

    def history(self, as_of: date, *, days: int) -> pl.DataFrame:
        """Group cash by day in millions of the base currency; columns date, balance.

        A day on which the rate of a currency is missing is left open.
        """
        rows = self._gold("fct_cash_position").filter(
            pl.col("date").is_between(as_of - timedelta(days=days), as_of)
        )
        base, own = pl.col("closing_balance_base"), pl.col("closing_balance")
        known = (base.is_null() & (own != 0)).any().not_()
        summed = rows.group_by("date").agg(pl.when(known).then(base.sum()).alias("balance"))
        return summed.with_columns(_in(MILLION, "balance")).sort("date")

    def group_balance(self, as_of: date) -> pl.DataFrame:
        """The group's forecast balance by day, with its quantiles."""
        rows = self._gold("fct_liquidity_forecast").filter(
            pl.col("as_of") == as_of, pl.col("level") == "group", pl.col("measure") == "balance"
        )
        return rows.sort("date")

    def fan(self, as_of: date) -> pl.DataFrame:
        """The group's forecast balance in millions, for the eye: both intervals, the middle."""
        drawn = {"low90": "p05", "low50": "p25", "middle": "p50", "high50": "p75", "high90": "p95"}
        return self.group_balance(as_of).select(
            "date", *(_in(MILLION, source).alias(name) for name, source in drawn.items())
        )

    def forecast_note(self, as_of: date) -> str:
        """Which model speaks."""
        rows = self.group_balance(as_of)
        if rows.is_empty():
            return "No forecast has been published."
        model, version = rows["model"][0], rows["model_version"][0]
        return (
            f"Bands: 50 % and 90 % intervals. Model: {model} ({version}); its card is in the lake."
        )

    @property
    def base_currency(self) -> str:
        """The currency in which the group is added up."""
        return base_currency(self.lake)

    def cash(self, as_of: date) -> str:
        """The group's cash in the base currency, or why it is not known."""
        found = valued(
            self.position(as_of),
            self.base_currency,
            own="closing_balance",
            base="closing_balance_base",
        )
        return found.reason or f"{found.base_currency} {money(found.total)}"

    def breaks(self) -> pl.DataFrame:
        """Open breaks, the oldest first."""
        wanted = (
            "break_id",
            "recon",
            "break_type",
            "side",
            "account_id",
            "date",
            "amount",
            "currency",
            "amount_base",
            "age_business_days",
            "expected_clearing_date",
            "owner",
        )
        return self._gold("fct_breaks").select(wanted).sort("date", "break_id")

    def breaks_by_type(self) -> pl.DataFrame:
        """Value (thousands of the base currency) and count of open breaks by type and age band."""
        age = pl.col("age_business_days")
        band = (
            pl.when(age <= 2)
            .then(pl.lit("0-2"))
            .when(age <= 10)
            .then(pl.lit("3-10"))
            .otherwise(pl.lit("over 10"))
        )
        rows = self.breaks().with_columns(band.alias("age"), pl.col("amount_base").abs())
        summed = rows.group_by("break_type", "age").agg(
            pl.len().alias("count"), pl.col("amount_base").sum().alias("value")
        )
        return summed.with_columns(_in(THOUSAND, "value")).sort("break_type", "age")

    def freshness(self) -> pl.DataFrame:
        """By feed: files, the last day of arrival, and files turned away."""
        files = self.lake.read("control/files").collect()
        return (
            files.group_by("feed")
            .agg(
                pl.len().alias("files"),
                pl.col("arrival_date").max().alias("last arrival"),
                (pl.col("state") == "refused").sum().alias("refused"),
                pl.col("rows_quarantined").sum().alias("rows in quarantine"),
            )
            .sort("feed")
        )

    def shown(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Amounts as text to the cent: a page must not round what a ledger does not."""
        return rows.with_columns(pl.selectors.decimal().map_elements(money, pl.String))


def _in(unit: int, column: str) -> pl.Expr:
    """An amount for the eye only, in a larger unit; charts need floats, tables keep decimals."""
    return (pl.col(column).cast(pl.Float64) / unit).round(4)
