"""Orders to pay or collect: pain.001, pain.008, pacs.008 and pacs.003, as `payment_orders`."""

from collections.abc import Iterator, Mapping

import polars as pl
from lxml import etree

from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.payments.totals import TransactionSum, finding_of, of_level
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source, StatedTotal
from pipelines.feeds.xml.iso20022 import Leaves, MessageIdentity, identity, leaves, message_of
from pipelines.feeds.xml.stream import forget, local_name, records
from quality.contract import contract

TABLE = contract("payment_orders")
PART_ROWS = 20_000
TRANSACTIONS = ("CdtTrfTxInf", "DrctDbtTxInf")
_SCHEMA = {
    **dict.fromkeys(TABLE.schema, pl.String()),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
}


def recognises(head: bytes, _name: str) -> bool:
    """Whether the file holds a message that orders payments."""
    return message_of(head) in {"pain.001", "pain.008", "pacs.008", "pacs.003"}


def read(source: Source) -> Iterator[Reading]:
    """Read a message transaction by transaction; `source_row` counts them from 1.

    Raises:
        RefusedError: unsafe or broken XML, or no transaction where the message states some.
    """
    message = _OrderMessage()
    names = ("GrpHdr", "PmtInf", *TRANSACTIONS)
    for event, element in records(source, names, events=("start", "end")):
        message.take(event, local_name(str(element.tag)), element)
        if len(message.rows) >= PART_ROWS:
            yield message.part()
    message.close()
    yield message.part()


class _OrderMessage:
    """What of a message has been read and not yet been handed on."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self._identity: MessageIdentity | None = None
        self._header = Leaves()
        self._batch = Leaves()
        self._batches = self._in_batch = self._count = 0
        self._of_message, self._of_batch = TransactionSum(), TransactionSum()
        self._findings: list[Finding] = []
        self._totals: list[StatedTotal] = []

    def take(self, event: str, name: str, element: etree._Element) -> None:
        message = self._identity
        if message is None:
            message = self._identity = identity(element)
            self._findings.extend(message.findings)
        if name in TRANSACTIONS:
            if event == "end":
                self._transaction(name, element, message.message_type)
                forget(element)
        elif name == "GrpHdr" and event == "end":
            self._header = leaves(element)
        elif name == "PmtInf":
            if event == "end":
                stated = leaves(element, without=TRANSACTIONS).values
                self._hold(stated, self._of_batch, f"PmtInf[{self._batches}]")
                forget(element)
            self._batches, self._in_batch = self._batches + (event == "start"), 0
            self._of_batch = TransactionSum()

    def _transaction(self, name: str, element: etree._Element, message_type: str) -> None:
        parent = element.getparent()
        batched = parent is not None and local_name(str(parent.tag)) == "PmtInf"
        if batched and self._in_batch == 0 and parent is not None:
            self._batch = leaves(parent, without=TRANSACTIONS)
        given = Leaves({**self._batch.values, **leaves(element).values})
        self._count, self._in_batch = self._count + 1, self._in_batch + 1
        inside = f"PmtInf[{self._batches}]/" if batched else ""
        row: dict[str, object] = {
            **_order(given, Leaves(dict(self._header.values)), collects=name == "DrctDbtTxInf"),
            "remainder": self._left_over(given),
            "message_type": message_type,
            "transaction_index": str(self._count - 1),
            "source_row": self._count,
            "source_path": f"{inside}{name}[{self._in_batch if batched else self._count}]",
        }
        self.rows.append(row)
        self._of_message.add(row["amount"])
        self._of_batch.add(row["amount"])

    def _left_over(self, given: Leaves) -> str | None:
        """What nobody took, and with the first transaction what the message says of itself."""
        if self._count == 1:
            control_names = {"MsgId", "CreDtTm", "NbOfTxs", "CtrlSum"}
            rest = {
                f"GrpHdr/{k}": v for k, v in self._header.values.items() if k not in control_names
            }
            given.values.update(rest)
        return given.remainder()

    def _hold(self, stated: Mapping[str, str], counted: TransactionSum, place: str) -> None:
        for total, text in of_level(stated, counted, place):
            self._totals.append(total)
            if finding := finding_of(total, text):
                self._findings.append(finding)

    def close(self) -> None:
        """Compare what the message states of itself with what was read.

        Raises:
            RefusedError: the message states transactions and holds none.
        """
        stated = self._header.values.get("NbOfTxs")
        if not self._count and stated != "0":
            raise RefusedError(
                f"the message states {stated or 'no number of'} transactions and holds none",
                advice="Ask the sender for the whole message",
            )
        self._hold(self._header.values, self._of_message, "GrpHdr")

    def part(self) -> Reading:
        """Hand on what has been read since the last part."""
        name = self._identity
        rows, rejects = typed(TABLE, pl.DataFrame(self.rows, schema=_SCHEMA))
        findings, totals = tuple(self._findings), tuple(self._totals)
        self.rows, self._findings, self._totals = [], [], []
        return Reading(
            format=name.message if name else "ISO 20022",
            version=name.version if name else "",
            tables={TABLE.name: rows},
            rejected=rejects,
            findings=findings,
            totals=totals,
        )


def _order(given: Leaves, header: Leaves, *, collects: bool) -> dict[str, str | None]:
    created = header.take("CreDtTm")
    amount, currency = _amount(given)
    return {
        "message_id": header.take("MsgId"),
        "payment_information_id": given.take("PmtInfId"),
        "instruction_id": given.take("PmtId/InstrId"),
        "end_to_end_id": given.take("PmtId/EndToEndId") or given.take("PmtId/TxId"),
        "uetr": given.take("PmtId/UETR"),
        "created_at": created,
        "requested_execution_date": _day(given, header) or (created or "")[:10] or None,
        "direction": "incoming" if collects else "outgoing",
        "payment_method": given.take("PmtMtd") or ("DD" if collects else "TRF"),
        "batch_booking": _truth(given.take("BtchBookg") or header.take("BtchBookg")),
        "amount": amount,
        "currency": currency,
        "debtor_name": given.name("Dbtr"),
        "debtor_account": given.account("DbtrAcct"),
        "debtor_agent": given.agent("DbtrAgt"),
        "creditor_name": given.name("Cdtr"),
        "creditor_account": given.account("CdtrAcct"),
        "creditor_agent": given.agent("CdtrAgt"),
        "mandate_id": given.take("DrctDbtTx/MndtRltdInf/MndtId", "MndtRltdInf/MndtId"),
        "purpose": given.take("Purp/Cd", "Purp/Prtry", "PmtTpInf/CtgyPurp/Cd"),
        "remittance": _remittance(given),
    }


def _amount(given: Leaves) -> tuple[str | None, str | None]:
    for path in ("IntrBkSttlmAmt", "Amt/InstdAmt", "InstdAmt", "Amt/EqvtAmt/Amt"):
        amount = given.take(path)
        if amount is not None:
            return amount, given.take(f"{path}@Ccy")
    return None, None


def _day(given: Leaves, header: Leaves) -> str | None:
    for path in ("ReqdExctnDt", "ReqdColltnDt", "IntrBkSttlmDt"):
        day = given.day(path) or header.day(path)
        if day:
            return day
    return None


def _remittance(given: Leaves) -> str | None:
    parts = (
        given.take_all("RmtInf/Ustrd"),
        given.take_all("RmtInf/Strd/CdtrRefInf/Ref"),
        given.take_all("RmtInf/Strd/RfrdDocInf/Nb"),
    )
    return " ".join(part for part in parts if part) or None


def _truth(text: str | None) -> str | None:
    return {"1": "true", "0": "false"}.get(text or "", text)


FORMATS = (Format("iso20022.payment_orders", "payments", recognises, read),)
