"""Total lines under settlement reports: taken out of the lines, held against all of them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import polars as pl

from pipelines.feeds.parsing.delimited import LINE, RecordBatch
from pipelines.feeds.parsing.numbers import plain_number, without_currency_sign
from pipelines.feeds.parsing.total_lines import Sums, TotalLine, TotalLineCheck, total_line
from pipelines.feeds.reading import StatedTotal
from pipelines.feeds.settlements.rows import exact, stripped
from pipelines.feeds.settlements.tabular.heading import Heading
from pipelines.feeds.settlements.tabular.notation import MONEY_COLUMNS
from pipelines.feeds.settlements.tabular.profile import heading_key


def without_total_lines(batch: RecordBatch, report: Heading) -> tuple[RecordBatch, list[TotalLine]]:
    """The block without rows that lack a required column and state a total."""
    names = {report.names[column] for column in report.profile.required}
    given = stripped(batch)
    lacking = given.filter(pl.any_horizontal(pl.col(sorted(names)).is_null()))
    lines = [
        line
        for row in lacking.to_dicts()
        if (line := total_line({k: v for k, v in row.items() if k != LINE}, row[LINE]))
    ]
    if not lines:
        return batch, []
    kept = ~pl.col(LINE).is_in([line.row for line in lines])
    return replace(batch, records=batch.records.filter(kept)), lines


def totals_of_lines(
    report: Heading, given: Sequence[RecordBatch], lines: Sequence[TotalLine], mark: str
) -> tuple[StatedTotal, ...]:
    """What total lines state, as the report writes its amounts, held against all its lines."""
    if not lines:
        return ()
    held = TotalLineCheck()
    for batch in given:
        _add(held, report, batch, mark)
    for line in lines:
        cells = {
            name: plain_number(without_currency_sign(pl.Series([text], dtype=pl.String)), mark)[0]
            or text
            for name, text in line.cells.items()
        }
        held.meet(replace(line, cells=cells))
    return tuple(held.totals(is_whole=not any(batch.broken for batch in given)))


def _add(held: TotalLineCheck, report: Heading, batch: RecordBatch, mark: str) -> None:
    records = stripped(batch)
    money = {report.names[column] for column in MONEY_COLUMNS if column in report.names}
    money |= {name for name in records.columns if heading_key(name) in report.profile.fees}
    code = report.names.get("net_currency")
    currency = records[code] if code else pl.Series([None] * records.height, dtype=pl.String)
    sums = Sums(Decimal)
    for name in sorted(money):
        amounts = exact(plain_number(without_currency_sign(records[name]), mark))
        if amounts.null_count() > records[name].null_count():
            held.leave_out(name)
        pairs = pl.DataFrame({"currency": currency, "amount": amounts})
        for each, amount in pairs.group_by("currency").agg(pl.col("amount").sum()).iter_rows():
            sums[name, (each or "").upper()] += amount
    held.add(sums, records.height)
