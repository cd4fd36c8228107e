"""The lists of the reconciliation page: open items, matches, and items awaiting a run."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from notebooks.money import cell
from notebooks.pending_decisions import awaiting
from notebooks.reconciliation_names import sides_of, type_of
from pipelines.lake.lake import Lake
from pipelines.reconciliation.deciding import SIDES, Item
from pipelines.runs.builds import as_of_of_last_run

OPEN, WAITING = "open items", "awaiting the next run"
SUGGESTED, ACCEPTED = "suggested matches", "accepted matches"
SHOWN = (OPEN, WAITING, SUGGESTED, ACCEPTED)
_TIER = {SUGGESTED: "suggested", ACCEPTED: "auto"}
_ROW = ("recon", "side", "row_id")
_TEXT = ("counterparty_name", "reference")


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """A filter of items: an empty choice passes all; amounts are compared without their sign."""

    recons: Sequence[str] = ()
    types: Sequence[str] = ()
    owners: Sequence[str] = ()
    accounts: Sequence[str] = ()
    least_age: int = 0
    least_amount: Decimal = Decimal(0)
    text: str = ""
    """Part of a counterparty, reference or account, or of an amount as it is written."""

    def of(self, items: pl.DataFrame) -> pl.DataFrame:
        """The items that pass."""
        chosen = {
            "title": self.recons,
            "type_name": self.types,
            "owner": self.owners,
            "account_id": self.accounts,
        }
        conditions = [pl.col(name).is_in(list(values)) for name, values in chosen.items() if values]
        if self.least_age:
            conditions.append(pl.col("age_business_days") >= self.least_age)
        conditions.append(pl.col("amount").abs() >= self.least_amount)
        search_text = self.text.strip().casefold()
        if search_text:
            texts = [pl.col(name).str.to_lowercase() for name in (*_TEXT, "account_id")]
            number = (
                pl.col("amount")
                .cast(pl.String)
                .str.contains(search_text.replace(",", ""), literal=True)
            )
            found = [text.str.contains(search_text, literal=True) for text in texts]
            conditions.append(pl.any_horizontal(*found, number).fill_null(value=False))
        return items.filter(*conditions)


@dataclass(frozen=True, slots=True)
class Workbench:
    """The open items, matches and decisions of one lake."""

    root: Path

    @property
    def lake(self) -> Lake:
        """The lake that is read, and in which decisions are recorded."""
        return Lake(self.root)

    @property
    def is_built(self) -> bool:
        """Whether a run has built the marts."""
        return all(self.lake.exists(f"gold/{name}") for name in ("fct_breaks", "fct_matches"))

    def items(self, shown: str) -> pl.DataFrame:
        """Open items, matches of a tier, or items decided since the last run; oldest first.

        One row per item: the columns of the break or match, with `title`, `type_name`, `place` and
        `awaits`. An item with a new decision is only in the list of those awaiting the next run.
        """
        items = self._matches(_TIER[shown]) if shown in _TIER else self._breaks()
        decided = awaiting(self.lake)
        members = self._members(items) if shown in _TIER else items.select("item_id", *_ROW)
        pending = members.join(decided, on=_ROW).group_by("item_id").agg(pl.col("awaits").min())
        if shown == WAITING:
            items = items.join(pending, on="item_id")
        else:
            items = items.join(pending, on="item_id", how="anti").with_columns(
                pl.lit(None, pl.String).alias("awaits")
            )
        return items.with_columns(
            _each(lambda recon: sides_of(recon).title, "recon").alias("title"),
            _each(type_of, "type", "recon").alias("type_name"),
            _each(lambda side, recon: sides_of(recon).name(side), "side", "recon").alias("place"),
        ).sort("date", "item_id")

    def shown(self, items: pl.DataFrame, listed: str) -> pl.DataFrame:
        """A list for people; `item_id` is for the page."""
        of_matches = listed in _TIER
        aging = [
            pl.col("age_business_days").alias("Business days"),
            pl.col("owner").str.to_titlecase().alias("Owner"),
        ]
        columns = [
            "item_id",
            pl.col("date").alias("Day"),
            pl.col("counterparty_name").alias("Counterparty"),
            pl.col("reference").alias("Reference"),
            cell("amount").alias("Amount"),
            pl.col("type_name").alias("Rule" if of_matches else "Type"),
            pl.col("place").alias("Rows" if of_matches else "Side"),
            *([] if of_matches else aging),
            pl.col("title").alias("Reconciliation"),
            pl.col("account_id").alias("Account"),
        ]
        if listed == WAITING:
            columns.insert(1, pl.col("awaits").alias("Awaiting"))
        return items.select(columns)

    def members(self, item: Mapping[str, Any]) -> Item:
        """The row ids of an item, by side."""
        if item.get("row_id") is not None:
            rows = [(item["side"], item["row_id"])]
        else:
            matches = self.lake.read("gold/fct_matches").filter(
                pl.col("match_id") == item["item_id"]
            )
            rows = list(matches.select("side", "row_id").collect().iter_rows())
        left, right = (
            tuple(row for side, row in rows if side == name) for name in ("left", "right")
        )
        return Item(left, right)

    def periods(self) -> list[str]:
        """The months in the books, the newest first."""
        dates = [
            self.lake.read(f"gold/{name}").select("date") for name in ("fct_breaks", "fct_matches")
        ]
        dates_so_far = pl.concat(dates).filter(pl.col("date") <= as_of_of_last_run(self.lake))
        months = dates_so_far.select(pl.col("date").dt.strftime("%Y-%m")).unique().collect()
        return sorted(months["date"].drop_nulls().to_list(), reverse=True)

    def workbook(self, period: str) -> bytes:
        """The close workbook of a month."""
        from pipelines.period_close.workbook.book import write_workbook
        from pipelines.period_close.workbook.figures import read_figures
        from pipelines.period_close.workbook.period import Period

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "close.xlsx"
            write_workbook(read_figures(self.lake, Period.of(period)), path)
            return path.read_bytes()

    def _breaks(self) -> pl.DataFrame:
        rows = self.lake.read("gold/fct_breaks").rename(
            {"break_id": "item_id", "break_type": "type"}
        )
        texts = self.lake.read(SIDES).select(*_ROW, *_TEXT)
        return rows.join(texts, on=_ROW, how="left").collect()

    def _matches(self, tier: str) -> pl.DataFrame:
        texts = self.lake.read(SIDES).select(*_ROW, *_TEXT)
        rows = self.lake.read("gold/fct_matches").filter(pl.col("tier") == tier)
        amount, left = pl.col("amount"), pl.col("side") == "left"
        heads = (
            rows.join(texts, on=_ROW, how="left")
            .group_by("match_id", "recon")
            .agg(
                pl.col("rule").first().alias("type"),
                pl.col("kind").first().str.replace_all("_", " ").alias("side"),
                pl.col("account_id").sort_by("side", "row_id").first(),
                pl.col("date").min(),
                pl.when(left.any()).then(amount.filter(left).sum()).otherwise(amount.sum()),
                pl.col("currency").first(),
                *(pl.col(name).drop_nulls().sort().first() for name in _TEXT),
                pl.lit(None, pl.Int64).alias("age_business_days"),
                pl.lit(None, pl.String).alias("owner"),
                pl.lit(None, pl.String).alias("row_id"),
                pl.col("evidence").first(),
            )
        )
        return heads.rename({"match_id": "item_id"}).collect()

    def _members(self, matches: pl.DataFrame) -> pl.DataFrame:
        rows = self.lake.read("gold/fct_matches").select(pl.col("match_id").alias("item_id"), *_ROW)
        return rows.collect().join(matches.select("item_id"), on="item_id", how="semi")


def _each(label_of: Any, *columns: str) -> pl.Expr:
    return pl.struct(columns).map_elements(
        lambda row: label_of(*(row[name] for name in columns)), pl.String
    )
