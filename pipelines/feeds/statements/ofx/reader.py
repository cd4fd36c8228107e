"""OFX from tags to the canonical model.

Our own reader rather than `ofxtools`: that one holds the file to the schema, and many of the files
that banks offer do not keep to it.
"""

import re
from collections import Counter
from collections.abc import Iterator

from pipelines.feeds.parsing.text import utf8_head
from pipelines.feeds.reading import HEAD_BYTES, Format, Reading, RefusedError, Source
from pipelines.feeds.statements.collector import StatementCollector
from pipelines.feeds.statements.identity import ContentMark, download_identity
from pipelines.feeds.statements.model import BalanceLine, StatementHead, account_identity
from pipelines.feeds.statements.ofx.entry import entry_of
from pipelines.feeds.statements.ofx.first_pass import STATEMENTS, FirstPass, first_pass
from pipelines.feeds.statements.ofx.group import Group, cash_of
from pipelines.feeds.statements.ofx.tags import Tag, tags_of
from pipelines.feeds.statements.ofx.values import (
    decimal_text,
    in_places,
    is_balance_row,
    lenient_day,
    synthetic_id,
)

_NESTED = ("CURRENCY", "ORIGCURRENCY", "PAYEE", "BANKACCTTO", "CCACCTTO", "IMAGEDATA")
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM")
_BALANCES = {"LEDGERBAL": "CLBD", "AVAILBAL": "CLAV", "INVBAL": "CLAV"}
_INCOME = ("INCOME", "INVEXPENSE", "RETOFCAP", "MARGININTEREST")
"""Dividends, interest, and what an investment costs or gives back: they move cash."""

_KEPT = ("STMTTRN", "STATUS", *_INCOME, *_ACCOUNTS, *_BALANCES)
_UNDATED = "undated"
_INVESTMENTS = ("INVBUY", "INVSELL", "REINVEST", "TRANSFER")


class OfxReader:
    """Walks the tags of one file."""

    def __init__(self, first_pass: FirstPass) -> None:
        """`first_pass` is what the first pass over the file collected."""
        self.collector = StatementCollector("OFX", "")
        self.reused, self.contents = first_pass.reused, first_pass.contents
        self.group: Group | None = None
        self.statement = -1
        self.row = 0
        self.open = self.begun = self.ended = False
        self.leaves: dict[str, str] = {}
        self.account: dict[str, str] = {}
        self.balances: list[Group] = []
        self.errors: list[str] = []
        self.alike: Counter[str] = Counter()
        self.investments = 0
        self.trades_only = False

    def take(self, tag: Tag) -> None:
        """Take the next tag."""
        if tag.closes:
            self.close(tag)
        elif tag.name in STATEMENTS:
            self.finish()
            self.statement, self.row, self.open = self.statement + 1, tag.row, True
            self.trades_only = tag.name == "INVSTMTRS"
        elif tag.name in _KEPT:
            self.end_group()
            self.group = Group(tag.name, tag.row)
        elif tag.name in _INVESTMENTS:
            self.investments += 1
        elif self.group is not None:
            self.leaf(self.group, tag)
        elif tag.text and self.open:
            self.leaves.setdefault(tag.name, tag.text)

    def leaf(self, group: Group, tag: Tag) -> None:
        """Take a leaf of the aggregate that is open."""
        if tag.name in _NESTED and not tag.text:
            group.nested = f"{tag.name}/"
        elif tag.text:
            group.leaves.setdefault(group.nested + tag.name, tag.text)

    def close(self, tag: Tag) -> None:
        """Take a closing tag."""
        if tag.name in STATEMENTS:
            self.finish()
        elif tag.name == "OFX":
            self.finish()
            self.ended = True
        elif self.group is not None and tag.name == self.group.name:
            self.end_group()
        elif self.group is not None and tag.name in _NESTED:
            self.group.nested = ""
        elif tag.name in ("BANKTRANLIST", "INVTRANLIST"):
            self.end_group()

    def end_group(self) -> None:
        """An aggregate is whole."""
        group, self.group = self.group, None
        if group is None:
            return
        if group.name in _ACCOUNTS:
            self.account = group.leaves
        elif group.name == "STATUS":
            if group.leaves.get("SEVERITY", "").upper() == "ERROR":
                words = (group.leaves.get(name, "") for name in ("CODE", "MESSAGE"))
                self.errors.append(" ".join(filter(None, words)))
        elif group.name == "STMTTRN" or group.name in _INCOME:
            self.begin()
            group.leaves = group.leaves if group.name == "STMTTRN" else cash_of(group)
            self.transaction(group)
        else:
            self.balances.append(group)

    def begin(self) -> None:
        """Make the statement known, once.

        Raises:
            RefusedError: it does not say whose account it is.
        """
        if self.begun:
            return
        number = self.account.get("ACCTID", "")
        if not number:
            raise RefusedError(
                "The statement names no account (ACCTID)",
                place=f"line {self.row}",
                advice="Ask the bank for the whole download",
            )
        self.begun, self.alike = True, Counter()
        identity, scheme = account_identity(number)
        self.collector.begin(
            StatementHead(
                "OFX",
                account_id=identity,
                account_scheme=scheme,
                account_currency=self.leaves.get("CURDEF", "").upper() or None,
                servicer=self.account.get("BANKID") or self.account.get("BROKERID"),
                row=self.row,
                place=f"line {self.row}",
                **self.period(),
            )
        )

    def period(self) -> dict[str, str | None]:
        """OFX numbers no statements, and some banks state one period for every download."""
        start = lenient_day(self.leaves.get("DTSTART"))
        end = lenient_day(self.leaves.get("DTEND")) or lenient_day(self.leaves.get("DTASOF"))
        if end is None and self.balances:
            end = lenient_day(self.balances[0].leaves.get("DTASOF"))
        stated = "/".join(filter(None, (start, end)))
        period = stated or _UNDATED
        identity = download_identity(period, self.contents.get(self.statement, ContentMark()))
        return {"statement_id": identity, "stated_id": period, "from_date": start, "to_date": end}

    def transaction(self, group: Group) -> None:
        """`STMTTRN` is a movement."""
        place = f"line {group.row}"
        leaves = group.leaves
        entry = entry_of(leaves, self.collector.head, group.row)
        if '"TRNAMT"' in (entry.remainder or ""):
            words = f"the amount {leaves['TRNAMT']} has more places than its currency has"
            self.collector.find("amount_rounded", f"{words}; taken as {entry.amount}", place)
        fitid = leaves.get("FITID", "")
        if not fitid or (self.statement, fitid) in self.reused:
            kind = "reused" if fitid else "empty"
            self.collector.find(f"fitid_{kind}", f"transaction id '{fitid}' is {kind}", place)
            content = [leaves.get(name, "") for name in ("DTPOSTED", "TRNAMT", "NAME", "MEMO")]
            key = "\x1f".join((fitid, *content))
            self.alike[key] += 1
            identity = self.collector.head.account_id or ""
            own = synthetic_id(identity, key, str(self.alike[key]))
            entry = entry._replace(transaction_id=own)
        if corrected := leaves.get("CORRECTFITID"):
            action = leaves.get("CORRECTACTION", "").upper()
            if action == "DELETE":
                entry = entry._replace(status="INFO")
            words = "takes back" if action == "DELETE" else "replaces"
            self.collector.find(
                "transaction_corrected", f"transaction '{fitid}' {words} '{corrected}'", place
            )
        if is_balance_row(leaves.get("NAME", ""), leaves.get("MEMO", "")):
            entry = entry._replace(status="INFO")
            words = f"'{leaves.get('NAME') or leaves.get('MEMO')}' tells a balance, moves no money"
            self.collector.find("balance_row", words, place)
        self.collector.entry(entry)

    def finish(self) -> None:
        """The statement is whole: add its balances and have it proved."""
        self.end_group()
        if not self.open:
            return
        self.open = False
        if self.begun or self.account:
            self.begin()
            if self.collector.head.stated_id == _UNDATED:
                self.collector.revise(**self.period())
            for group in self.balances:
                self.balance(group)
            self.collector.end()
        if self.investments:
            words = f"{self.investments} trades and transfers of investments are not read"
            self.collector.find("investments_not_read", words, f"line {self.row}")
        self.begun, self.leaves, self.account, self.balances = False, {}, {}, []
        self.investments = 0

    def balance(self, group: Group) -> None:
        """A balance; one that is left empty is none."""
        text = group.leaves.get("BALAMT") or group.leaves.get("AVAILCASH", "")
        head, place = self.collector.head, f"line {group.row}"
        amount = decimal_text(text, head.account_currency)
        if not text:
            self.collector.find("balance_empty", f"{group.name} gives no amount", place)
            return
        if not re.fullmatch(r"-?\d+(\.\d+)?", amount):
            words = f"{group.name} '{text[:40]}' is not an amount"
            self.collector.find("balance_unreadable", words, place)
            return
        exact, amount = amount, in_places(amount, head.account_currency)
        if amount != exact:
            words = f"{group.name} {exact} has more places than its currency has"
            self.collector.find("amount_rounded", f"{words}; taken as {amount}", place)
        as_of = lenient_day(group.leaves.get("DTASOF")) or head.to_date
        kind = _BALANCES[group.name]
        self.collector.balance(
            BalanceLine(kind, amount, head.account_currency, as_of, group.row, place)
        )


_VERSION = re.compile(rb"VERSION\s*[:=]\s*\"?(\d{3})")


def read_ofx(source: Source) -> Iterator[Reading]:
    """Read an OFX or QFX file in parts.

    Raises:
        RefusedError: cut off, an error message of the bank instead of a statement, no account, or
            nothing but investment positions.
    """
    reader = OfxReader(first_pass(source))
    head = utf8_head(source.head())
    version = _VERSION.search(head[head.find(b"OFX") :] if b"<?xml" in head else head)
    reader.collector.version = version[1].decode() if version else ""
    reader.collector.dialect = "XML" if b"<?OFX" in head else "SGML"
    row = 0
    for tag in tags_of(source):
        row = tag.row
        reader.take(tag)
        if reader.collector.is_full:
            yield reader.collector.part()
    if not reader.ended:
        raise RefusedError(
            "The file has no closing </OFX>",
            place=f"line {row}",
            advice="It is cut off; download it again",
        )
    _require_statement(reader)
    yield reader.collector.part()


def _require_statement(reader: OfxReader) -> None:
    if reader.errors and not reader.collector.statements:
        raise RefusedError(
            f"The bank answered with an error instead of a statement: {reader.errors[0]}",
            advice="Download it again",
        )
    if not reader.collector.statements:
        raise RefusedError(
            "The file holds no statement of an account", advice="Choose a download of movements"
        )
    if reader.trades_only and not reader.collector.entries and not reader.collector.balances:
        raise RefusedError(
            "The file is an investment statement: positions and trades, no movement of cash",
            advice="Choose a download of the cash account",
        )
    reader.collector.require_content()


def recognises_ofx(head: bytes, _name: str) -> bool:
    """Whether a file is OFX, by its header or its outermost tag."""
    plain = utf8_head(head[:HEAD_BYTES]).upper()
    return b"OFXHEADER" in plain or b"<OFX>" in plain


OFX = Format("ofx", "statements", recognises_ofx, read_ofx)
FORMATS = (OFX,)
