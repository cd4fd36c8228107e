"""ISO 20022 cash management: camt.052 reports, camt.053 statements, camt.054 notifications.

Streamed with lxml, which is safe, bounded and fast; one entry at a time is in memory as a tree.
Versions 001.01 to 001.13 differ in names, not in kind, and are read by the same code.
"""

import re
from collections.abc import Iterator

from lxml import etree

from pipelines.feeds.camt_fields import DETAIL_FIELDS, ENTRY_FIELDS
from pipelines.feeds.camt_head import balance_of, head_of, states_no_entries
from pipelines.feeds.camt_rows import movements
from pipelines.feeds.camt_shape import Shapes
from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from pipelines.feeds.statement_parts import PART_ROWS, StatementCollector
from pipelines.feeds.xml_safe import forget, line_of, local_name, records

_MESSAGES = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
_RECORDS = ("Stmt", "Rpt", "Ntfctn")
_ROOT = re.compile(
    rb"<(?:[\w.-]+:)?(BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)(V\d\d)?[\s>/]"
)
_NAMESPACE = re.compile(r"(camt\.05[234])\.(\d{3}\.\d{2})$")


class _Reader:
    """Walks one file; what the bank wrote goes to the collector."""

    def __init__(self) -> None:
        self.collector = StatementCollector("camt", "")
        self.entry_shapes = Shapes(ENTRY_FIELDS)
        self.detail_shapes = Shapes(DETAIL_FIELDS, "TxDtls/")
        self.entries: list[tuple[object, ...]] = []
        self.details: list[tuple[object, ...]] = []
        self.root = self.message = ""
        self.number = -1
        self.statement = 0
        self.index = 0
        self.owner: str | None = None
        self.day: str | None = None
        self.states_nothing = False

    def message_begins(self, element: etree._Element, name: str) -> None:
        """Learn format and version, and say where the namespace does not fit."""
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
        self.number, self.index = -1, 0
        self.statement += 1

    def record_of(self, element: etree._Element) -> str:
        """The path of the record that is open."""
        return f"/Document/{self.root}/{local_name(str(element.tag))}[{self.statement}]"

    def begin(self, record: etree._Element) -> None:
        """Make the statement known to the collector, once, as far as it has been read."""
        if self.number < 0:
            head = head_of(record, self.message, self.record_of(record))
            self.number = self.collector.begin(head)
            self.owner, self.day = head.account_id, head.to_date or head.created
            if head.account_id is None:
                self.collector.find("account_missing", "the statement names no account", head.place)

    def entry(self, element: etree._Element, record: etree._Element) -> None:
        """Take an entry with its details."""
        self.begin(record)
        place = f"{self.record_of(record)}/Ntry[{self.index + 1}]"
        prefix = f"{element.prefix}:" if element.prefix else ""
        opening, closing = f"<{prefix}TxDtls>", f"</{prefix}TxDtls>"
        text = etree.tostring(element, encoding="unicode", with_tail=False)
        own, *details = text.split(opening)
        for position, detail in enumerate(details):
            inside, _, after = detail.partition(closing)
            own += after
            fields, rest = self.detail_shapes.read(f"{opening}{inside}{closing}")
            self.details.append((len(self.entries), position, rest, *fields))
        fields, rest = self.entry_shapes.read(own)
        keys = (self.number, self.index, line_of(element), place, self.owner, self.day, rest)
        self.entries.append((*keys, *fields))
        self.index += 1

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
        self.begin(record)
        head = head_of(record, self.message, self.record_of(record))
        known = self.collector.head
        self.collector.revise(
            from_date=head.from_date or _edge(self.collector, "OPBD"),
            to_date=head.to_date or _edge(self.collector, "CLBD"),
            account_id=known.account_id or head.account_id,
            account_scheme=known.account_scheme or head.account_scheme,
        )
        self.states_nothing = self.states_nothing or states_no_entries(record)
        self.flush()
        self.collector.end()

    def flush(self) -> None:
        """Hand the entries read so far to the collector, in columns."""
        if self.entries:
            frame, findings = movements(self.entries, self.details)
            self.collector.rows(frame, len(self.entries))
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
    reader = _Reader()
    names = (*_MESSAGES, *(f"{name}V01" for name in _MESSAGES), *_RECORDS, "Ntry", "Bal")
    for event, element in records(source, names, events=("start", "end")):
        name, parent = local_name(str(element.tag)), element.getparent()
        if event == "start":
            if name in _RECORDS:
                reader.record_begins()
            elif name not in ("Ntry", "Bal"):
                reader.message_begins(element, name)
        elif name in _RECORDS:
            reader.record_ends(element)
            forget(element)
        elif name in ("Ntry", "Bal") and parent is not None and _is_record(parent):
            (reader.entry if name == "Ntry" else reader.balance)(element, parent)
            forget(element)
        if len(reader.entries) + len(reader.details) >= PART_ROWS:
            reader.flush()
            yield reader.collector.part()
    if not reader.statement:
        raise _nothing(reader.message)
    if not reader.states_nothing:
        reader.collector.require_content()
    yield reader.collector.part()


def _is_record(element: etree._Element) -> bool:
    return local_name(str(element.tag)) in _RECORDS


def _nothing(message: str) -> RefusedError:
    return RefusedError(
        f"The file is well-formed {message or 'XML'} without a statement, report or notification",
        advice="Ask the bank whether the file is complete",
    )


def recognises_camt(head: bytes, _name: str) -> bool:
    """Whether a file begins like a camt.052, .053 or .054 message, bare or in an envelope."""
    plain = head.replace(b"\x00", b"")
    return plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and bool(
        _ROOT.search(plain)
    )


CAMT = Format("camt", "statements", recognises_camt, read_camt)
FORMATS = (CAMT,)
