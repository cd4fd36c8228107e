"""What became of payments: pain.002, pacs.002, pacs.004, camt.056 and camt.029 as events.

A status of a whole message or batch that lists no transactions is one event whose `payment_id` is
the original message's id (and batch's, after a slash) and whose `end_to_end_id` is null: it is
joined by `original_message_id`. A request to cancel (camt.056) counts as cancelled until the answer
(camt.029) refuses it, which makes the payment accepted again.
"""

import re
from collections.abc import Iterator, Mapping

import polars as pl
from lxml import etree

from pipelines.feeds.iso_message import (
    Identity,
    Leaves,
    identity,
    leaves,
    message_of,
    without_numbers,
)
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source
from pipelines.feeds.rejects import Reject, rejected
from pipelines.feeds.typed_rows import typed
from pipelines.feeds.xml_safe import forget, local_name, records
from quality.contract import contract

TABLE = contract("payment_events")
PART_ROWS = 20_000
HEADERS = ("GrpHdr", "Assgnmt")
GROUPS = ("OrgnlGrpInfAndSts", "OrgnlGrpInfAndCxl", "OrgnlPmtInfAndSts", "OrgnlPmtInfAndCxl")
TRANSACTIONS = ("TxInfAndSts", "TxInf")
RETURNED_GROUP = "OrgnlGrpInf"
"""What pacs.004 says of the message that all its returns were in, or of one return's."""
STATUSES: Mapping[str, str] = {
    **dict.fromkeys(("RCVD", "PDNG"), "submitted"),
    **dict.fromkeys(("ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "ACFC", "ACPD", "PATC"), "accepted"),
    **dict.fromkeys(("ACSC", "ACCC"), "settled"),
    **dict.fromkeys(("RJCT", "BLCK"), "rejected"),
    "CANC": "cancelled",
    **dict.fromkeys(("CNCL", "ACCR", "PDCR"), "cancelled"),
    "RJCR": "accepted",
}
"""ISO 20022 external payment and cancellation status codes, as steps of a payment's life."""

IMPLIED = {"pacs.004": "returned", "camt.056": "cancelled"}
_SCHEMA = {
    **dict.fromkeys(TABLE.schema, pl.String()),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
}
_STATUS = ("TxSts", "TxCxlSts", "GrpSts", "PmtInfSts", "GrpCxlSts", "PmtInfCxlSts")
_REASONS = ("StsRsnInf", "RtrRsnInf", "CxlRsnInf", "CxlStsRsnInf")
_REASON_WORDS = ("Rsn/Cd", "Rsn/Prtry", "AddtlInf")
_REASON = re.compile(rf"(OrgnlGrpInf/)?({'|'.join(_REASONS)})(?:/\2)*/({'|'.join(_REASON_WORDS)})")
"""A reason's path without numbers: of a transaction or of its group, or nested in itself."""

_AMOUNTS = (
    *("RtrdIntrBkSttlmAmt", "OrgnlIntrBkSttlmAmt", "OrgnlInstdAmt"),
    *("OrgnlTxRef/IntrBkSttlmAmt", "OrgnlTxRef/Amt/InstdAmt"),
)


def recognises(head: bytes, _name: str) -> bool:
    """Whether the file holds a message that tells what became of payments."""
    return message_of(head) in {"pain.002", "pacs.002", "pacs.004", "camt.056", "camt.029"}


def read(source: Source) -> Iterator[Reading]:
    """Read a message transaction by transaction; `source_row` counts its events from 1.

    Raises:
        RefusedError: unsafe or broken XML, or nothing in it that happened to a payment.
    """
    message = _Message()
    for event, element in records(
        source, (*HEADERS, RETURNED_GROUP, *GROUPS, *TRANSACTIONS), events=("start", "end")
    ):
        message.take(event, local_name(str(element.tag)), element)
        if len(message.events) >= PART_ROWS:
            yield message.part()
    message.close()
    yield message.part()


class _Message:
    """What of a message has been read and not yet been handed on."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        self._rejects: list[Reject] = []
        self._identity = Identity("", "", ())
        self._findings: list[Finding] = []
        self._header, self._group = Leaves(), Leaves()
        self._waiting: Leaves | None = None
        self._count = self._in_group = 0

    def take(self, event: str, name: str, element: etree._Element) -> None:
        if not self._identity.message:
            self._identity = identity(element)
            self._findings.extend(self._identity.findings)
        if event == "start":
            self._in_group = 0 if name in GROUPS else self._in_group
        elif name in HEADERS:
            self._heading(name, element)
        elif name in TRANSACTIONS:
            self._transaction(name, element)
            forget(element)
        elif name == RETURNED_GROUP:
            self._returned_group(element)
        elif name in GROUPS:
            self._group_ends(name, leaves(element))
            forget(element)

    def _heading(self, name: str, element: etree._Element) -> None:
        """Add what a header says; some banks write GrpHdr for Assgnmt, or around it."""
        other = {k: v for k, v in self._header.values.items() if not k.startswith(f"{name}/")}
        self._header = Leaves({**other, **leaves(element, without=HEADERS, prefix=name).values})
        if name == "GrpHdr" and self._identity.message.startswith("camt."):
            assigned = any(path.startswith("Assgnmt/") for path in self._header.values)
            words = "stands with Assgnmt" if assigned else "stands in place of Assgnmt; read as it"
            message = f"GrpHdr, which {self._identity.message} does not know, {words}"
            self._findings.append(Finding("group_header", message, name))

    def _transaction(self, name: str, element: etree._Element) -> None:
        parent = element.getparent()
        around = Leaves()
        if parent is not None and local_name(str(parent.tag)) in GROUPS:
            around = leaves(parent, without=TRANSACTIONS)
        self._in_group, self._waiting = self._in_group + 1, None
        given = {**_original(self._group), **_original(around), **leaves(element).values}
        covering = around.take(*_STATUS) or Leaves(dict(self._group.values)).take(*_STATUS)
        self._happened(Leaves(given), f"{name}[{self._count + 1}]", covering)

    def _returned_group(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent is not None and local_name(str(parent.tag)) in TRANSACTIONS:
            return  # the transaction's own
        self._group = leaves(element, prefix=RETURNED_GROUP)
        if self._header.values.get("GrpHdr/GrpRtr") in ("true", "1"):
            self._waiting = self._group

    def _group_ends(self, name: str, given: Leaves) -> None:
        if name.startswith("OrgnlGrp"):
            self._group = self._waiting = given
        elif not self._in_group:
            self._waiting = None
            self._happened(Leaves({**_original(self._group), **given.values}), name)

    def _happened(self, given: Leaves, place: str, covering: str | None = None) -> None:
        self._count += 1
        text = given.remainder() or ""
        status = given.take(*_STATUS) or covering
        step = STATUSES.get(status or "", IMPLIED.get(self._identity.message))
        header = Leaves(dict(self._header.values))
        event = _event(given, header, status)
        if self._count == 1:  # with the first transaction what the message says of itself
            given.values.update(header.values)
        row = {
            **event,
            "remainder": given.remainder(),
            "event_type": step,
            "event_id": f"{self._identity.message_type}/{event['message_id']}/{self._count}",
            "source_row": self._count,
            "source_path": place,
        }
        if step:
            self.events.append(row)
            return
        reason = f"the status {status or '(none)'} is no step that we know"
        self._rejects.append(Reject(TABLE.name, self._count, reason, text, source_path=place))

    def close(self) -> None:
        """Make an event of a status that covers a whole message.

        Raises:
            RefusedError: nothing happened to any payment.
        """
        if self._waiting is not None and not self._count:
            self._happened(self._waiting, "OrgnlGrpInf")
        if not self._count:
            raise RefusedError(
                "the message says nothing of any payment", advice="Ask the sender for all of it"
            )

    def part(self) -> Reading:
        """Hand on what has been read since the last part."""
        rows, turned_away = typed(TABLE, pl.DataFrame(self.events, schema=_SCHEMA))
        away = pl.concat([turned_away, rejected(self._rejects)]).sort("source_row")
        findings = tuple(self._findings)
        self.events, self._rejects, self._findings = [], [], []
        return Reading(
            format=self._identity.message or "ISO 20022",
            version=self._identity.version,
            tables={TABLE.name: rows},
            rejected=away,
            findings=findings,
        )


def _original(given: Leaves) -> dict[str, str]:
    """What a group says of the original message; its own status is not its transactions'."""
    return {path: text for path, text in given.values.items() if path.startswith("Orgnl")}


def _event(given: Leaves, header: Leaves, status: str | None) -> dict[str, object]:
    end_to_end = given.take("OrgnlEndToEndId")
    uetr = given.take("OrgnlUETR")
    others = given.take("OrgnlTxId", "OrgnlInstrId", "OrgnlClrSysRef")
    original = given.take("OrgnlMsgId", "OrgnlGrpInf/OrgnlMsgId")
    batch = given.take("OrgnlPmtInfId")
    known = end_to_end if end_to_end != "NOTPROVIDED" else None
    group = "/".join(part for part in (original, batch) if part)
    kind = given.take("OrgnlMsgNmId", "OrgnlGrpInf/OrgnlMsgNmId") or ""
    amount, currency = _amount(given)
    return {
        "payment_id": known or uetr or others or group or None,
        "end_to_end_id": known,
        "uetr": uetr,
        "message_id": header.take("Assgnmt/Id", "GrpHdr/MsgId", "GrpHdr/Id"),
        "original_message_id": original,
        "occurred_at": given.take("AccptncDtTm")
        or header.take("Assgnmt/CreDtTm", "GrpHdr/CreDtTm"),
        "amount": amount,
        "currency": currency,
        "reason_code": _reason(given) or status,
        **_sides(given, kind),
    }


def _amount(given: Leaves) -> tuple[str | None, str | None]:
    for path in _AMOUNTS:
        amount = given.take(path)
        if amount is not None:
            return amount, given.take(f"{path}@Ccy")
    return None, None


def _reason(given: Leaves) -> str | None:
    """The first reason, a code before a text; any others stay in the remainder."""
    found: list[tuple[tuple[bool, int, int, int], str]] = []
    for path in given.values:
        if match := _REASON.fullmatch(without_numbers(path)):
            group, where, words = match.groups()
            rank = (bool(group), _REASONS.index(where), _REASON_WORDS.index(words), len(found))
            found.append((rank, path))
    return given.take(min(found)[1]) if found else None


def _sides(given: Leaves, original_message: str) -> dict[str, object]:
    """Who is on the other side, where the original message tells which side is ours."""
    collected = original_message.startswith(("pain.008", "pacs.003"))
    if not collected and not original_message.startswith("pain.001"):
        return {}
    ours, theirs = ("Cdtr", "Dbtr") if collected else ("Dbtr", "Cdtr")
    return {
        "direction": "incoming" if collected else "outgoing",
        "account_id": given.account(f"OrgnlTxRef/{ours}Acct"),
        "counterparty_name": given.name(f"OrgnlTxRef/{theirs}"),
        "counterparty_account": given.account(f"OrgnlTxRef/{theirs}Acct"),
    }


FORMATS = (Format("iso20022.payment_status", "payments", recognises, read),)
