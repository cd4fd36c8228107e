"""Statements as tables: CSV and Excel downloads, read by a column profile.

A table that no profile fits is refused with a profile proposed for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from pipelines.feeds.contract_tables.csv import nearest
from pipelines.feeds.parsing.numbers import OtherMarkError
from pipelines.feeds.parsing.total_lines import is_total
from pipelines.feeds.parsing.workbook_sheets import is_workbook
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source, StatedTotal
from pipelines.feeds.settlements.tabular.propose import looks_settled
from pipelines.feeds.statements.collector import StatementCollector
from pipelines.feeds.statements.identity import ContentMark, download_identity
from pipelines.feeds.statements.model import (
    PLAIN_AMOUNT,
    StatementHead,
    account_identity,
)
from pipelines.feeds.statements.tabular.accounts import AccountRows, SkippedRows, balances
from pipelines.feeds.statements.tabular.balance_rows import balance_row_kind
from pipelines.feeds.statements.tabular.evidence import headless, without_heading
from pipelines.feeds.statements.tabular.layout import (
    HEADING_WITHIN,
    TableLayout,
    layout_of,
)
from pipelines.feeds.statements.tabular.profile import StatementProfile, shipped_profiles
from pipelines.feeds.statements.tabular.propose import guess, proposal
from pipelines.feeds.statements.tabular.sheet import MOST_ROWS, Row, head_rows, tables_of
from pipelines.feeds.table_profiles import format_by_profiles

_MOVEMENT = ("booking_date", "amount", "debit", "credit")
_LACKING = 2
"""Required columns that a table of ours may lack and still be taken for one that was misnamed."""


def _accounts(
    layout: TableLayout, rows: Iterator[Row], skipped: SkippedRows
) -> dict[str, AccountRows]:
    skipped.clear()
    accounts: dict[str, AccountRows] = {}
    for count, (number, row) in enumerate(rows):
        if not any(row):
            continue
        if count > MOST_ROWS:
            raise RefusedError(f"The table has more than {MOST_ROWS:,} rows", advice="Split it")
        if row == layout.heading or not any(layout.text(row, name) for name in _MOVEMENT):
            skipped.remarks.append(_no_movement(row, number))
            continue
        if layout.is_undated(row) and is_total(layout.words(row)):
            skipped.remarks.append(_no_movement(row, number))
            skipped.totals.append((layout.amount(row), number))
            continue
        name = layout.text(row, "account_id") or layout.account or ""
        account = accounts.setdefault(name, AccountRows())
        account.servicer = layout.text(row, "servicer") or account.servicer
        entry = layout.entry(row, number)
        if kind := balance_row_kind(layout.words(row)):
            account.balance_rows.setdefault(
                kind, entry
            ) if kind == "opening" else account.balance_rows.update({kind: entry})
            skipped.remarks.append(_balance_row(row, number, kind))
            continue
        account.currency = (
            layout.text(row, "account_currency") or account.currency or entry.currency
        )
        account.entries.append(entry)
        if entry.status == "BOOK":
            account.after.append(layout.number(layout.text(row, "balance")) or None)
    return accounts


def _no_movement(row: Sequence[str], number: int) -> Finding:
    text = " ".join(cell for cell in row if cell)[:500]
    return Finding("row_without_movement", f"no movement, passed over: {text}", f"row {number}")


def _balance_row(row: Sequence[str], number: int, kind: str) -> Finding:
    what = "turnover" if kind == "turnover" else f"{kind} balance"
    text = " ".join(cell for cell in row if cell)[:500]
    return Finding("balance_row", f"tells the {what}, moves no money: {text}", f"row {number}")


def read_statement_table(source: Source, known: Sequence[StatementProfile]) -> Iterator[Reading]:
    """Read every table of movements that a profile fits: one statement for each account in it.

    Of a workbook each sheet is looked at; one that no profile fits is said to be left out.

    Raises:
        RefusedError: no profile fits (with a proposal), no account, no row, or too many.
    """
    tables = tables_of(source)
    heads = {name: [row for _, row in islice(rows(), HEADING_WITHIN)] for name, rows in tables}
    fitting = {name: layout_of(rows, known) for name, rows in heads.items()}
    if not any(fitting.values()):
        raise _no_profile(list(heads.values()), source.name)
    collector = StatementCollector("CSV", "")
    for name, rows in tables:
        fitted = fitting[name]
        if fitted is None:
            words = f"no column profile fits the sheet {name}; it is not read"
            collector.find("sheet_not_read", words, f"sheet {name}")
            continue
        index, layout = fitted
        collector.version = collector.dialect = layout.profile.name
        skipped = SkippedRows()
        accounts = _read_accounts(rows, index, layout, skipped)
        sheet = name if len(tables) > 1 else ""
        for remark in skipped.remarks:
            collector.find(remark.code, remark.message, _in_sheet(remark.place, sheet))
        for text, row in skipped.totals if "amount" in layout.at else ():
            collector.hold(
                _total(text, accounts, _in_sheet(f"row {row}", sheet)), "total_line", text
            )
        for account_id, account in accounts.items():
            yield from _statement(collector, account_id, account, sheet)
    collector.require_content()
    yield collector.part()


def _total(text: str, accounts: Mapping[str, AccountRows], place: str) -> StatedTotal:
    """The total line of a table, held against the amounts above it that can be read."""
    amounts = [entry.amount for account in accounts.values() for entry in account.entries]
    summed = sum(
        (Decimal(amount) for amount in amounts if PLAIN_AMOUNT.fullmatch(amount)), Decimal(0)
    )
    stated = Decimal(text) if PLAIN_AMOUNT.fullmatch(text) else None
    return StatedTotal("total line of a table", stated, summed, place)


def _in_sheet(place: str, sheet: str) -> str:
    return f"sheet {sheet}, {place}".removesuffix(", ") if sheet else place


def _read_accounts(
    rows: Callable[[], Iterator[Row]],
    heading: int,
    layout: TableLayout,
    skipped: SkippedRows,
) -> dict[str, AccountRows]:
    try:
        return _accounts(layout, islice(rows(), heading + 1, None), skipped)
    except OtherMarkError as odd:
        accounts = _with_other_mark(rows, heading, layout, str(odd), skipped)
        words = "the numbers have the other decimal mark than the profile says; read with theirs"
        skipped.remarks.insert(0, Finding("decimal_mark", f"{words} ('{odd}')"))
        return accounts


def _with_other_mark(
    rows: Callable[[], Iterator[Row]],
    heading: int,
    layout: TableLayout,
    number: str,
    skipped: SkippedRows,
) -> dict[str, AccountRows]:
    mark = "." if layout.profile.decimal_mark == "," else ","
    with_other_mark = replace(layout, profile=replace(layout.profile, decimal_mark=mark))
    try:
        return _accounts(with_other_mark, islice(rows(), heading + 1, None), skipped)
    except OtherMarkError as other:
        raise RefusedError(
            f"The numbers '{number}' and '{other}' have different decimal marks",
            advice="Ask the bank for the table in one format",
        ) from None


def _statement(
    collector: StatementCollector, name: str, account: AccountRows, sheet: str
) -> Iterator[Reading]:
    lines = account.entries or list(account.balance_rows.values())
    row = lines[0].row
    place = _in_sheet(f"row {row}", sheet)
    if not name:
        raise RefusedError(
            "A movement names no account, nor does the text above the table",
            place=place,
            advice="State it in the profile",
        )
    identity, scheme = account_identity(name)
    days = sorted(filter(None, (entry.booking_date for entry in lines))) or [""]
    period = f"{days[0]}/{days[-1]}"
    collector.begin(
        StatementHead(
            "CSV",
            download_identity(period, _mark_of(account)),
            identity,
            scheme,
            account.currency,
            account.servicer,
            stated_id=period,
            from_date=days[0] or None,
            to_date=days[-1] or None,
            row=row,
            place=place,
        )
    )
    for line in balances(account):
        collector.balance(replace(line, place=_in_sheet(line.place, sheet)))
    for entry in account.entries:
        collector.entry(entry._replace(place=_in_sheet(entry.place, sheet)))
        if collector.is_full:
            yield collector.part()
    collector.end()


def _mark_of(account: AccountRows) -> ContentMark:
    """A mark of what the rows say, wherever they stand."""
    mark = ContentMark()
    for entry in account.entries:
        mark.add(repr(entry._replace(row=0, place="")))
    return mark


def _no_profile(tables: Sequence[Sequence[Sequence[str]]], name: str) -> RefusedError:
    proposed = next(filter(None, (proposal(rows, name) for rows in tables)), None)
    if proposed is None and any(without_heading(rows) for rows in tables):
        return headless(name)
    if proposed is None:
        return RefusedError(
            f"{name} is a table, but none that is read here: no heading of a bank statement stands "
            "above days and amounts",
            advice="`countinghouse init` proposes a profile for bank movements and for postings",
        )
    return RefusedError(
        f"No column profile fits the table {name}",
        advice=f"`countinghouse init` saves this proposal; look it through:\n{proposed}",
    )


def recognises_statement_table(head: bytes, _name: str, known: Sequence[StatementProfile]) -> bool:
    """Whether a file is a table that a known profile fits, or one that shows movements."""
    if is_workbook(head):
        return True
    rows = head_rows(head)
    if not rows:
        return False
    if layout_of(rows, known) is not None:
        return True
    near = nearest(head)
    shows = (near is None or len(near[1]) > _LACKING) and guess(rows) is not None
    return shows and not looks_settled(head)


def statement_tables(saved: Sequence[StatementProfile] = ()) -> Format:
    """The format of tables of movements, by the profiles saved beside a lake and those that ship.

    A saved profile is tried first: whoever saved it knows the file.
    """
    known = (*saved, *shipped_profiles())
    return format_by_profiles(
        "statement_csv", "statements", known, recognises_statement_table, read_statement_table
    )


STATEMENT_CSV = statement_tables()
FORMATS = (STATEMENT_CSV,)
