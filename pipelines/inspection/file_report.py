"""What a file says, without a lake: its readings, or a short report for people."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.feeds.reading import Finding, Format, Reading, Source
from pipelines.feeds.statements.canonical_json import money, statement_objects
from pipelines.feeds.statements.continuity import (
    StatementSummary,
    continuity_findings,
    is_report_of_the_day,
)
from pipelines.feeds.statements.model import BalanceVerdict, StatementReading
from pipelines.inspection.sources import sources_in


@dataclass(slots=True)
class FileReport:
    """One file: who read it, in which version and dialect, what came out, what was odd.

    `rows` counts rows by table; `sums` adds up entry amounts by currency, money in and out apart.
    """

    file: str
    reader: str
    format: str = ""
    version: str = ""
    dialect: str = ""
    statements: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    sums: dict[str, tuple[str, str]] = field(default_factory=dict)
    rejected_rows: list[str] = field(default_factory=list)
    totals_held: int = 0
    totals_false: int = 0
    verdicts: list[BalanceVerdict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    statement_summaries: dict[tuple[str | None, str | None], StatementSummary] = field(
        default_factory=dict
    )

    @property
    def has_nothing(self) -> bool:
        """Whether all that the file holds was rejected; a balance alone is no movement."""
        taken = sum(count for name, count in self.rows.items() if name != "statement_balances")
        return bool(self.rejected_rows) and not taken


def _rejected_row(row: Mapping[str, Any]) -> str:
    place = row["source_path"] or f"row {row['source_row']}"
    return f"  turned away at {place}: {row['reason']}"


def has_nothing(objects: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all that a file holds was rejected, by its JSON objects."""
    taken = [rows for item in objects for rows in (*item.get("tables", {}).values(),)]
    taken += [item.get("entries", []) for item in objects]
    rejected = [item.get("rejected", []) for item in objects]
    rejected += [
        [finding for finding in item["findings"] if finding["code"] == "row_rejected"]
        for item in objects
    ]
    return any(rejected) and not any(taken)


def recognised(source: Source, formats: Sequence[Format]) -> Format:
    """The first format that knows the file.

    Raises:
        RefusedError: none does.
    """
    head = source.head()
    for known in formats:
        if known.knows(head, source.name):
            return known
    from pipelines.feeds.unknown import refusal

    raise refusal(head, source.name)


def read_file(path: Path, formats: Sequence[Format]) -> Iterator[dict[str, Any]]:
    """JSON objects of a file, or of each file in a zip container: what `read --json` prints.

    Statements give one object each (see `canonical_json`); files of other feeds one object with
    their tables' rows.

    Raises:
        RefusedError: the file, or one in the container, cannot be taken; nothing after it is read.
    """
    with sources_in(path) as sources:
        for source in sources:
            known = recognised(source, formats)
            if known.feed == "statements":
                yield from statement_objects(source, known.read(source))
            else:
                yield from _tables(source, known)


def _tables(source: Source, known: Format) -> Iterator[dict[str, Any]]:
    for reading in known.read(source):
        yield {
            "source": {
                "file": source.name,
                "format": reading.format,
                "version": reading.version,
            },
            "feed": known.feed,
            "tables": {name: _rows(frame) for name, frame in reading.tables.items()},
            "rejected": _rows(reading.rejected),
            "findings": [
                {"code": item.code, "message": item.message, "place": item.place}
                for item in reading.findings
            ],
        }


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in frame.to_dicts()]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money(value) if value == value.quantize(Decimal("0.001")) else f"{value:f}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def reports(path: Path, formats: Sequence[Format]) -> Iterator[FileReport]:
    """A report for a file, or for each file in a zip container.

    Raises:
        RefusedError: as `read_file`.
    """
    with sources_in(path) as sources:
        for source in sources:
            known = recognised(source, formats)
            report = FileReport(source.name, known.name)
            for reading in known.read(source):
                _add(report, reading)
            yield report


def _add(report: FileReport, reading: Reading) -> None:
    report.format, report.version = reading.format, reading.version
    report.findings.extend(reading.findings)
    report.rejected_rows += [_rejected_row(row) for row in reading.rejected.iter_rows(named=True)]
    report.totals_held += sum(total.holds for total in reading.totals)
    report.totals_false += sum(not total.holds for total in reading.totals)
    report.rows.update({name: frame.height for name, frame in reading.tables.items()})
    if isinstance(reading, StatementReading):
        report.dialect = reading.dialect
        report.statements += len(reading.verdicts)
        report.verdicts.extend(reading.verdicts)
        _add_up(report.sums, reading.tables["statement_entries"])
        if not is_report_of_the_day(reading.format):
            _summarise(report, reading)


_BOOKED = (pl.col("status") == "BOOK") & (pl.col("detail_index") == 0)


def _summarise(report: FileReport, reading: StatementReading) -> None:
    """Remember of each statement what the chain of several files needs."""
    for head in reading.heads:
        key = (head.account_id, head.statement_id)
        summary = report.statement_summaries.setdefault(
            key,
            StatementSummary(
                report.file, head.account_id or "", head.stated_id or head.statement_id or ""
            ),
        )
        summary.sequence, summary.day = head.sequence or "", (head.to_date or "")[:10]
        summary.currency = summary.currency or head.account_currency or ""
    counted = reading.tables["statement_entries"].filter(_BOOKED)
    for *names, entries, first, last in (
        counted.group_by("account_id", "statement_id")
        .agg(pl.len(), pl.col("booking_date").min(), pl.col("booking_date").max().alias("last"))
        .iter_rows()
    ):
        summary = report.statement_summaries[names[0], names[1]]
        summary.entries += entries
        summary.first = min(filter(None, (summary.first, str(first))))
        summary.last = max(summary.last, str(last))
        summary.day = summary.day or summary.last
    for verdict in reading.verdicts:
        summary = report.statement_summaries[verdict.account_id, verdict.statement_id]
        summary.currency = verdict.currency or summary.currency
        if verdict.opening is not None and verdict.closing is not None:
            summary.opening, summary.closing = Decimal(verdict.opening), Decimal(verdict.closing)
            summary.movements = Decimal(verdict.movements or 0)


def chain_lines(reports_: Sequence[FileReport]) -> list[str]:
    """What several statements, of one file or of many, say about each other, as plain text."""
    statements = [
        statement for report in reports_ for statement in report.statement_summaries.values()
    ]
    findings = [finding for _, finding in continuity_findings(statements)]
    if len(statements) < 2:
        return []
    lines = [f"  {item.code} at {item.place}: {item.message}" for item in findings]
    return [
        f"{len(statements):,} statements held against each other: {len(findings):,} findings",
        *lines,
    ]


def _add_up(sums: dict[str, tuple[str, str]], entries: pl.DataFrame) -> None:
    booked = entries.filter(_BOOKED)
    amount = pl.col("entry_amount").cast(pl.Decimal(38, 3))
    grouped = booked.group_by("currency").agg(
        amount.filter(amount > 0).sum().alias("credits"),
        amount.filter(amount < 0).sum().alias("debits"),
    )
    for currency, credits_, debits in grouped.sort("currency").iter_rows():
        before = sums.get(currency or "?", ("0", "0"))
        sums[currency or "?"] = (
            money(Decimal(before[0]) + credits_) or "0",
            money(Decimal(before[1]) + debits) or "0",
        )


def report_lines(report: FileReport) -> list[str]:
    """The report as lines of plain text."""
    dialect = f" ({report.dialect})" if report.dialect not in ("", report.version) else ""
    return [
        f"{report.file}: read as {report.format} {report.version}".rstrip() + dialect,
        *_counts(report),
        *(f"  {currency}: in {sums[0]}, out {sums[1]}" for currency, sums in report.sums.items()),
        *_balance_lines(report.verdicts),
        *_total_lines(report),
        *report.rejected_rows,
        *(
            f"  {item.code} at {item.place or 'the file'}: {item.message}"
            for item in report.findings
        ),
    ]


def _counts(report: FileReport) -> list[str]:
    tables = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in report.rows.items())
    statements = f"{report.statements:,} statements; " if report.statements else ""
    rejected_count = len(report.rejected_rows)
    rejected = f"; {rejected_count:,} rows turned away" if rejected_count else ""
    return [f"  {statements}{tables}{rejected}"]


def _total_lines(report: FileReport) -> list[str]:
    counts = [
        f"{count:,} {words}"
        for count, words in ((report.totals_held, "hold"), (report.totals_false, "do not"))
        if count
    ]
    return [f"  totals that the file states: {', '.join(counts)}"] if counts else []


def _balance_lines(verdicts: Sequence[BalanceVerdict]) -> list[str]:
    outcomes: Mapping[str, int] = Counter(verdict.outcome for verdict in verdicts)
    if not outcomes:
        return []
    words = {"holds": "add up", "differs": "differ", "not_stated": "are not stated in pairs"}
    counts = [f"{outcomes[key]:,} {word}" for key, word in words.items() if key in outcomes]
    return [f"  balances of statements: {', '.join(counts)}"]
