"""SWIFT statements from fields to the canonical model.

Our own reader rather than the `mt-940` package: that one keeps one set of balances for a file of
many statements, forgets where a line stood, and reads a missing currency as part of the amount.
"""

import re
from collections.abc import Mapping

from pipelines.feeds.reading import Reading, RefusedError
from pipelines.feeds.statements.collector import StatementCollector
from pipelines.feeds.statements.mt940 import balances
from pipelines.feeds.statements.mt940.accounts import own_account
from pipelines.feeds.statements.mt940.confirmation import KINDS, confirmation
from pipelines.feeds.statements.mt940.dates import plain_day
from pipelines.feeds.statements.mt940.details import details_of, non_swift
from pipelines.feeds.statements.mt940.fields import TagField
from pipelines.feeds.statements.mt940.lines import movement
from pipelines.feeds.statements.mt940.message import CLOSINGS, OPENINGS, Statement, entry_of
from pipelines.feeds.statements.mt940.message_types import STATEMENTS, require_statement
from pipelines.feeds.statements.mt940.signs import signed_by_balances

_FLOOR = re.compile(r"([A-Z]{3})([CD]?)([\d,.]+)$")


class Mt940Reader:
    """Walks the fields of one file."""

    def __init__(self, minus_repeats: Mapping[int, bool | None]) -> None:
        """`minus_repeats` is what `minus_repeats_mark` says of the file."""
        self.minus_repeats = minus_repeats
        self.collector = StatementCollector("MT940", "")
        self.confirming: list[TagField] = []
        self.statement: Statement | None = None
        self.message_type = "MT940"
        self.dialects: dict[str, int] = {}
        self.closed = 0
        self.whole = False

    def take(self, field: TagField) -> None:
        """Take the next field."""
        statement = self.statement
        if field.tag == "type" or self.message_type in KINDS:
            self.typed(field)
        elif statement is not None and field.tag == "61":
            self.flush(statement)
            self.line(field, statement)
        elif statement is not None and field.tag == "86":
            self.text(field, statement, statement.details)
        elif field.tag in STATEMENTS:
            self.message_type = f"MT{field.tag}"
        elif field.tag == "20" or self.statement is None:
            self.close()
            reference = field.joined if field.tag == "20" else ""
            self.statement = Statement(reference, field.row, self.message_type)
            self.statement.minus_repeats = self.minus_repeats.get(field.row)
            if field.tag != "20":
                self.put(field, self.statement)
        else:
            self.put(field, self.statement)

    def typed(self, field: TagField) -> None:
        """A header that names the message type, or a field of a confirmation."""
        if field.tag == "type":
            self.confirm()
            self.message_type = require_statement(field)
        else:
            if field.tag == "20":
                self.confirm()
            self.confirming.append(field)

    def confirm(self) -> None:
        """The confirmation that is whole now, if there is one."""
        fields, self.confirming = self.confirming, []
        if not fields:
            return
        self.close()
        head, entry = confirmation(fields, self.message_type)
        self.collector.format = self.message_type
        self.collector.begin(head)
        self.collector.entry(entry)
        self.collector.end()

    def put(self, field: TagField, statement: Statement) -> None:
        """Put a field where it belongs in its statement."""
        match field.tag:
            case "25" | "25P":
                self.account(field, statement)
            case "28" | "28C":
                statement.number = field.joined
            case "21":
                self.related(field, statement)
            case "61":  # the first field of a message without a :20:
                self.line(field, statement)
            case "86":
                self.text(field, statement, statement.details)
            case "NS":
                self.text(field, statement, statement.non_swift)
            case "34F" | "13D" | "13" | "90C" | "90D":
                statement.is_report = True
                self.report(field, statement)
            case tag if tag in balances.KINDS or balances.is_available(tag):
                self.flush(statement)
                self.balance(field, statement)
            case _:
                words = f":{field.tag}: has no place in a statement: {field.joined[:200]}"
                self.collector.find("field_not_used", words, f"line {field.row}")

    def account(self, field: TagField, statement: Statement) -> None:
        """`:25:`: the account."""
        if statement.account is not None:
            self.collector.find(
                "account_repeated",
                f"another :25: is passed over: {field.joined[:200]}",
                f"line {field.row}",
            )
            return
        account, scheme, servicer, currency = own_account(field.joined)
        statement.account, statement.scheme = account, scheme
        statement.servicer, statement.currency = servicer, currency

    def line(self, field: TagField, statement: Statement) -> None:
        """`:61:` is a movement; its `:86:` follows."""
        if statement.states(CLOSINGS):
            self.collector.find(
                "entry_after_closing",
                "a movement stands behind the closing balance",
                f"line {field.row}",
            )
        try:
            read = movement("\n".join(field.lines))
        except ValueError as error:
            raise RefusedError(
                f"A :61: line cannot be read: {error}",
                place=f"line {field.row}: {field.lines[0][:60]}",
                advice="The file may be cut off or changed; ask the bank for it again",
            ) from None
        self.moved_day(read.moved_days, field.row)
        if read.has_minus:
            read, words = signed_by_balances(read, repeats=statement.minus_repeats)
            self.collector.find("minus_behind_mark", words, f"line {field.row}")
        statement.movement = read, field.row

    def moved_day(self, days: str, row: int) -> None:
        """Say that a day is on no calendar."""
        if days:
            words = f"the day is on no calendar: {days}; taken as the last of its month"
            self.collector.find("day_on_no_calendar", words, f"line {row}")

    def related(self, field: TagField, statement: Statement) -> None:
        """`:21:` names the request or message that the statement answers, if any."""
        if field.joined not in ("", "NONREF", statement.reference):
            words = f":21: relates the statement to {field.joined[:200]}, which is not used"
            self.collector.find("field_not_used", words, f"line {field.row}")

    def balance(self, field: TagField, statement: Statement) -> None:
        """`:60a:` to `:65:` are balances; one that proves nothing may be odd."""
        try:
            read = balances.stated(field)
        except RefusedError:
            if not balances.is_available(field.tag):
                raise
            words = f"the available balance cannot be read: {field.joined[:60]}"
            self.collector.find("balance_not_read", words, f"line {field.row}")
            return
        line = balances.line_of(field, read, statement.currency)
        self.moved_day(read.moved_day, field.row)
        for finding in balances.oddities(field, read, line.currency):
            self.collector.find(finding.code, finding.message, finding.place)
        if not balances.is_available(field.tag):
            statement.currency = line.currency
        statement.balances.append((field.tag, line))

    def text(self, field: TagField, statement: Statement, into: list[str]) -> None:
        """`:86:` and `:NS:` belong to the movement before them, otherwise to the statement."""
        if statement.movement is None:
            written = " ".join(" ".join(field.lines).split())
            if written:
                self.collector.find("statement_information", written[:2000], f"line {field.row}")
        else:
            into.extend(field.lines)

    def report(self, field: TagField, statement: Statement) -> None:
        """Fields of MT942: floor limit, time of the report, number and sum of its entries."""
        value = field.joined
        if field.tag.startswith("90"):
            stated = statement.sums.state(field.tag, value, field.row)
            statement.currency = statement.currency or stated
        elif field.tag == "34F" and (match := _FLOOR.match(value)):
            statement.currency = match[1]
        elif field.tag.startswith("13") and value[:6].isdecimal():
            statement.day = plain_day(value[:6])

    def flush(self, statement: Statement) -> None:
        """Hand the movement that is complete now to the collector."""
        if statement.movement is None:
            return
        self.begin(statement)
        read, row = statement.movement
        details = (
            non_swift(statement.non_swift) if statement.non_swift else details_of(statement.details)
        )
        if statement.details or statement.non_swift:
            self.dialects[details.dialect] = self.dialects.get(details.dialect, 0) + 1
        statement.sums.count(read.direction, read.amount)
        self.collector.entry(entry_of(read, details, statement, row))
        statement.movement, statement.details, statement.non_swift = None, [], []

    def begin(self, statement: Statement) -> None:
        """Make the statement known, once."""
        if not statement.begun:
            statement.begun = True
            self.collector.begin(statement.head())

    def close(self, *, last: bool = False, cut: bool = False) -> None:
        """The message is whole: hand over what came late and have it proved.

        Raises:
            RefusedError: no account; or the file ends before the closing balance of its last
                statement without its end mark, within a line or though the others have theirs.
        """
        statement, self.statement = self.statement, None
        if statement is None:
            return
        self.flush(statement)
        statement.require_account()
        self.begin(statement)
        if statement.states(OPENINGS) and not statement.states(CLOSINGS):
            if last and not self.whole and (cut or self.closed):
                raise RefusedError(
                    "The file ends before the closing balance (:62F:) of its last statement",
                    place=f"line {statement.row}",
                    advice="It is cut off; ask the bank for it again",
                )
            words = "the statement has no closing balance (:62F:); it may be incomplete"
            self.collector.find("closing_balance_missing", words, f"line {statement.row}")
        self.closed += statement.states(CLOSINGS)
        head = statement.head()
        self.collector.revise(
            message_type=head.message_type,
            statement_id=head.statement_id,
            account_currency=head.account_currency,
            from_date=head.from_date,
            to_date=head.to_date,
        )
        for _, line in statement.balances:
            self.collector.balance(line)
        for total, text in statement.sums.totals(head.account_currency):
            self.collector.hold(total, "control_sum", text)
        self.collector.format = head.message_type
        self.collector.end()

    def part(self) -> Reading:
        """What has been read since the last part, under the dialect met most."""
        if self.dialects:
            self.collector.dialect = max(self.dialects, key=lambda name: self.dialects[name])
        self.collector.version = self.collector.dialect
        return self.collector.part()
