"""Status codes and reasons of ISO 20022 messages: what each means for a payment's life."""

import re
from collections.abc import Mapping

from pipelines.feeds.xml.iso20022 import Leaves, without_numbers

PAYEE_VERIFIED = "payee_verified"
STEPS: Mapping[str, str] = {
    **dict.fromkeys(("RCVD", "PDNG", "PRES"), "submitted"),
    **dict.fromkeys(("ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "ACFC", "ACPD", "PATC"), "accepted"),
    **dict.fromkeys(("ACSC", "ACCC"), "settled"),
    **dict.fromkeys(("RJCT", "BLCK"), "rejected"),
    "CANC": "cancelled",
    **dict.fromkeys(("CNCL", "ACCR", "PDCR", "PACR"), "cancelled"),
    "RJCR": "accepted",
    **dict.fromkeys(("RCVC", "RVCM", "RVNM", "RVMC", "RVNA"), PAYEE_VERIFIED),
}
"""External payment and cancellation status codes, as steps of a payment's life.

The last five answer a Verification of Payee (SEPA, since October 2025): matched, matched in part of
the message, no match, close match, not applicable. They move no payment on: its payer decides.
"""

STATUS_PATHS = ("TxSts", "TxCxlSts", "GrpSts", "PmtInfSts", "GrpCxlSts", "PmtInfCxlSts")
TRANSACTION_LEVEL = ""
BATCHES = ("OrgnlPmtInfAndSts", "OrgnlPmtInfAndCxl")
MESSAGES = ("OrgnlGrpInfAndSts", "OrgnlGrpInfAndCxl", "OrgnlGrpInf")
_LEVELS = (TRANSACTION_LEVEL, *BATCHES, *MESSAGES)
_ELEMENTS = ("StsRsnInf", "RtrRsnInf", "CxlRsnInf", "CxlStsRsnInf", "RvslRsnInf")
_WORDS = ("Rsn/Cd", "Rsn/Prtry", "AddtlInf")
_REASON = re.compile(
    rf"(?:({'|'.join(_LEVELS[1:])})/)?({'|'.join(_ELEMENTS)})(?:/\2)*/({'|'.join(_WORDS)})"
)
"""A reason's path without numbers: of a transaction or of its group, or nested in itself."""


def is_reason(path: str) -> bool:
    """Whether a leaf is part of a reason."""
    return without_numbers(path).startswith(_ELEMENTS)


def take_reason(given: Leaves) -> tuple[str | None, str | None]:
    """The code and the words of the first reason; that of a transaction before that of its group.

    A reason with a code comes before one without; all other reasons stay in the remainder.
    """
    reasons: list[tuple[tuple[int, int, int, int], str]] = []
    for path in given.values:
        if match := _REASON.fullmatch(without_numbers(path)):
            level, element, words = match.groups()
            rank = _LEVELS.index(level or ""), _ELEMENTS.index(element), _WORDS.index(words)
            reasons.append(((*rank, len(reasons)), path))
    if not reasons:
        return None, None
    first = min(reasons)[1]
    coded = not without_numbers(first).endswith("AddtlInf")
    around = first.rsplit("/", 2 if coded else 1)[0]
    code = given.take(first) if coded else None
    return code, given.take_all_under(around, "AddtlInf")
