"""ISO 20022 messages about payments: which message it is, and its elements as flat leaves.

Every version and every namespace is read: the name of the message's own element decides, and a
namespace that says something else is a finding.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipelines.feeds.reading import Finding
from pipelines.feeds.xml.stream import local_name

MESSAGES = {
    "CstmrCdtTrfInitn": "pain.001",
    "CstmrDrctDbtInitn": "pain.008",
    "FIToFICstmrCdtTrf": "pacs.008",
    "FIToFICstmrDrctDbt": "pacs.003",
    "CstmrPmtStsRpt": "pain.002",
    "FIToFIPmtStsRpt": "pacs.002",
    "PmtRtr": "pacs.004",
    "FIToFIPmtCxlReq": "camt.056",
    "RsltnOfInvstgtn": "camt.029",
}
_NAMES = "|".join(MESSAGES)
_ELEMENT = re.compile(rf"<(?:[\w.-]+:)?({_NAMES})(?:V\d\d)?[\s/>]".encode())
_REVISION = re.compile(r"V\d\d$")
_VERSION = re.compile(r"(?:pain|pacs|camt)\.\d{3}\.\d{3}\.\d{2}")
_INDEX = re.compile(r"\[\d+\]")


def message_of(head: bytes) -> str | None:
    """The message (`pain.001`) whose element stands in the first bytes of the file, if any."""
    if b"<" not in head[:256]:
        return None
    match = _ELEMENT.search(head)
    return MESSAGES[match.group(1).decode()] if match else None


def without_numbers(path: str) -> str:
    """The path of a leaf as if none of its elements were repeated."""
    return _INDEX.sub("", path)


@dataclass(slots=True)
class Leaves:
    """The texts under an element by their path (`PmtId/EndToEndId`), each to be taken once.

    An attribute is a leaf as well (`Amt/InstdAmt@Ccy`); the second of two equal paths carries its
    number (`RmtInf/Ustrd[2]`).
    """

    values: dict[str, str] = field(default_factory=dict)

    def take(self, *paths: str) -> str | None:
        """The first of `paths` that is given; it leaves the remainder, and so do its repetitions.

        An alternative that says something else stays in the remainder.
        """
        first = None
        for path in paths:
            given = self.values.get(path)
            if given is not None and first in (None, given):
                first = self.values.pop(path)
        return first

    def take_all(self, path: str) -> str | None:
        """All leaves of one path, repeated or not, joined by blanks."""
        same = [key for key in self.values if without_numbers(key) == path]
        return " ".join(self.values.pop(key) for key in same) or None

    def take_all_under(self, path: str, name: str) -> str | None:
        """All leaves `name` of the one element under `path`, joined by blanks."""
        repeated = re.compile(rf"{re.escape(f'{path}/{name}')}(\[\d+\])?")
        same = [key for key in self.values if repeated.fullmatch(key)]
        return " ".join(self.values.pop(key) for key in same) or None

    def account(self, path: str) -> str | None:
        """The account under `path`: its IBAN, or the servicer's own number, without blanks."""
        number = self.take(f"{path}/Id/IBAN", f"{path}/Id/Othr/Id", f"{path}/Id/PrtryAcct/Id")
        return "".join(number.split()) if number else None

    def agent(self, path: str) -> str | None:
        """The institution under `path`: its BIC, or its clearing number."""
        inside = f"{path}/FinInstnId"
        return self.take(
            f"{inside}/BICFI",
            f"{inside}/BIC",
            f"{inside}/ClrSysMmbId/MmbId",
            f"{inside}/Othr/Id",
            f"{inside}/CmbndId/BIC",
        )

    def name(self, path: str) -> str | None:
        """The name of the party under `path`, in the older and the newer structure."""
        return self.take(f"{path}/Nm", f"{path}/Pty/Nm")

    def day(self, path: str) -> str | None:
        """The date under `path`, be it plain, `Dt` or `DtTm`."""
        stated = self.take(path, f"{path}/Dt", f"{path}/DtTm")
        return stated[:10] if stated else None

    def remainder(self) -> str | None:
        """JSON of what nobody took."""
        return json.dumps(self.values, ensure_ascii=False) if self.values else None


def leaves(element: etree._Element, without: Collection[str] = (), prefix: str = "") -> Leaves:
    """Flatten an element, leaving out the children called `without`."""
    collected, seen = Leaves(), Counter[str]()
    _collect(element, prefix, collected.values, seen, frozenset(without))
    return collected


def _collect(
    element: etree._Element,
    path: str,
    into: dict[str, str],
    seen: Counter[str],
    without: frozenset[str] = frozenset(),
) -> None:
    for child in element:  # the parser leaves no comments in
        name = str(child.tag).rpartition("}")[2]
        if name in without:
            continue
        here = f"{path}/{name}" if path else name
        seen[here] += 1
        if seen[here] > 1:
            here = f"{here}[{seen[here]}]"
        for attribute, value in child.attrib.items():
            into[f"{here}@{local_name(str(attribute))}"] = str(value)
        if len(child):
            _collect(child, here, into, seen)
        elif (text := child.text) and (text := text.strip()):
            into[here] = text


@dataclass(frozen=True, slots=True)
class MessageIdentity:
    """Which message a file holds: its name, its name with version, and what is odd about it."""

    message: str
    message_type: str
    findings: tuple[Finding, ...]

    @property
    def version(self) -> str:
        """The version alone, such as 001.09."""
        return self.message_type.removeprefix(self.message).lstrip(".")


def identity(element: etree._Element) -> MessageIdentity:
    """The message that `element` stands in."""
    own = next((ancestor for ancestor in _upwards(element) if _name(ancestor) in MESSAGES), element)
    message = MESSAGES.get(_name(own), "")
    namespace = str(own.tag).partition("}")[0].lstrip("{")
    match = _VERSION.search(namespace)
    if match and match.group().startswith(message):
        return MessageIdentity(message, match.group(), ())
    named = f"the namespace '{namespace}' is not one of {message}"
    words = named if "}" in str(own.tag) else f"no namespace is named; read as {message}"
    finding = Finding("namespace", words)
    return MessageIdentity(message, message, (finding,))


def _name(element: etree._Element) -> str:
    return _REVISION.sub("", local_name(str(element.tag)))


def _upwards(element: etree._Element) -> Iterator[etree._Element]:
    yield element
    yield from element.iterancestors()
