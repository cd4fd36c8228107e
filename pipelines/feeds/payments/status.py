"""What became of payments: pain.002, pacs.002, pacs.004, camt.056 and camt.029 as events.

A status of a whole message or batch that lists no transactions is one event whose `payment_id` is
the original message's id (and batch's, after a slash) and whose `end_to_end_id` is null: it is
joined by `original_message_id`. A request to cancel (camt.056) counts as cancelled until the answer
(camt.029) refuses it, which makes the payment accepted again.
"""

from collections.abc import Iterable, Iterator

import polars as pl
from lxml import etree

from pipelines.feeds.parsing.rejects import Reject, rejected
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.payments.status_codes import BATCHES, MESSAGES, STATUS_PATHS, STEPS, is_reason
from pipelines.feeds.payments.status_event import event_of
from pipelines.feeds.payments.totals import StatusesRead, finding_of, of_level
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source, StatedTotal
from pipelines.feeds.xml.iso20022 import (
    Leaves,
    MessageIdentity,
    identity,
    leaves,
    message_of,
)
from pipelines.feeds.xml.stream import forget, local_name, records
from quality.contract import contract

TABLE = contract("payment_events")
PART_ROWS = 20_000
HEADERS = ("GrpHdr", "Assgnmt", "Case", "RslvdCase", "CtrlData")
GROUPS = ("OrgnlGrpInfAndSts", "OrgnlGrpInfAndCxl", *BATCHES)
TRANSACTIONS = ("TxInfAndSts", "TxInf")
RETURNED_GROUP = "OrgnlGrpInf"
"""What pacs.004 says of the message that all its returns were in, or of one return's."""

ANSWER = "Sts"
"""What a camt.029 answers to everything that it lists; many banks say it nowhere else."""

IMPLIED = {"pacs.004": "returned", "camt.056": "cancelled"}
_SCHEMA = {
    **dict.fromkeys(TABLE.schema, pl.String()),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
}


def recognises(head: bytes, _name: str) -> bool:
    """Whether the file holds a message that tells what became of payments."""
    return message_of(head) in {"pain.002", "pacs.002", "pacs.004", "camt.056", "camt.029"}


def read(source: Source) -> Iterator[Reading]:
    """Read a message transaction by transaction; `source_row` counts its events from 1.

    Raises:
        RefusedError: unsafe or broken XML, or nothing in it that happened to a payment.
    """
    message = _StatusMessage()
    for event, element in records(
        source, (*HEADERS, ANSWER, RETURNED_GROUP, *GROUPS, *TRANSACTIONS), events=("start", "end")
    ):
        message.take(event, local_name(str(element.tag)), element)
        if len(message.events) >= PART_ROWS:
            yield message.part()
    message.close()
    yield message.part()


class _StatusMessage:
    """What of a message has been read and not yet been handed on."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        self._rejects: list[Reject] = []
        self._identity = MessageIdentity("", "", ())
        self._findings: list[Finding] = []
        self._header = Leaves()
        self._group, self._group_name = Leaves(), ""
        self._waiting: Leaves | None = None
        self._count = self._in_group = 0
        self._unsaid: dict[str, str] = {}
        self._of_message, self._of_batch = StatusesRead(), StatusesRead()
        self._stating: list[tuple[dict[str, str], str]] = []
        self._totals: list[StatedTotal] = []

    def take(self, event: str, name: str, element: etree._Element) -> None:
        if not self._identity.message:
            self._identity = identity(element)
            self._findings.extend(self._identity.findings)
        if event == "start":
            self._in_group = 0 if name in GROUPS else self._in_group
            self._of_batch = StatusesRead() if name in BATCHES else self._of_batch
        elif name in HEADERS or name == ANSWER:
            self._heading(name, element)
        elif name in TRANSACTIONS:
            self._transaction(name, element)
            forget(element)
        elif name == RETURNED_GROUP:
            self._returned_group(element)
        elif name in GROUPS:
            self._group_ends(name, leaves(element, without=TRANSACTIONS))
            forget(element)

    def _heading(self, name: str, element: etree._Element) -> None:
        """Add what a header says; some banks write GrpHdr for Assgnmt, or around it."""
        if _inside(element, (*TRANSACTIONS, *GROUPS)):
            return  # what a transaction says of its own case or charges
        other = {k: v for k, v in self._header.values.items() if not k.startswith(f"{name}/")}
        self._header = Leaves({**other, **leaves(element, without=HEADERS, prefix=name).values})
        if name == "GrpHdr" and self._identity.message.startswith("camt."):
            assigned = any(path.startswith("Assgnmt/") for path in self._header.values)
            words = "stands with Assgnmt" if assigned else "stands in place of Assgnmt; read as it"
            message = f"GrpHdr, which {self._identity.message} does not know, {words}"
            self._findings.append(Finding("group_header", message, name))

    def _transaction(self, name: str, element: etree._Element) -> None:
        parent = element.getparent()
        batch, batch_name = Leaves(), ""
        if parent is not None and local_name(str(parent.tag)) in GROUPS:
            batch_name = local_name(str(parent.tag))
            batch = leaves(parent, without=TRANSACTIONS)
        own = leaves(element).values
        self._of_message.add(own)
        self._of_batch.add(own)
        given = {
            **_of_group(self._group, self._group_name),
            **_of_group(batch, batch_name),
            **own,
        }
        if not self._in_group:
            self._unsaid.update(_of_itself(batch, batch_name))
        self._in_group, self._waiting = self._in_group + 1, None
        self._happened(Leaves(given), f"{name}[{self._count + 1}]", _status(batch, self._group))

    def _returned_group(self, element: etree._Element) -> None:
        if _inside(element, TRANSACTIONS):
            return  # the transaction's own
        self._group, self._group_name = leaves(element), RETURNED_GROUP
        if self._header.values.get("GrpHdr/GrpRtr") in ("true", "1"):
            self._waiting = self._group

    def _group_ends(self, name: str, given: Leaves) -> None:
        if name in BATCHES:
            self._hold(self._of_batch.totals(given.values, name))
        else:
            self._stating.append((dict(given.values), name))
        if name in MESSAGES:
            self._group, self._group_name, self._waiting = given, name, given
            self._unsaid.update(_of_itself(given, name))
        elif not self._in_group:
            self._waiting = None
            around = _of_group(self._group, self._group_name)
            self._happened(Leaves({**around, **given.values}), name, _status(self._group))

    def _happened(self, given: Leaves, place: str, covering: str | None = None) -> None:
        self._count += 1
        text = given.remainder() or ""
        header = Leaves(dict(self._header.values))
        status = given.take(*STATUS_PATHS) or covering or header.take(f"{ANSWER}/Conf")
        step = STEPS.get(status or "", IMPLIED.get(self._identity.message))
        event = event_of(given, header, status)
        given.values.update(
            self._unsaid
        )  # with the first transaction what its group says of itself
        self._unsaid = {}
        if self._count == 1:  # and what the message says of itself
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

    def _hold(self, stated: Iterable[tuple[StatedTotal, str]]) -> None:
        for total, text in stated:
            self._totals.append(total)
            if finding := finding_of(total, text):
                self._findings.append(finding)

    def _hold_message(self) -> None:
        """Hold what the message states of itself, and of the one that it answers."""
        for name in ("GrpHdr", "CtrlData"):
            header_values = self._header.values.items()
            stated = {
                k.removeprefix(f"{name}/"): v for k, v in header_values if k.startswith(f"{name}/")
            }
            self._hold(of_level(stated, self._of_message.all, name))
        if len(self._stating) == 1:  # of several groups nobody says which answers are whose
            self._hold(self._of_message.totals(*self._stating[0]))

    def close(self) -> None:
        """Make an event of a status that covers a whole message.

        Raises:
            RefusedError: nothing happened to any payment.
        """
        if self._of_message.all.number:
            self._hold_message()
        if self._waiting is not None and not self._count:
            self._unsaid = {}
            self._happened(Leaves(dict(self._waiting.values)), "OrgnlGrpInf")
        if self._count:
            return
        answer = self._header.values.get(f"{ANSWER}/Conf")
        case = self._header.values.get("RslvdCase/Id")
        raise RefusedError(
            f"the message answers {answer} to the case {case or '(none)'} and names no payment"
            if answer
            else "the message says nothing of any payment",
            advice="Ask the sender for all of it",
        )

    def part(self) -> Reading:
        """Hand on what has been read since the last part."""
        rows, turned_away = typed(TABLE, pl.DataFrame(self.events, schema=_SCHEMA))
        away = pl.concat([turned_away, rejected(self._rejects)]).sort("source_row")
        findings, totals = tuple(self._findings), tuple(self._totals)
        self.events, self._rejects, self._findings, self._totals = [], [], [], []
        return Reading(
            format=self._identity.message or "ISO 20022",
            version=self._identity.version,
            tables={TABLE.name: rows},
            rejected=away,
            findings=findings,
            totals=totals,
        )


def _inside(element: etree._Element, names: tuple[str, ...]) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(str(parent.tag)) in names


def _status(*groups: Leaves) -> str | None:
    """The status of the first group that has one; it stays with the group."""
    candidates = (Leaves(dict(group.values)).take(*STATUS_PATHS) for group in groups)
    return next(filter(None, candidates), None)


def _of_group(group: Leaves, name: str) -> dict[str, str]:
    """What a group says of the original message, and why; its status is not its transactions'."""
    return {
        f"{name}/{path}" if is_reason(path) else path: text
        for path, text in group.values.items()
        if path.startswith("Orgnl") or is_reason(path)
    }


def _of_itself(group: Leaves, name: str) -> dict[str, str]:
    """All else that a group says, such as its own status and its counts."""
    return {
        f"{name}/{path}": text
        for path, text in group.values.items()
        if not path.startswith("Orgnl") and not is_reason(path)
    }


FORMATS = (Format("iso20022.payment_status", "payments", recognises, read),)
