"""What a camt statement states of its entries (TxsSummry), and an entry of its batch (Btch)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl
from lxml import etree

from pipelines.feeds.parsing.numbers import finite_decimal
from pipelines.feeds.reading import StatedTotal
from pipelines.feeds.statements.camt.fields import ENTRY_FIELDS
from pipelines.feeds.xml.stream import local_name

_AT = {known.name: place for place, known in enumerate(ENTRY_FIELDS)}
_AMOUNT, _SIDE, _STATUS, _CODE = (_AT[name] for name in ("amount", "indicator", "status", "code"))
_SIDES = {"TtlCdtNtries": "CRDT", "TtlDbtNtries": "DBIT", "CdtNtries": "CRDT", "DbtNtries": "DBIT"}
_WORDS = {"CRDT": "credit entries", "DBIT": "debit entries", "": "entries"}
_NOTHING = Decimal(0)

OF_DETAILS = "entry of several details (Amt)"
"""The total that an entry's own amount is; where it is false the details are kept beside it."""

_Key = tuple[str, str, bool]


@dataclass(slots=True)
class EntriesRead:
    """Entries of one statement, by code, side and whether they are booked."""

    numbers: Counter[_Key] = field(default_factory=Counter)
    sums: dict[_Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def count(self, fields: tuple[str | None, ...]) -> None:
        """Take the fields of an entry."""
        key = (fields[_CODE] or "", fields[_SIDE] or "", fields[_STATUS] in (None, "BOOK"))
        self.numbers[key] += 1
        self.sums[key] += finite_decimal(fields[_AMOUNT]) or _NOTHING

    def number(self, code: str, side: str, *, booked: bool) -> Decimal:
        """How many entries there are."""
        return Decimal(sum(self.numbers[key] for key in self._keys(code, side, booked)))

    def total(self, code: str, side: str, *, booked: bool) -> Decimal:
        """What they come to, without signs."""
        return sum((self.sums[key] for key in self._keys(code, side, booked)), _NOTHING)

    def _keys(self, code: str, side: str, booked: bool) -> list[_Key]:
        return [
            key
            for key in self.numbers
            if (not code or key[0] == code or key[0].startswith(f"{code}-"))
            and (not side or key[1] == side)
            and (key[2] or not booked)
        ]


def of_summary(
    record: etree._Element, read: EntriesRead, place: str
) -> Iterator[tuple[StatedTotal, str]]:
    """The totals of a statement's TxsSummry, each with its text.

    A summary may count what is booked only; a sum of both sides may be gross or net. Where the
    statement is one page of several, its summary may be that of all: what is not of this page is
    left out.
    """
    for summary in _children(record, "TxsSummry"):
        for group in summary:
            code = _code_of(group)
            for total, text in _of_group(group, code, read, f"{place}/TxsSummry"):
                if total.holds or not _is_one_of_pages(record):
                    yield total, text


def _of_group(
    group: etree._Element, code: str, read: EntriesRead, place: str
) -> Iterator[tuple[StatedTotal, str]]:
    name = local_name(str(group.tag))
    side = _SIDES.get(name, "")
    if _text(group, "FcstInd") in ("true", "1"):
        return
    where, of = f"{place}/{name}", f" of {code}" if code else ""
    if text := _text(group, "NbOfNtries"):
        counts = [read.number(code, side, booked=booked) for booked in (False, True)]
        label = f"number of {_WORDS[side]} (TxsSummry/{name}/NbOfNtries)"
        yield _held(label, text, counts, f"{where}/NbOfNtries{of}"), text
    if text := _text(group, "Sum"):
        sums = [read.total(code, side, booked=booked) for booked in (False, True)]
        nets = [] if side else [abs(_net(read, code, booked=booked)) for booked in (False, True)]
        label = f"sum of {_WORDS[side]} (TxsSummry/{name}/Sum)"
        yield _held(label, text, [*sums, *nets], f"{where}/Sum{of}"), text
    if text := _text(group, "TtlNetNtry/Amt") or _text(group, "TtlNetNtryAmt"):
        debit = (_text(group, "TtlNetNtry/CdtDbtInd") or _text(group, "CdtDbtInd")) == "DBIT"
        net_of = [_net(read, code, booked=booked) for booked in (False, True)]
        label = f"net of entries (TxsSummry/{name}/TtlNetNtry)"
        signed = f"-{text}" if debit and not text.startswith("-") else text
        yield _held(label, signed, net_of, f"{where}/TtlNetNtry{of}"), text
    for inner in group:
        if local_name(str(inner.tag)) in ("CdtNtries", "DbtNtries"):
            yield from _of_group(inner, code, read, where + of)


def _net(read: EntriesRead, code: str, *, booked: bool) -> Decimal:
    credit, debit = (read.total(code, side, booked=booked) for side in ("CRDT", "DBIT"))
    return credit - debit


def _held(name: str, text: str, figures: list[Decimal], place: str) -> StatedTotal:
    """A total held against the first of several figures that may be meant, or the one it is."""
    stated = finite_decimal(text)
    return StatedTotal(name, stated, stated if stated in figures else figures[0], place)


def _code_of(group: etree._Element) -> str:
    domain = [_text(group, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    if domain[0]:
        return "-".join(filter(None, domain))
    return _text(group, "BkTxCd/Prtry/Cd") or ""


def _is_one_of_pages(record: etree._Element) -> bool:
    parent = record.getparent()
    heads = () if parent is None else _children(parent, "GrpHdr")
    for element in (record, *heads):
        for name in ("StmtPgntn", "RptPgntn", "NtfctnPgntn", "MsgPgntn"):
            number, last = _text(element, f"{name}/PgNb"), _text(element, f"{name}/LastPgInd")
            if (number and number != "1") or last in ("false", "0"):
                return True
    return False


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local_name(str(child.tag)) == name]


def _text(element: etree._Element, path: str) -> str | None:
    child: etree._Element | None = element
    for name in path.split("/"):
        child = next(iter(_children(child, name)), None) if child is not None else None
    return (child.text or "").strip() or None if child is not None else None


def of_batches(above: pl.DataFrame, below: pl.DataFrame) -> list[StatedTotal]:
    """What entries state of their batches, held against the details that they list.

    Banks that list no details, or one that stands for all of them, state what cannot be counted.
    """
    batched = pl.col("e_batch_transactions").is_not_null() | pl.col("e_batch_total").is_not_null()
    stating = above.filter(batched)
    several = below.filter(pl.col("size") > 1)
    if stating.is_empty() and several.is_empty():
        return []
    entries = above.filter(batched | pl.col("entry").is_in(several["entry"].implode()))
    listed = below.join(entries.select("entry"), on="entry", how="semi")
    details: dict[int, list[tuple[str | None, str | None]]] = {}
    for entry, amount, side in listed.select("entry", "own_amount", "own_indicator").iter_rows():
        details.setdefault(entry, []).append((amount, side))
    wanted = ("entry", "source_path", "e_amount", "e_indicator", "currency_of_entry", "e_charges")
    columns = (*wanted, "e_batch_transactions", "e_batch_total")
    return [
        total
        for row in entries.select(columns).iter_rows(named=True)
        for total in _of_batch(row, details.get(row["entry"], []))
    ]


def _of_batch(
    row: Mapping[str, str | None], details: list[tuple[str | None, str | None]]
) -> Iterator[StatedTotal]:
    place, currency = str(row["source_path"]), row["currency_of_entry"]
    number = _added(row["e_batch_transactions"])
    all_listed = len(details) > 1 or number == 1
    if row["e_batch_transactions"] and details and all_listed:
        name = "transactions of a batch (Btch/NbOfTxs)"
        yield StatedTotal(name, number, Decimal(len(details)), place)
    parts = [finite_decimal(amount) for amount, _ in details]
    known = bool(parts) and None not in parts and all_listed
    figures = _sums(details, row["e_indicator"]) if known else _of_entry(row)
    if row["e_batch_total"] and figures:
        held = _held("sum of a batch (Btch/TtlAmt)", "", figures, place)
        stated = _added(row["e_batch_total"])
        counted = stated if stated in figures else figures[0]
        yield StatedTotal(held.name, stated, counted or _NOTHING, place, currency)
    if known and len(details) > 1:
        amount = finite_decimal(row["e_amount"])
        counted = amount if amount in figures else figures[0]
        yield StatedTotal(OF_DETAILS, amount, counted or _NOTHING, place, currency)


def _sums(details: list[tuple[str | None, str | None]], side: str | None) -> list[Decimal]:
    """What details come to: by their own signs, and all with the sign of their entry."""
    signed = [
        (finite_decimal(amount) or _NOTHING) * (1 if own in (None, side) else -1)
        for amount, own in details
    ]
    return [sum(signed, _NOTHING), sum((abs(amount) for amount in signed), _NOTHING)]


def _of_entry(row: Mapping[str, str | None]) -> list[Decimal]:
    """The amount of an entry without listed details, with its charges on either side or none."""
    amount, charges = finite_decimal(row["e_amount"]), _added(row["e_charges"]) or _NOTHING
    return [] if amount is None else [amount, amount + charges, amount - charges]


def _added(text: str | None) -> Decimal | None:
    """The sum of numbers joined by plus signs; None where one of them is no number."""
    parts = [finite_decimal(part) for part in text.split("+")] if text else []
    known = [part for part in parts if part is not None]
    return sum(known, _NOTHING) if known and len(known) == len(parts) else None
