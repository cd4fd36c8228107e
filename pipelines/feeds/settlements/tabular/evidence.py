"""Whether a table is a settlement report: what speaks for it, and what only others have."""

import re
from collections.abc import Sequence

_PAID_OUT = re.compile(
    r"\b(payouts?|pay out|paid out|settlements?|settled|disbursements?|disbursed|transfers?|"
    r"deposits?|remittance|auszahlung(s\w*)?|auszahlungen|ausgezahlt|uitbetaling\w*|versements?|"
    r"virements?|liquidaci[oó]n\w*|pagamento|batch)\b"
    r"(.*\b(id|ids|no|nr|number|nummer|reference|referenz|ref|code|date|datum|day|at|on|time|"
    r"timestamp|fecha|data|status|batch)\b|$)|"
    r"\b(auszahlungs|settlement|payout|uitbetalings)(datum|nummer|referenz|id)\b",
    re.IGNORECASE,
)
"""Headings that say what was paid out, or when."""

_PROVIDER = re.compile(
    r"\b(merchants?|händler|psp|acquirer|processor|gateway|captures?|captured|charge ?backs?|"
    r"refunds?|refunded|disputes?|cards?|card ?holder|scheme|interchange|terminal|checkout|"
    r"charge id|payment (id|reference|method|type)|payments? id|psp reference|"
    r"transaktions(code|nummer|id)|"
    r"orders?|bestell\w*|commande|pedido|shop|store|sku|buyer|wallet|sender|receiver)\b",
    re.IGNORECASE,
)
"""Headings of those who take payments for a shop."""

_ANOTHER = re.compile(
    # insurance
    r"\b(polic(y|ies)|polis\w*|police|claims?|claimants?|claim ?number|insured|insurer|assureds?|"
    r"underwrit\w*|premiums?|premie|bordereau\w*|cover ?holder|coverage|inception|expiry|"
    r"loss (date|cause)|date of loss|adjuster|incurred|outstanding reserves?|umr|"
    r"risk (code|inception|expiry)|primes|prime (nette|brute|ttc|ht)|"
    r"versicher\w*|schaden\w*|prämien?|praemien?|assuré\w*|sinistres?|siniestros?|"
    r"póliza|poliza|prima|polizza|sinistro|"
    # lending
    r"loans?|borrowers?|lender|principal\w*|interest|apr|outstanding (balance|principal)|"
    r"instal?ments? (no|number|id|due|date|amount)|due ?date|date due|amortis\w*|amortiz\w*|"
    r"repayments?|darlehen\w*|kredite?|tilgung\w*|zinsen|prêts?|échéance|préstamo\w*|mutuo|"
    # ledgers, billing, pay
    r"journals?|ledgers?|g/l|gl account|trial balance|cost cent(er|re)|kostenstelle|"
    r"sachkonto|gegenkonto|account code|invoice (date|total)|dunning|"
    r"salar(y|ies)|payroll|employees?|gehalt|lohn\w*"
    r")\b",
    re.IGNORECASE,
)
"""Headings that no settlement report has."""

_TITLES = re.compile(
    r"\b(bordereau\w*|register|journal|ledger|trial balance|hauptbuch|schedule of (loans|payments)|"
    r"(loan|repayment|amortization|amortisation) schedule|"
    r"(list|export) of (policies|claims|loans|invoices|customers|receipts))\b",
    re.IGNORECASE,
)
"""Lines above a heading that say what else the table is."""


def is_no_settlement(header: Sequence[str], above: Sequence[str] = ()) -> bool:
    """Whether a heading, or a line above it, is that of a ledger, a register or a schedule."""
    return any(_ANOTHER.search(_words(name)) for name in header) or any(
        _TITLES.search(line) for line in above
    )


def speaks_for_a_settlement(header: Sequence[str]) -> bool:
    """Whether a heading says what was paid out or when, or is in the words of a provider."""
    words = [_words(name) for name in header]
    return any(_PAID_OUT.search(name) or _PROVIDER.search(name) for name in words)


def _words(heading: str) -> str:
    """A heading as words: `payoutDate` and `payout_date` are `payout date`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return re.sub(r"[_.\-/]+", " ", parted)
