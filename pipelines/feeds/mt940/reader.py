"""SWIFT statements from fields to the canonical model.

Our own reader rather than the `mt-940` package: that one keeps one set of balances for a file of
many statements, forgets where a line stood, and reads a missing currency as part of the amount.
"""

import re
from collections.abc import Iterator
from io import SEEK_END

from pipelines.feeds.mt940.details import details_of, non_swift
from pipelines.feeds.mt940.fields import Field, fields_of
from pipelines.feeds.mt940.lines import balance, movement, plain_amount, plain_day
from pipelines.feeds.mt940.message import CLOSINGS, OPENINGS, Statement, entry_of
from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from pipelines.feeds.statement import BalanceLine, account_identity
from pipelines.feeds.statement_parts import StatementCollector
from pipelines.feeds.text_lines import numbered_lines

_BALANCES = {
    "60F": "OPBD",
    "60": "OPBD",
    "60M": "ITBD",
    "62F": "CLBD",
    "62": "CLBD",
    "62M": "ITBD",
    "64": "CLAV",
    "65": "FWAV",
}
_ACCOUNT = re.compile(r"(?:([A-Z0-9]{5,11})/(?=.*\d))?(.+?)(?:(?<=\d)[ /]?([A-Z]{3}))?$")
_FLOOR = re.compile(r"([A-Z]{3})([CD]?)([\d,.]+)$")
_SUM = re.compile(r"(\d{1,5})([A-Z]{3})([\d,.]+)$")
_END = re.compile(rb"(?:^|[\r\n])-[A-Z]*(?:\}(?:\{5:.*\})?)?$")
_TAGGED = re.compile(rb"(?m)^[\x01\s]*:(?:20|25|28C?|60[FM]?|61|62[FM]?|64|86|NS|34F|13D):")


class Reader:
    """Walks the fields of one file."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self.collector = StatementCollector("MT940", "")
        self.statement: Statement | None = None
        self.message_type = "MT940"
        self.dialects: dict[str, int] = {}
        self.closed = 0
        self.whole = False

    def take(self, field: Field) -> None:
        """Take the next field."""
        statement = self.statement
        if statement is not None and field.tag == "61":
            self.flush(statement)
            self.line(field, statement)
        elif statement is not None and field.tag == "86":
            self.text(field, statement, statement.details)
        elif field.tag in ("type", "940", "941", "942", "950"):
            self.message_type = f"MT{field.lines[0] if field.tag == 'type' else field.tag}"
        elif field.tag == "20" or self.statement is None:
            self.close()
            reference = field.joined if field.tag == "20" else ""
            self.statement = Statement(reference, field.row, self.message_type)
            if field.tag != "20":
                self.put(field, self.statement)
        else:
            self.put(field, self.statement)

    def put(self, field: Field, statement: Statement) -> None:
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
                statement.message_type = "MT942"
                self.report(field, statement)
            case "64" | "65" | "64F" | "65F":
                self.flush(statement)
                self.available(field, statement)
            case tag if tag in _BALANCES:
                self.flush(statement)
                self.balance(field, statement)
            case _:
                words = f":{field.tag}: has no place in a statement: {field.joined[:200]}"
                self.collector.find("field_not_used", words, f"line {field.row}")

    def account(self, field: Field, statement: Statement) -> None:
        """`:25:`: the account, often behind the bank's code and before its currency."""
        if statement.account is not None:
            self.collector.find(
                "account_repeated",
                f"another :25: is passed over: {field.joined[:200]}",
                f"line {field.row}",
            )
            return
        text = field.joined.lstrip("/")
        whole, scheme = account_identity(text.split("/")[0])
        if scheme == "IBAN":
            statement.account, statement.scheme = whole, scheme
            return
        match = _ACCOUNT.match(text)
        servicer, number, currency = match.groups() if match else (None, text, None)
        statement.account, statement.scheme = account_identity(number)
        statement.servicer, statement.currency = servicer, currency

    def line(self, field: Field, statement: Statement) -> None:
        """`:61:` is a movement; its `:86:` follows."""
        if statement.states(CLOSINGS):
            self.collector.find(
                "entry_after_closing",
                "a movement stands behind the closing balance",
                f"line {field.row}",
            )
        try:
            statement.movement = movement("\n".join(field.lines)), field.row
        except ValueError as error:
            raise RefusedError(
                f"A :61: line cannot be read: {error}",
                place=f"line {field.row}: {field.lines[0][:60]}",
                advice="The file may be cut off or changed; ask the bank for it again",
            ) from None

    def related(self, field: Field, statement: Statement) -> None:
        """`:21:` names the request or message that the statement answers, if any."""
        if field.joined not in ("", "NONREF", statement.reference):
            words = f":21: relates the statement to {field.joined[:200]}, which is not used"
            self.collector.find("field_not_used", words, f"line {field.row}")

    def available(self, field: Field, statement: Statement) -> None:
        """`:64:` and `:65:`: nothing is proved by them, so that one may be odd."""
        try:
            balance(field.joined)
        except ValueError:
            words = f"the available balance cannot be read: {field.joined[:60]}"
            self.collector.find("balance_not_read", words, f"line {field.row}")
        else:
            self.balance(field, statement)

    def balance(self, field: Field, statement: Statement) -> None:
        """`:60a:` to `:65:` are balances."""
        try:
            read = balance(field.joined)
        except ValueError as error:
            raise RefusedError(
                f"The balance :{field.tag}: cannot be read: {error}",
                place=f"line {field.row}: {field.joined[:60]}",
                advice="The file may be cut off or changed; ask the bank for it again",
            ) from None
        currency = read.currency or statement.currency
        if read.currency is None:
            self.collector.find(
                "balance_currency_missing",
                f":{field.tag}: names no currency; taken as {currency or 'unknown'}",
                f"line {field.row}",
            )
        kind, place = _BALANCES[field.tag[:2]], f"line {field.row}"
        if kind not in ("CLAV", "FWAV"):
            kind, statement.currency = _BALANCES[field.tag], currency
        line = BalanceLine(kind, read.amount, currency, read.day, field.row, place)
        statement.balances.append((field.tag, line))

    def text(self, field: Field, statement: Statement, into: list[str]) -> None:
        """`:86:` and `:NS:` belong to the movement before them, otherwise to the statement."""
        if statement.movement is None:
            said = " ".join(" ".join(field.lines).split())
            if said:
                self.collector.find("statement_information", said[:2000], f"line {field.row}")
        else:
            into.extend(field.lines)

    def report(self, field: Field, statement: Statement) -> None:
        """Fields of MT942: floor limit, time of the report, number and sum of its entries."""
        value = field.joined
        if field.tag.startswith("90") and (match := _SUM.match(value)):
            statement.stated_sums[field.tag[-1]] = int(match[1]), plain_amount(match[3])
            statement.currency = statement.currency or match[2]
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
        said = (
            non_swift(statement.non_swift) if statement.non_swift else details_of(statement.details)
        )
        if statement.details or statement.non_swift:
            self.dialects[said.dialect] = self.dialects.get(said.dialect, 0) + 1
        statement.count(read)
        self.collector.entry(entry_of(read, said, statement, row))
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
            account_currency=head.account_currency, from_date=head.from_date, to_date=head.to_date
        )
        for _, line in statement.balances:
            self.collector.balance(line)
        for finding in statement.control():
            self.collector.find(finding.code, finding.message, finding.place)
        self.collector.format = statement.message_type
        self.collector.end()

    def part(self) -> Reading:
        """What has been read since the last part, under the dialect met most."""
        if self.dialects:
            self.collector.dialect = max(self.dialects, key=lambda name: self.dialects[name])
        self.collector.version = self.collector.dialect
        return self.collector.part()


def read_mt940(source: Source) -> Iterator[Reading]:
    """Read MT940, MT942 or MT950 messages in parts.

    Raises:
        RefusedError: a field that cannot be read, no account, or a file that is cut off.
    """
    reader = Reader()
    for field in fields_of(numbered_lines(source)):
        reader.take(field)
        if reader.collector.is_full:
            yield reader.part()
    if reader.statement is None and not reader.collector.statements:
        raise RefusedError(
            "The file has no field of a SWIFT statement", advice="Ask the bank for it again"
        )
    tail = _tail(source)
    reader.whole = bool(_END.search(tail.rstrip(b"\r\n \x00\x03")))
    reader.close(last=True, cut=not tail.endswith((b"\n", b"\r")))
    reader.collector.require_content()
    yield reader.part()


def _tail(source: Source) -> bytes:
    with source.open() as stream:
        stream.seek(max(0, stream.seek(0, SEEK_END) - 200))
        return stream.read()


def recognises_mt940(head: bytes, _name: str) -> bool:
    """Whether a file holds a field of a SWIFT statement at the start of a line."""
    plain = head.replace(b"\x00", b"").replace(b"\r", b"\n")
    return not plain.lstrip().startswith(b"<") and bool(_TAGGED.search(plain))


MT940 = Format("mt940", "statements", recognises_mt940, read_mt940)
FORMATS = (MT940,)
