"""The queries of the pages: gold tables, shaped for a chart or a table and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from notebooks.money import cell, converted_cell
from notebooks.reconciliation_names import sides_of, type_of
from pipelines.lake.lake import Lake
from pipelines.period_close.workbook.closing_balances import last_closing_balances
from pipelines.records.amounts import BaseCurrencySum, base_currency, sum_in_base_currency
from pipelines.records.control_tables import current_decisions

MILLION, THOUSAND = 1_000_000, 1_000


@dataclass(frozen=True, slots=True)
class PageQueries:
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
        """The `as_of` of the last published forecast."""
        forecast = self._gold("fct_liquidity_forecast")
        return None if forecast.is_empty() else forecast.select(pl.col("as_of").max()).item()

    @property
    def provenance(self) -> str:
        """Which table versions the page shows."""
        tables = ("fct_cash_position", "fct_liquidity_forecast", "fct_breaks")
        versions = (f"`gold/{t}` version {self.lake.version(f'gold/{t}')}" for t in tables)
        return "Read from " + ", ".join(versions) + "."

    def position(self, as_of: date) -> pl.DataFrame:
        """The last known closing of each of our accounts on or before a day, as it is stored."""
        return last_closing_balances(self._gold("fct_cash_position"), as_of)

    def position_shown(self, as_of: date) -> pl.DataFrame:
        """The same for people: one row per account."""
        stated = (
            pl.when(pl.col("is_stated")).then(pl.lit("a statement")).otherwise(pl.lit("booked"))
        )
        return self.position(as_of).select(
            pl.col("entity_id").alias("Company"),
            pl.col("account_id").alias("Account"),
            cell("closing_balance").alias("Closing balance"),
            converted_cell("closing_balance_base", self.base_currency).alias(
                f"In {self.base_currency}"
            ),
            cell("ledger_balance").alias("Ledger"),
            cell("difference").alias("Difference"),
            cell("minimum_balance").alias("Minimum"),
            pl.col("date").alias("Day"),
            stated.alias("Known from"),
        )

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
        """The group's forecast balance: one row per day, in the columns of the forecast mart."""
        rows = self._gold("fct_liquidity_forecast").filter(
            pl.col("as_of") == as_of, pl.col("level") == "group", pl.col("measure") == "balance"
        )
        return rows.sort("date")

    def fan(self, as_of: date) -> pl.DataFrame:
        """The group's forecast balance in millions for a chart: one row per day, both intervals."""
        drawn = {"low90": "p05", "low50": "p25", "middle": "p50", "high50": "p75", "high90": "p95"}
        return self.group_balance(as_of).select(
            "date", *(_in(MILLION, source).alias(name) for name, source in drawn.items())
        )

    def forecast_note(self, as_of: date) -> str:
        """The sentence under the forecast: its bands, and the model or baseline that publishes."""
        rows = self.group_balance(as_of)
        if rows.is_empty():
            return "No forecast has been published."
        publisher = publisher_text(rows["model"][0], rows["model_version"][0])
        return f"Bands: 50 % and 90 % intervals. {publisher}"

    @property
    def base_currency(self) -> str:
        """The currency in which the group is added up."""
        return base_currency(self.lake)

    def cash(self, as_of: date) -> BaseCurrencySum:
        """The group's cash in the base currency, or why it is not known."""
        return sum_in_base_currency(
            self.position(as_of),
            self.base_currency,
            own="closing_balance",
            base="closing_balance_base",
        )

    def breaks(self) -> pl.DataFrame:
        """Open breaks, the oldest first: one row per break, in the columns of `fct_breaks`."""
        return self._gold("fct_breaks").sort("date", "break_id")

    def breaks_shown(self) -> pl.DataFrame:
        """The same for people: one row per break."""
        return self.breaks().select(
            pl.col("date").alias("Day"),
            _words(type_of, "break_type", "recon").alias("Type"),
            cell("amount").alias("Amount"),
            converted_cell("amount_base", self.base_currency).alias(f"In {self.base_currency}"),
            pl.col("age_business_days").alias("Business days"),
            _words(lambda recon: sides_of(recon).title, "recon").alias("Reconciliation"),
            _words(lambda side, recon: sides_of(recon).name(side), "side", "recon").alias("Side"),
            pl.col("account_id").alias("Account"),
            pl.col("expected_clearing_date").alias("Expected"),
            pl.col("owner").str.to_titlecase().alias("Owner"),
        )

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
        kind = pl.col("break_type").replace_strict(
            {"missing_left": "Not in the other book", "missing_right": "Not in the other book"},
            default=pl.col("break_type").map_elements(lambda name: type_of(name, ""), pl.String),
        )
        rows = self.breaks().with_columns(
            kind.alias("type"), band.alias("age"), pl.col("amount_base").abs()
        )
        summed = rows.group_by("type", "age").agg(
            pl.len().alias("count"), pl.col("amount_base").sum().alias("value")
        )
        return summed.with_columns(_in(THOUSAND, "value")).sort("type", "age")

    def freshness(self) -> pl.DataFrame:
        """One row per feed: files, the last day of arrival, refused files and quarantined rows."""
        files = current_decisions(self.lake.read("control/files").collect())
        return (
            files.group_by("feed")
            .agg(
                pl.col("arrival_date").max().alias("Last arrival"),
                pl.len().alias("Files"),
                (pl.col("state") == "refused").sum().alias("Refused"),
                pl.col("rows_quarantined").sum().alias("Rows in quarantine"),
            )
            .sort("feed")
            .select(
                pl.col("feed").str.to_titlecase().alias("Source"),
                pl.exclude("feed"),
            )
        )


def publisher_text(model: str, version: str | None) -> str:
    """Who publishes a forecast: a version of a trained model, or a baseline, which has none."""
    if version is None:
        return f"No trained model has beaten the baseline: {model} publishes."
    return f"Model: {model}, version {version}; its card is in the lake."


def _words(label_of: Callable[..., str], *columns: str) -> pl.Expr:
    """The labels of one or more columns, by a function of their values."""
    return pl.struct(columns).map_elements(
        lambda row: label_of(*(row[name] for name in columns)), pl.String
    )


def _in(unit: int, column: str) -> pl.Expr:
    """An amount in a larger unit for charts, which need floats; tables keep decimals."""
    return (pl.col(column).cast(pl.Float64) / unit).round(4)
