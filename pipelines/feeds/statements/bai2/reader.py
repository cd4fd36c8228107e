"""BAI2 from records to the canonical model, with its three levels of control totals.

Our own reader rather than the `bai2` package: that one gives up at a continuation that cuts a
field, at a blank total and at blanks behind the slash, all of which banks send.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from pipelines.feeds.parsing.text import numbered_lines, utf8_head
from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from pipelines.feeds.statements.bai2.control_totals import (
    LEVELS,
    AccountTotals,
    Level,
    blanks_of,
    of_trailer,
)
from pipelines.feeds.statements.bai2.entry import availability_text, entry_of
from pipelines.feeds.statements.bai2.fields import (
    BALANCES,
    SummaryAmount,
    direction,
    major_amount,
    summaries,
    transaction,
)
from pipelines.feeds.statements.bai2.records import Record, records_of
from pipelines.feeds.statements.collector import StatementCollector
from pipelines.feeds.statements.model import (
    BalanceLine,
    StatementHead,
    account_identity,
)
from pipelines.feeds.statements.mt940.dates import is_beyond_month, plain_day

_HEADER = re.compile(rb"\s*01,[^,\n]*,[^,\n]*,\d{6}(?:\d\d)?,[\d:]{0,8},[^,\n]*,")
_DELETION, _TEST = "2", "4"
_FINAL = ("2", "4")
_END_OF_DAY = ("", "2400", "9999", "0000")


class Bai2Reader:
    """Walks the records of one file."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self.collector = StatementCollector("BAI2", "2")
        self.levels = {level: Level() for level in LEVELS.values()}
        self.file_id = self.originator = self.day = ""
        self.group_currency = self.currency = ""
        self.in_account = self.ended = False
        self.counts, self.issue = True, [""]
        self.sides = AccountTotals()

    def take(self, record: Record) -> None:
        """Take the next record."""
        for level in self.levels.values():
            level.records += len(record.pieces)
        match record.code:
            case "01":
                self.file_header(record)
            case "02":
                self.group_header(record)
            case "03":
                self.account(record)
            case "16":
                self.transaction(record)
            case code:
                self.trailer(record, LEVELS[code])

    def file_header(self, record: Record) -> None:
        """`01`: who sent the file, when, and its number."""
        items = [*record.fields, *[""] * 8]
        self.file_id, version = items[4], items[7]
        if version and version != "2":
            words = f"the file says it is BAI version {version}; read as version 2"
            self.collector.find("version_unknown", words, f"line {record.row}")

    def group_header(self, record: Record) -> None:
        """`02`: the bank and the day that the group is as of."""
        items = [*record.fields, *[""] * 7]
        self.levels["group"] = Level(records=len(record.pieces))
        self.originator, status, time = items[1], items[2], items[4]
        self.day = self.date_of(items[3], record)
        # A final day is one, at whatever hour it is sent; of a day still running the hour tells.
        ends = items[6] in _FINAL or time in _END_OF_DAY
        self.issue = [self.originator, self.day, "" if ends else time]
        self.counts = status not in (_DELETION, _TEST)
        if status == _TEST:
            self.issue.append("test")
        self.group_currency = items[5].upper()
        if status in (_DELETION, _TEST):
            what = "a deletion" if status == _DELETION else "a test"
            self.collector.find("group_status", f"the group is {what}", f"line {record.row}")

    def date_of(self, text: str, record: Record) -> str:
        """ISO date from YYMMDD, or from YYYYMMDD, which some banks write.

        Raises:
            RefusedError: the group has no day.
        """
        short = text[2:] if len(text) == 8 and text.startswith("20") else text
        if is_beyond_month(short):
            words = f"the day is on no calendar: {text}; taken as the last of its month"
            self.collector.find("day_on_no_calendar", words, f"line {record.row}")
        try:
            return plain_day(short)
        except ValueError:
            raise RefusedError(
                f"The group's as-of date '{text[:20]}' is not YYMMDD",
                place=f"line {record.row}",
                advice="Ask the bank for the file again",
            ) from None

    def account(self, record: Record) -> None:
        """`03`: an account with its balances and totals."""
        if not self.day:
            raise _broken("an account (03) stands before any group (02)", record)
        self.close()
        try:
            number, currency, stated = summaries(record)
        except ValueError as error:
            raise _broken(f"An account record (03) cannot be read: {error}", record) from None
        self.levels["account"] = Level(records=len(record.pieces))
        self.currency = (currency or self.group_currency or "USD").upper()
        if not currency and not self.group_currency:
            words = "neither account nor group names a currency; the standard then means USD"
            self.collector.find("currency_assumed", words, f"line {record.row}")
        identity, scheme = account_identity(number)
        self.collector.begin(
            StatementHead(
                "BAI2",
                "/".join(filter(None, self.issue)),
                identity or None,
                scheme,
                self.currency,
                self.originator or None,
                self.file_id or None,
                self.day,
                self.day,
                row=record.row,
                place=f"line {record.row}",
            )
        )
        self.in_account = True
        self.sides = AccountTotals(self.currency, record.row)
        self.sides.state(stated)
        for summary in stated:
            self.summary(summary, record)

    def summary(self, summary: SummaryAmount, record: Record) -> None:
        """A balance of the account, or a total of some of its movements."""
        amount = self.amount(summary.amount, record)
        place = f"line {record.row}, type {summary.code}"
        if int(summary.code) < 100 and summary.amount.strip() and self.counts:
            kind = BALANCES.get(summary.code, f"BAI2-{summary.code}")
            line = BalanceLine(kind, amount, self.currency, self.day, record.row, place)
            self.collector.balance(line)
        if when := availability_text(summary.funds, self.currency):
            self.collector.find("availability", f"of {amount}: {when}", place)

    def amount(self, text: str, record: Record) -> str:
        """An amount in the account's currency; it counts towards the control totals."""
        try:
            amount = major_amount(text, self.currency)
        except ValueError as error:
            raise _broken(str(error), record) from None
        if text.strip("+-."):
            counted = Decimal(text.replace(".", ""))
            for level in self.levels.values():
                level.amount += counted
        return amount

    def transaction(self, record: Record) -> None:
        """`16`: a movement."""
        if not self.in_account:
            raise _broken("a transaction (16) stands outside any account (03)", record)
        try:
            read = transaction(record)
        except ValueError as error:
            raise _broken(f"A transaction (16) cannot be read: {error}", record) from None
        amount = self.amount(read.amount, record)
        side = direction(read.code)
        if side:
            self.sides.count(side, amount)
        else:
            words = f"type {read.code} is neither credit nor debit; kept as information"
            self.collector.find("type_moves_no_money", words, f"line {record.row}")
        entry = entry_of(read, amount, side, self.collector.head, record.row)
        # What the bank takes back, or only tries, moves no money but replaces what it said before.
        self.collector.entry(entry if self.counts else entry._replace(status="INFO"))

    def trailer(self, record: Record, level: str) -> None:
        """`49`, `98`, `99`: hold the stated sum, members and records against what was read."""
        for _ in range(blanks_of(record)):
            words = f"a total of the {level} ({record.code}) is left blank"
            self.collector.find("control_total_blank", words, f"line {record.row}")
        for total, text in of_trailer(record, self.levels[level]):
            self.collector.hold(total, "control_total", text)
        if level == "account":
            self.close()
            self.levels["group"].members += 1
        elif level == "group":
            self.levels["file"].members += 1
        else:
            self.ended = True

    def close(self) -> None:
        """The account is whole: hold totals of its sides against its movements."""
        if not self.in_account:
            return
        for total in self.sides.totals():
            self.collector.hold(total, "account_total")
        for words, place in self.sides.partial():
            self.collector.find("partial_detail", words, place)
        self.collector.end()
        self.in_account = False


def _broken(what: str, record: Record) -> RefusedError:
    shown = record.pieces[0].text[:60]
    return RefusedError(
        what, place=f"line {record.row}: {record.code},{shown}", advice="Ask the bank for it again"
    )


def read_bai2(source: Source) -> Iterator[Reading]:
    """Read a BAI2 file in parts.

    Raises:
        RefusedError: a record that cannot be read, or no file trailer (99): it is cut off.
    """
    reader = Bai2Reader()
    row = 0
    for record in records_of(numbered_lines(source)):
        row = record.row
        reader.take(record)
        if reader.collector.is_full:
            yield reader.collector.part()
    if not reader.ended:
        raise RefusedError(
            "The file has no trailer (99)",
            place=f"line {row}",
            advice="It is cut off; ask the bank for it again",
        )
    reader.close()
    if not reader.collector.entries and not reader.collector.balances:
        words = "the file is whole and states neither a movement nor a balance: nothing moved"
        reader.collector.find("no_activity", words, f"line {row}")
    yield reader.collector.part()


def recognises_bai2(head: bytes, _name: str) -> bool:
    """Whether a file begins with a BAI2 file header."""
    return bool(_HEADER.match(utf8_head(head)))


BAI2 = Format("bai2", "statements", recognises_bai2, read_bai2)
FORMATS = (BAI2,)
