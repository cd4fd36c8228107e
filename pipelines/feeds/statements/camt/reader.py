"""ISO 20022 cash management: camt.052 reports, camt.053 statements, camt.054 notifications.

Streamed with lxml, which is safe, bounded and fast; one entry at a time is in memory as a tree.
Versions 001.01 to 001.13 differ in names, not in kind, and are read by the same code.
"""

import re
from collections.abc import Iterator

from lxml import etree

from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from pipelines.feeds.statements.camt.entry_texts import apart, texts_of_all
from pipelines.feeds.statements.camt.fields import DETAIL_FIELDS, ENTRY_FIELDS
from pipelines.feeds.statements.camt.header import (
    HEAD_PARTS,
    balance_of,
    head_of,
    identity_of,
    information_of,
    page_of_record,
    states_no_entries,
)
from pipelines.feeds.statements.camt.rows import movements
from pipelines.feeds.statements.camt.shapes import Row, Shapes, UnbalancedError
from pipelines.feeds.statements.camt.totals import OF_DETAILS, EntriesRead, of_summary
from pipelines.feeds.statements.collector import PART_ROWS, StatementCollector
from pipelines.feeds.statements.identity import Page
from pipelines.feeds.xml.stream import ElementStream, forget, line_of, local_name

_MESSAGES = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
_ROOTS = (*_MESSAGES, *(f"{name}V01" for name in _MESSAGES))
_RECORDS = ("Stmt", "Rpt", "Ntfctn")
_ROOT = re.compile(
    rb"<(?:[\w.-]+:)?(BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)(V\d\d)?[\s>/]"
)
_MOST_CHILDREN = 256
"""Parts of a statement beside entries and balances: the standard knows about twenty."""

_ENTRY_SHAPES, _DETAIL_SHAPES = Shapes(ENTRY_FIELDS), Shapes(DETAIL_FIELDS, "TxDtls/")
"""Known to all files that a process reads: the next file of a bank has the same shapes."""

_BOOKED_ON = [each.name for each in ENTRY_FIELDS].index("booking_date")
_NAMESPACE = re.compile(r"(camt\.05[234])\.(\d{3}\.\d{2})$")


class _Reader:
    """Walks one file; what the bank wrote goes to the collector."""

    def __init__(self) -> None:
        self.collector = StatementCollector("camt", "")
        self.entries: list[tuple[object, ...]] = []
        self.details: list[tuple[object, ...]] = []
        self.pending: list[tuple[Row, str | None]] = []
        self.root = self.message = ""
        self.number = -1
        self.statement = 0
        self.index = 0
        self.owner: str | None = None
        self.day: str | None = None
        self.page: Page | None = None
        self.last_booked = ""
        self.is_open = False
        self.states_nothing = False
        self.summed = EntriesRead()

    def message_begins(self, element: etree._Element, name: str, event: str) -> None:
        """Learn format and version, and say where the namespace does not fit."""
        if event == "end":
            return
        self.root = name
        self.message = _MESSAGES[re.sub(r"V\d\d$", "", name)]
        namespace = etree.QName(element).namespace or ""
        stated = _NAMESPACE.search(namespace)
        kind, version = (stated[1], stated[2]) if stated else (self.message, "")
        if not stated or kind != self.message or not "001.01" <= version <= "001.13":
            self.collector.find(
                "namespace_wrong",
                f"the namespace '{namespace}' is not one of {self.message}.001.01 to .13; "
                f"read as {self.message} by its elements",
                f"line {element.sourceline}",
            )
        self.collector.format, self.collector.version = self.message, version

    def record_begins(self) -> None:
        """A statement, report or notification opens."""
        self.number, self.index, self.summed = -1, 0, EntriesRead()
        self.statement += 1

    def grow(self, record: etree._Element, *, whole: bool = False) -> bool:
        """Take the parts of a record that are whole, all but the last while it is open.

        Returns:
            Whether anything was taken.
        """
        parts = list(record) if whole else list(record)[:-1]
        entries = []
        for part in parts:
            name = local_name(str(part.tag))
            if name == "Ntry":
                entries.append(part)
            elif name == "Bal":
                self.balance(part, record)
                forget(part)
            elif name not in HEAD_PARTS:
                message = f"{name} is no part of a statement"
                self.collector.find("element_not_read", message, f"line {line_of(part)}")
                forget(part)
        if entries:
            self.begin(record)
            lines = [line_of(part) for part in entries]
            for line, text in zip(lines, texts_of_all(entries), strict=True):
                self.entry(text, line, record)
        if len(record) > _MOST_CHILDREN:
            raise _too_many(record)
        return bool(entries) or (not whole and self.drain(record))

    def drain(self, record: etree._Element) -> bool:
        """Take details of the entry that is still open, so that a batch may be of any size."""
        taken = False
        last = record[-1] if len(record) else None
        if last is not None and local_name(str(last.tag)) == "Ntry":
            for group in last:
                for part in list(group)[:-1] if len(group) > _MOST_CHILDREN else ():
                    if local_name(str(part.tag)) == "TxDtls":
                        text = etree.tostring(part, encoding="unicode", with_tail=False)
                        self.pending.append(_DETAIL_SHAPES.read(text))
                        forget(part)
                        taken = True
        return taken

    def record_of(self, element: etree._Element) -> str:
        """The path of the record that is open."""
        return f"/Document/{self.root}/{local_name(str(element.tag))}[{self.statement}]"

    def begin(self, record: etree._Element) -> None:
        """Make the statement known to the collector, once, as far as it has been read."""
        if self.number < 0:
            head = head_of(record, self.message, self.record_of(record))
            self.number = self.collector.begin(head)
            self.owner, self.day = head.account_id, head.to_date or head.created
            self.page, self.last_booked, self.is_open = page_of_record(record), "", True
            if head.account_id is None:
                self.collector.find("account_missing", "the statement names no account", head.place)

    def entry(self, text: str, line: int, record: etree._Element) -> None:
        """Take an entry with its details, as serialised."""
        place = f"{self.record_of(record)}/Ntry[{self.index + 1}]"
        prefix = f"{record.prefix}:" if record.prefix else ""
        opening, closing = f"<{prefix}TxDtls>", f"</{prefix}TxDtls>"
        try:
            own, details = apart(text, opening, closing)
            read = [_DETAIL_SHAPES.read(detail) for detail in details]
            fields, rest = _ENTRY_SHAPES.read(own)
        except UnbalancedError:  # details within details: all of the entry is left over
            read = []
            fields, rest = _ENTRY_SHAPES.read(text)
        self.pending += read
        for position, (said, left) in enumerate(self.pending):
            self.details.append((len(self.entries), position, left, *said))
        keys = (self.number, self.index, line, place, self.owner, self.day, rest)
        self.entries.append((*keys, *fields))
        self.summed.count(fields)
        self.last_booked = max(self.last_booked, (fields[_BOOKED_ON] or "")[:10])
        self.index += 1
        self.pending = []

    def balance(self, element: etree._Element, record: etree._Element) -> None:
        """Take a balance."""
        self.begin(record)
        place = f"{self.record_of(record)}/Bal[{len(self.collector.balance_lines) + 1}]"
        line = balance_of(element, place)
        if line is None:
            self.collector.find("balance_without_amount", "a balance states no amount", place)
        else:
            self.collector.balance(line)

    def record_ends(self, record: etree._Element) -> None:
        """The statement is whole: what came late is added and it is closed."""
        self.grow(record, whole=True)
        self.begin(record)
        head = head_of(record, self.message, self.record_of(record))
        known = self.collector.head
        self.identify()
        self.is_open = False
        self.collector.revise(
            from_date=head.from_date or _edge(self.collector, "OPBD"),
            to_date=head.to_date or _edge(self.collector, "CLBD"),
            account_id=known.account_id or head.account_id,
            account_scheme=known.account_scheme or head.account_scheme,
        )
        if information := information_of(record):
            self.collector.find("statement_information", information, self.record_of(record))
        for total, text in of_summary(record, self.summed, self.record_of(record)):
            self.collector.hold(total, "summary", text)
        self.states_nothing = self.states_nothing or states_no_entries(record)
        self.collector.end()

    def identify(self) -> None:
        """Settle what tells the open statement from others that the bank calls the same."""
        identity = identity_of(
            self.collector.head, self.page, self.collector.balance_lines, self.last_booked
        )
        self.collector.revise(statement_id=identity)

    def flush(self) -> None:
        """Hand the entries read so far to the collector, in columns."""
        if self.entries:
            if self.is_open:
                self.identify()
            frame, findings, totals = movements(self.entries, self.details)
            self.collector.rows(frame, len(self.entries))
            for total in totals:
                self.collector.hold(total, "" if total.name == OF_DETAILS else "batch")
            for finding in findings:
                self.collector.find(finding.code, finding.message, finding.place)
            self.entries, self.details = [], []


def _edge(collector: StatementCollector, kind: str) -> str | None:
    dates = [line.balance_date for line in collector.balance_lines if line.balance_type == kind]
    return dates[-1] if dates else None


def read_camt(source: Source) -> Iterator[Reading]:
    """Read a camt.052, .053 or .054 file of any version in parts.

    Raises:
        RefusedError: hostile, broken or cut-off XML, no statement in it, or nothing stated in them.
    """
    reader, record = _Reader(), None
    stream = ElementStream(source, (*_ROOTS, *_RECORDS), ("start", "end"))
    for event, element in stream:
        if element is None:
            if record is not None and reader.grow(record):
                stream.progress()
        elif (name := local_name(str(element.tag))) in _ROOTS:
            reader.message_begins(element, name, event)
        elif event == "start":
            record = element
            reader.record_begins()
        elif element is record:
            reader.record_ends(element)
            forget(element)
            stream.progress()
            record = None
        if len(reader.entries) + len(reader.details) >= PART_ROWS:
            reader.flush()
            yield reader.collector.part()
    if not reader.statement:
        raise _nothing(reader.message)
    reader.flush()
    if not reader.states_nothing:
        reader.collector.require_content()
    yield reader.collector.part()


def _nothing(message: str) -> RefusedError:
    return RefusedError(
        f"The file is well-formed {message or 'XML'} without a statement, report or notification",
        advice="Ask the bank whether the file is complete",
    )


def _too_many(record: etree._Element) -> RefusedError:
    return RefusedError(
        f"The statement has more than {_MOST_CHILDREN} parts that are no entries",
        place=f"line {line_of(record)}",
        advice="Take the file as hostile or damaged",
    )


def recognises_camt(head: bytes, _name: str) -> bool:
    """Whether a file begins like a camt.052, .053 or .054 message, bare or in an envelope."""
    plain = head.replace(b"\x00", b"")
    return plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and bool(
        _ROOT.search(plain)
    )


CAMT = Format("camt", "statements", recognises_camt, read_camt)
FORMATS = (CAMT,)
