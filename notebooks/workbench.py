"""What the reconciliation page reads and writes: open items, their neighbours, decisions."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from notebooks.reading_room import money
from pipelines.build_record import standing_day
from pipelines.decide import SIDES, objection
from pipelines.lake.decisions import read_decisions
from pipelines.lake.lake import Lake
from pipelines.spreadsheet_text import csv_for_people
from quality.reconciliation.wording import in_words

OPEN, SUGGESTED, ACCEPTED = "open items", "suggested matches", "accepted matches"
SHOWN = (OPEN, SUGGESTED, ACCEPTED)
_TIER = {SUGGESTED: "suggested", ACCEPTED: "auto"}
_NEIGHBOURS = 50
Members = list[tuple[str, str]]
"""Rows by side and id."""
_KEY = ["recon", "side", "row_id"]

ROW = ("date", "amount", "counterparty_name", "reference", "description", "row_id")
"""What is shown of a row of either side."""

ITEM = (
    "item_id",
    "recon",
    "type",
    "side",
    "account_id",
    "date",
    "amount",
    "currency",
    "age_business_days",
    "owner",
    "state",
)
"""What is shown of an open item or a match in the list."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; an empty choice lets everything through, and amounts count without their sign."""

    recons: Sequence[str] = ()
    types: Sequence[str] = ()
    owners: Sequence[str] = ()
    accounts: Sequence[str] = ()
    least_age: int = 0
    least_amount: Decimal = Decimal(0)

    def of(self, items: pl.DataFrame) -> pl.DataFrame:
        """The items that pass."""
        chosen = {
            "recon": self.recons,
            "type": self.types,
            "owner": self.owners,
            "account_id": self.accounts,
        }
        held = [pl.col(name).is_in(list(values)) for name, values in chosen.items() if values]
        if self.least_age:
            held.append(pl.col("age_business_days") >= self.least_age)
        held.append(pl.col("amount").abs() >= self.least_amount)
        return items.filter(*held)


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item with what is known of it: its rows, and rows that may belong to them."""

    recon: str
    sentences: tuple[str, ...]
    left: pl.DataFrame
    right: pl.DataFrame
    left_marked: tuple[int, ...]
    """Positions in `left` of the rows that the item names."""
    right_marked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Workbench:
    """The reconciliation as it stands in one lake."""

    root: Path

    @property
    def lake(self) -> Lake:
        """The lake that is read, and in which decisions are recorded."""
        return Lake(self.root)

    @property
    def is_built(self) -> bool:
        """Whether a run has come as far as the marts."""
        return all(self.lake.exists(f"gold/{name}") for name in ("fct_breaks", "fct_matches"))

    def items(self, shown: str) -> pl.DataFrame:
        """Open items, or matches of a tier, the oldest first; see `ITEM`."""
        if shown == OPEN:
            rows = self.lake.read("gold/fct_breaks").collect()
            rows = rows.rename({"break_id": "item_id", "break_type": "type"})
            return rows.select(*ITEM, "row_id", "evidence").sort("date", "item_id")
        matches = self.lake.read("gold/fct_matches").filter(pl.col("tier") == _TIER[shown])
        amount, left = pl.col("amount"), pl.col("side") == "left"
        heads = matches.group_by("match_id", "recon").agg(
            pl.col("rule").first().alias("type"),
            pl.col("kind").first().alias("side"),
            pl.col("account_id").sort_by("side", "row_id").first(),
            pl.col("date").min(),
            pl.when(left.any()).then(amount.filter(left).sum()).otherwise(amount.sum()),
            pl.col("currency").first(),
            pl.lit(None, pl.Int64).alias("age_business_days"),
            pl.lit(None, pl.String).alias("owner"),
            pl.col("tier").first().alias("state"),
            pl.col("evidence").first(),
        )
        named = heads.rename({"match_id": "item_id"}).collect()
        return named.select(*ITEM, "evidence").sort("date", "item_id")

    def choose(self, item: dict[str, object]) -> Chosen:
        """The two sides of an item: its own rows first, then what may belong to them."""
        recon, currency = str(item["recon"]), item["currency"]
        sides = self.lake.read(SIDES).filter(pl.col("recon") == recon).collect()
        members, pointed = self._named(item)
        named = [*members, *pointed]
        names = pl.struct("side", "row_id").is_in([{"side": s, "row_id": r} for s, r in named])
        breaks = self.lake.read("gold/fct_breaks").filter(pl.col("recon") == recon).collect()
        still = sides.filter(pl.col("currency") == currency).join(
            breaks.select(_KEY), on=_KEY, how="semi"
        )
        own, near = sides.filter(names), still.filter(~names)
        pointed_at = pl.struct("side", "row_id").is_in(
            [{"side": s, "row_id": r} for s, r in pointed]
        )
        own = own.sort(pointed_at, "side", "row_id")
        target = abs(Decimal(str(item["amount"])))
        near = near.with_columns((pl.col("amount").abs() - target).abs().alias("gap"))
        near = near.sort("gap", "date", "row_id")
        left, right = (
            pl.concat([part.filter(pl.col("side") == side).select(ROW).head(_NEIGHBOURS)
                       for part in (own, near)])
            for side in ("left", "right")
        )  # fmt: skip
        # What the house only points at is shown first, and is for the person to tick.
        counts = [sum(s == side for s, _ in members) for side in ("left", "right")]
        told = in_words(str(item["evidence"]))
        marked = [tuple(range(min(count, _NEIGHBOURS))) for count in counts]
        return Chosen(recon, told, left, right, *marked)

    def _named(self, item: dict[str, object]) -> tuple[Members, Members]:
        """The rows that an item is made of, and those that it points at, on whichever side."""
        if "row_id" in item:
            rows = self.lake.read("gold/fct_breaks").filter(pl.col("break_id") == item["item_id"])
            pointed = rows.select("candidate_row_id").collect().item()
            near = [("left", pointed), ("right", pointed)] if pointed else []
            return [(str(item["side"]), str(item["row_id"]))], near
        rows = self.lake.read("gold/fct_matches").filter(pl.col("match_id") == item["item_id"])
        return list(rows.select("side", "row_id").collect().iter_rows()), []

    def decisions(self) -> pl.DataFrame:
        """Decisions on record, the newest first, each with what it still waits for."""
        newest = (
            read_decisions(self.lake)
            .sort("recorded_at")
            .unique("decision_id", keep="last", maintain_order=True)
            .sort("decided_at", descending=True)
        )
        waits = [objection(self.lake, name) for name in newest["decision_id"]]
        members = pl.concat_list(
            pl.col("left_ids").list.eval("left " + pl.element()),
            pl.col("right_ids").list.eval("right " + pl.element()),
        )
        return newest.select(
            "decision_id",
            "recon",
            "action",
            members.list.join(", ").alias("rows"),
            "actor",
            "checker",
            "decided_at",
            "reason",
            pl.Series("waits_for", waits, dtype=pl.String),
        )

    def periods(self) -> list[str]:
        """The months in the books, the newest first."""
        dates = [
            self.lake.read(f"gold/{name}").select("date") for name in ("fct_breaks", "fct_matches")
        ]
        begun = pl.concat(dates).filter(pl.col("date") <= standing_day(self.lake))
        months = begun.select(pl.col("date").dt.strftime("%Y-%m")).unique().collect()
        return sorted(months["date"].drop_nulls().to_list(), reverse=True)

    def workbook(self, period: str) -> bytes:
        """The close workbook of a month."""
        from pipelines.close.figures import read_figures
        from pipelines.close.period import Period
        from pipelines.close.workbook import write_workbook

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "close.xlsx"
            write_workbook(read_figures(self.lake, Period.of(period)), path)
            return path.read_bytes()


def as_csv(items: pl.DataFrame) -> bytes:
    """A list as CSV; a text that a spreadsheet would take for a formula is marked as text."""
    return csv_for_people(items)


def difference(left: Sequence[dict[str, object]], right: Sequence[dict[str, object]]) -> str:
    """The sums of what is ticked on both sides, and what lies between them, in words."""
    one, two = (
        sum((Decimal(str(row["amount"]).replace(",", "")) for row in rows), Decimal(0))
        for rows in (left, right)
    )
    return f"Left {money(one)}, right {money(two)}, difference {money(one - two)}."
