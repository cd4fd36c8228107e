"""Counts and sums that payment messages state: of the message, of each batch, of each status."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.feeds.parsing.numbers import finite_decimal
from pipelines.feeds.reading import Finding, StatedTotal
from pipelines.feeds.xml.iso20022 import without_numbers

_SUMS = ("CtrlSum", "TtlIntrBkSttlmAmt", "TtlRtrdIntrBkSttlmAmt")
_PER_STATUS = ("NbOfTxsPerSts", "NbOfTxsPerCxlSts")
_STATUSES = ("TxSts", "TxCxlSts")
_AMOUNTS = (
    *("RtrdIntrBkSttlmAmt", "OrgnlIntrBkSttlmAmt", "OrgnlInstdAmt", "RtrdInstdAmt"),
    *("OrgnlTxRef/IntrBkSttlmAmt", "OrgnlTxRef/Amt/InstdAmt", "OrgnlTxRef/InstdAmt"),
)


@dataclass(slots=True)
class TransactionSum:
    """Transactions listed: how many, and their sum; None where an amount cannot be read."""

    number: int = 0
    total: Decimal | None = Decimal(0)

    def add(self, amount: object) -> None:
        """Take a transaction."""
        read = finite_decimal(amount)
        self.number += 1
        self.total = None if self.total is None or read is None else self.total + read


def of_level(
    values: Mapping[str, str], counted: TransactionSum, place: str
) -> Iterator[tuple[StatedTotal, str]]:
    """What a header or a batch states of the transactions under it, each with its text.

    A sum is not held where an amount cannot be read: its transaction was rejected by name.
    """
    level = "message" if place.startswith(("GrpHdr", "CtrlData")) else "batch"
    for name in ("NbOfTxs", *_SUMS):
        text = values.get(name)
        where = f"{place}/{name}"
        if text is None:
            continue
        if name == "NbOfTxs":
            label = f"transactions of the {level} (NbOfTxs)"
            yield StatedTotal(label, finite_decimal(text), Decimal(counted.number), where), text
        elif counted.total is not None:
            currency = values.get(f"{name}@Ccy")
            label = f"sum of the {level} ({name})"
            yield StatedTotal(label, finite_decimal(text), counted.total, where, currency), text


@dataclass(slots=True)
class StatusesRead:
    """Answers listed in a group or a message, by their status."""

    all: TransactionSum = field(default_factory=TransactionSum)
    of_status: dict[str, TransactionSum] = field(
        default_factory=lambda: defaultdict(TransactionSum)
    )

    def add(self, values: Mapping[str, str]) -> None:
        """Take a transaction by its leaves."""
        status = next((values[name] for name in _STATUSES if name in values), "")
        amount = next((values[name] for name in _AMOUNTS if name in values), None)
        self.all.add(amount)
        self.of_status[status].add(amount)

    def totals(self, values: Mapping[str, str], place: str) -> Iterator[tuple[StatedTotal, str]]:
        """What a group states of its answers; a status of which none is listed states no list."""
        stated = Counter[str]()
        for status_values in _per_status(values):
            status, number = status_values.get("DtldSts", ""), status_values.get("DtldNbOfTxs", "")
            where = f"{place}/{status_values['']} {status}".strip()
            stated[place] += int(number) if number.isdecimal() and len(number) < 16 else 0
            listed = self.of_status.get(status)
            if listed is None:
                continue
            if number:
                label = "answers of one status (DtldNbOfTxs)"
                yield (
                    StatedTotal(label, finite_decimal(number), Decimal(listed.number), where),
                    number,
                )
            if (text := status_values.get("DtldCtrlSum")) and listed.total is not None:
                label = "sum of one status (DtldCtrlSum)"
                yield StatedTotal(label, finite_decimal(text), listed.total, where), text
        original = values.get("OrgnlNbOfTxs")
        if original and (stated[place] or self.all.number > (finite_decimal(original) or 0)):
            counted = stated[place] or self.all.number
            label = "transactions of the original (OrgnlNbOfTxs)"
            where = f"{place}/OrgnlNbOfTxs"
            yield StatedTotal(label, finite_decimal(original), Decimal(counted), where), original


def finding_of(total: StatedTotal, text: str) -> Finding | None:
    """What is odd about a total; nothing where it holds."""
    if total.holds:
        return None
    code = (
        "transaction_count" if total.currency is None and "NbOfTxs" in total.name else "control_sum"
    )
    words = f"the {total.name} is stated as {text[:40]}, counted as {total.counted}"
    return Finding(code, words, total.place)


def _per_status(values: Mapping[str, str]) -> list[dict[str, str]]:
    """The counts per status of a group, each as its leaves, with its own name under ''."""
    by_element: dict[str, dict[str, str]] = {}
    for path, text in values.items():
        element, _, leaf = path.partition("/")
        if without_numbers(element) in _PER_STATUS:
            by_element.setdefault(element, {"": element})[leaf] = text
    return list(by_element.values())
