"""Total lines of tables in the columns of a contract: taken out of the rows, held against them."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

import polars as pl

from pipelines.feeds.parsing.delimited import LINE, DelimitedLayout, RecordBatch
from pipelines.feeds.parsing.delimited_lines import BrokenLine, split_records
from pipelines.feeds.parsing.numbers import either_mark_number
from pipelines.feeds.parsing.total_lines import (
    Sums,
    TotalLine,
    TotalLineCheck,
    total_line,
)
from pipelines.feeds.reading import StatedTotal
from quality.contract import MONEY, Contract


@dataclass(slots=True)
class ContractTotals:
    """The total lines of one table, and its rows added up block by block."""

    contract: Contract
    layout: DelimitedLayout
    _held: TotalLineCheck = field(default_factory=TotalLineCheck)
    _is_whole: bool = True

    def take(self, batch: RecordBatch) -> tuple[RecordBatch, list[TotalLine]]:
        """The block without its total lines: rows or short lines without a required column."""
        needed = [c.name for c in self.contract.columns if c.required and c.name in self._names]
        lacking = batch.records.filter(pl.any_horizontal(pl.col(needed).is_null()))
        whole_lines = [total_line(_without_place(row), row[LINE]) for row in lacking.to_dicts()]
        short = {line.line: self._short(line) for line in batch.broken}
        met = [line for line in (*whole_lines, *short.values()) if line is not None]
        rows = [line.row for line in met]
        kept = batch.records.filter(~pl.col(LINE).is_in(rows)) if met else batch.records
        broken = tuple(line for line in batch.broken if short[line.line] is None)
        self._is_whole &= not broken
        return replace(batch, records=kept, broken=broken), sorted(met, key=lambda line: line.row)

    def count(self, batch: RecordBatch, rows: pl.DataFrame, met: list[TotalLine]) -> None:
        """Add up the rows of a block, as typed and as written, and meet its total lines."""
        before = 0
        for line in met:
            self._add(batch, rows, before, line.row)
            self._held.meet(line)
            before = line.row
        self._add(batch, rows, before, None)

    def totals(self) -> tuple[StatedTotal, ...]:
        """What the total lines of the whole table state."""
        return tuple(self._held.totals(is_whole=self._is_whole))

    @property
    def _names(self) -> tuple[str, ...]:
        return self.layout.header

    def _add(self, batch: RecordBatch, rows: pl.DataFrame, after: int, before: int | None) -> None:
        written = batch.records
        if after or before is not None:
            between = pl.col(LINE) > after
            between &= pl.lit(value=True) if before is None else pl.col(LINE) < before
            rows, written = rows.filter(between), written.filter(between)
        sums = self._sums(rows)
        if rows.height < written.height:
            self._add_rejected(written.filter(~pl.col(LINE).is_in(rows[LINE].implode())), sums)
        self._held.add(sums, written.height)

    def _sums(self, rows: pl.DataFrame) -> Sums:
        """Sums of the columns of money, by currency."""
        money = [name for name in self._names if self.contract.schema.get(name) == MONEY]
        code = pl.col(self.contract.currency) if self.contract.currency in self._names else _NONE
        wide = [pl.col(name).cast(pl.Decimal(38, 3)).sum() for name in money]
        sums: Sums = Sums(Decimal)
        for currency, *amounts in rows.group_by(code.alias(_CURRENCY)).agg(wide).iter_rows():
            for name, amount in zip(money, amounts, strict=True):
                sums[name, (currency or "").upper()] = amount
        return sums

    def _add_rejected(self, rows: pl.DataFrame, sums: Sums) -> None:
        """Rows that were rejected count with their amounts, where these can be read."""
        for row in rows.to_dicts():
            currency = (row.get(self.contract.currency or "") or "").strip().upper()
            for name, text in row.items():
                if self.contract.schema.get(name) != MONEY or not text:
                    continue
                amount = either_mark_number(text)
                if amount is None:
                    self._held.leave_out(name)
                else:
                    sums[name, currency] += amount

    def _short(self, line: BrokenLine) -> TotalLine | None:
        """A line that ends before the table's last column may still be a total line."""
        fields = split_records(line.text, 1, self.layout.separator, None).records
        if not fields or len(fields[0][1]) >= len(self._names):
            return None
        return total_line(dict(zip(self._names, fields[0][1], strict=False)), line.line)


_CURRENCY = "code of the currency"
_NONE = pl.lit(None, pl.String)


def _without_place(row: dict[str, str | None]) -> dict[str, str | None]:
    return {name: text for name, text in row.items() if name != LINE}
