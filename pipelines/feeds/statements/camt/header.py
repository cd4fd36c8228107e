"""The head of a camt statement and its balances: whose account, which document, what is stated."""

from collections.abc import Mapping, Sequence

from lxml import etree

from pipelines.feeds.statements.bai2.fields import BALANCES
from pipelines.feeds.statements.identity import Page, page_of, statement_identity, tells_apart
from pipelines.feeds.statements.model import BalanceLine, StatementHead, account_identity
from pipelines.feeds.xml.stream import line_of, local_name

_ACCOUNTS = (
    "Acct/Id/IBAN",
    "Acct/Id/Othr/Id",
    "Acct/Id/BBAN",
    "Acct/Id/PrtryAcct/Id",
    "Acct/Id/UPIC",
)
_SERVICER = "Acct/Svcr/FinInstnId/"
_SERVICERS = ("BICFI", "BIC", "CmbndId/BIC", "ClrSysMmbId/MmbId", "Othr/Id", "Nm", "NmAndAdr/Nm")
_FROM = ("FrToDt/FrDtTm", "FrToDt/FrDt", "RptgPrd/FrToDt/FrDt")
_TO = ("FrToDt/ToDtTm", "FrToDt/ToDt", "RptgPrd/FrToDt/ToDt")
_COPIES = ("COPY", "DUPL", "CODU")
"""ISO 20022 CopyDuplicate1Code."""

_PAGES = ("StmtPgntn", "RptPgntn", "NtfctnPgntn")

HEAD_PARTS = frozenset(
    {
        *("Id", "ElctrncSeqNb", "LglSeqNb", "RptgSeq", "CreDtTm", "FrToDt", "CpyDplctInd"),
        *("RptgSrc", "Acct", "RltdAcct", "Intrst", "TxsSummry", "AddtlStmtInf", "AddtlRptInf"),
        *("AddtlNtfctnInf", "RptgPrd", "Bal", "Ntry", *_PAGES),
    }
)
"""What a statement has beside balances and entries."""

_SKIPPED = ("Ntry", "Bal")


def texts_of(element: etree._Element) -> dict[str, str]:
    """First text at each path below an element, attributes as `path@name`."""
    texts: dict[str, str] = {}
    pending = [(child, "") for child in reversed(element)]
    while pending:
        child, above = pending.pop()
        if not isinstance(child.tag, str):
            continue
        name = local_name(child.tag)
        if not above and name in _SKIPPED:
            continue
        path = f"{above}{name}"
        text = (child.text or "").strip()
        if text:
            texts.setdefault(path, text)
        for key, value in child.attrib.items():
            texts.setdefault(f"{path}@{local_name(str(key))}", str(value))
        pending.extend((below, f"{path}/") for below in reversed(child))
    return texts


def _first(texts: Mapping[str, str], *paths: str) -> str | None:
    return next((texts[path] for path in paths if path in texts), None)


def head_of(record: etree._Element, message_type: str, place: str) -> StatementHead:
    """The head of a `Stmt`, `Rpt` or `Ntfctn` from what has been read of it so far."""
    texts = texts_of(record)
    account, scheme = None, None
    if stated := _first(texts, *_ACCOUNTS):
        account, scheme = account_identity(stated)
        if "Acct/Id/IBAN" in texts:
            scheme = "IBAN"
    own = texts.get("Id")
    return StatementHead(
        message_type=message_type,
        statement_id=own,
        stated_id=own,
        account_id=account,
        account_scheme=scheme,
        account_currency=texts.get("Acct/Ccy"),
        servicer=_first(texts, *(_SERVICER + name for name in _SERVICERS)),
        sequence=_first(texts, "ElctrncSeqNb", "LglSeqNb"),
        from_date=_day(_first(texts, *_FROM)),
        to_date=_day(_first(texts, *_TO)),
        created=_day(texts.get("CreDtTm")),
        copy_duplicate=_copy_duplicate(record, texts),
        row=line_of(record),
        place=place,
    )


def page_of_record(record: etree._Element) -> Page | None:
    """The page that a statement states, or else its message does in `GrpHdr/MsgPgntn`."""
    texts = texts_of(record)
    own = page_of(_of_pages(texts, "PgNb"), _of_pages(texts, "LastPgInd"))
    if own is not None:
        return own
    header = _group_header(record)
    return page_of(header.get("MsgPgntn/PgNb"), header.get("MsgPgntn/LastPgInd"))


def _group_header(record: etree._Element) -> dict[str, str]:
    message = record.getparent()
    parts = () if message is None else message
    header = next((part for part in parts if local_name(str(part.tag)) == "GrpHdr"), None)
    return {} if header is None else texts_of(header)


def _copy_duplicate(record: etree._Element, texts: Mapping[str, str]) -> str | None:
    """Whether the statement, or all of its message, is a copy or a duplicate by the bank's word."""
    stated = texts.get("CpyDplctInd") or _group_header(record).get("CpyDplctInd", "")
    return stated if stated in _COPIES else None


def identity_of(
    head: StatementHead, page: Page | None, balances: Sequence[BalanceLine], last_booked: str
) -> str | None:
    """What tells a statement from others that the bank calls the same.

    The day is the last that it speaks of, by its own word, its closing balance or its entries.
    Pages state their balances apart: without a period, what they share is when they were written.
    A report of the day is told by its number too, for it may be one of many of that day.
    """
    day, number = head.to_date, head.sequence
    if not day and page is not None and not page.is_whole:
        day = head.created[:4] if head.created and number else head.created
    closings = [line.balance_date for line in balances if line.balance_type == "CLBD"]
    day = day or next((each for each in reversed(closings) if each), None)
    beside = number
    if head.message_type == "camt.053" and tells_apart(head.stated_id or ""):
        beside = None
    elif not number:
        openings = (line.amount for line in balances if line.balance_type == "OPBD")
        beside = next(openings, None)
    day = (day or last_booked or head.created or "")[:10] or None
    return statement_identity(head.stated_id, day, beside=beside, page=page)


def _of_pages(texts: Mapping[str, str], name: str) -> str | None:
    return _first(texts, *(f"{pages}/{name}" for pages in _PAGES))


def states_no_entries(record: etree._Element) -> bool:
    """Whether the statement says itself that it has no entries."""
    texts = texts_of(record)
    stated = _first(texts, "TxsSummry/TtlNtries/NbOfNtries")
    return stated is not None and stated.strip("0") == ""


def information_of(record: etree._Element) -> str | None:
    """What the bank adds in words to the whole statement."""
    texts = texts_of(record)
    return _first(texts, "AddtlStmtInf", "AddtlRptInf", "AddtlNtfctnInf")


def balance_of(element: etree._Element, place: str) -> BalanceLine | None:
    """A stated balance, signed; nothing where it has no amount."""
    texts = texts_of(element)
    amount = texts.get("Amt")
    if amount is None:
        return None
    kind = _first(texts, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd", "Tp/Prtry") or "INFO"
    kind = BALANCES.get(kind, kind)  # banks of North America write BAI's codes
    if texts.get("Tp/SubTp/Cd") == "INTM" and kind in ("OPBD", "CLBD"):
        kind = "ITBD"  # where a page of a long statement begins or ends
    debit = texts.get("CdtDbtInd") == "DBIT"
    return BalanceLine(
        balance_type=kind.upper() if len(kind) == 4 else kind,
        amount=f"-{amount}" if debit and not amount.startswith("-") else amount,
        currency=texts.get("Amt@Ccy", "").upper() or None,
        balance_date=_day(_first(texts, "Dt/Dt", "Dt/DtTm", "Dt")),
        row=line_of(element),
        place=place,
    )


def _day(text: str | None) -> str | None:
    return text[:10] if text else None
