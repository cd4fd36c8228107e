"""Whether a table is a bank statement: what speaks for it, and what only other registers have."""

import re
from collections.abc import Iterable, Mapping, Sequence

from pipelines.feeds.parsing.numbers import bare_number
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.model import is_iban
from pipelines.feeds.statements.tabular.vocabulary import CREDITS, DEBITS

_OTHER_REGISTERS = re.compile(
    # ledgers
    r"\b(journals?|vouchers?|ledgers?|g/l|gl[ _]?account|general ledger|trial balance|split|"
    r"cost[ _]?cent(er|re)|kostenstelle|profit[ _]?cent(er|re)|posting[ _]?key|tax[ _]?code|"
    r"sachkonten|sachkonto|gegenkonto.*soll|belegnummer|belegfeld|buchungskreis|company[ _]?code|"
    r"grootboek\w*|dagboek|ecriture\w*|pièce|pieceref|comptenum|asiento|verifikation|bilagsnr|"
    r"matching #|amount in (local|currency|doc)\w*|pstng|doc\. ?date|documentno|"
    # insurance
    r"polic(y|ies)\w*|polis\w*|police[ _]?n\w*|claims?|claimant|claimnumber|insured|underwrit\w*|"
    r"premiums?|bordereau\w*|coverage|inception|expiry|loss[ _]?(date|cause)|adjuster|reserves?|"
    r"recoveries|versicherungs\w*|schaden\w*|prämie|umr|register|"
    # lending, billing, customers
    r"loans?|instal?ments?|principal\w*|interest[ _]?due|penalty\w*|duedate|due[ _]date|"
    r"receipt[ _]?(id|no|number)|obligation\w*|invoice[ _]?(date|amount|total)|dunning|"
    r"encoded ?key|"
    # payment providers, shops
    r"payouts?|settlement[ _]?(id|batch|currency|amount)|merchant[ _]?(id|reference|account)|"
    r"psp|chargebacks?|capture[ _]?id|fulfil\w*|sku|processing (amount|currency)|"
    r"interchange|acquirer"
    r")\b",
    re.IGNORECASE,
)
"""Headings that a bank's list of movements does not have."""

_TITLES = re.compile(
    r"\b(general ledger|trial balance|journal (entries|items)|g/l account|hauptbuch|grand livre|"
    r"grootboek\w*|sachkonten|register|bordereau\w*|(export|list) of (receipts|policies|claims|"
    r"loans|invoices|customers)|aged? (receivables|payables))\b",
    re.IGNORECASE,
)
"""Lines above a heading that say what else the table is."""

_GROSS = re.compile(r"\b(gross|brutto|bruto|brut)\b", re.IGNORECASE)
_NET = re.compile(r"\b(net|netto|neto|nett)\b", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?[\d.,]*\d(?:[.,]\d+)?-?$")
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}([ T].*)?$")
_SIGNED = re.compile(r"[+-]?\d[\d.,' ]*[.,]\d{2}$|-\d+$")
_FEWEST_ROWS = 2


def is_another_register(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether the heading at `at`, or a line above it, is that of a ledger, register or report."""
    heading = [_words(cell) for cell in rows[at] if cell.strip()]
    above = [cell for row in rows[:at] for cell in row if cell.strip()]
    both = all(any(part.search(cell) for cell in heading) for part in (_GROSS, _NET))
    return (
        both
        or any(_OTHER_REGISTERS.search(cell) for cell in heading)
        or any(_TITLES.search(cell) for cell in above)
    )


def speaks_for_a_statement(
    columns: Mapping[str, str], heading: Sequence[str], samples: Sequence[Sequence[str]]
) -> bool:
    """Whether movements show: signs or sides, a balance, two days, a bank account, another's."""
    telling_columns = {"balance", "value_date", "counterparty_account", "debit", "credit"}
    if (
        telling_columns & columns.keys()
        or "counterparty_name" in columns
        or "remittance" in columns
    ):
        return True
    names = [name.strip() for name in heading]
    if account := columns.get("account_id"):
        values = _values(samples, names.index(account))
        if any(is_iban("".join(value.split()).upper()) for value in values):
            return True
    amounts = _values(samples, names.index(columns["amount"]))
    if any(bare_number(amount).startswith("-") for amount in amounts):
        return True
    return any(
        {word.casefold() for word in _values(samples, index)} <= DEBITS | CREDITS
        for index in range(len(names))
        if _values(samples, index)
    )


def without_heading(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table shows movements from its first row on, with no heading above them."""
    given = [row for row in rows if any(cell.strip() for cell in row)][:25]
    if len(given) < _FEWEST_ROWS or len({len(row) for row in given}) != 1 or len(given[0]) < 3:
        return False
    by_column = list(zip(*given, strict=True))
    days = any(all(_DAY.match(cell.strip()) for cell in cells) for cells in by_column)
    amounts = any(all(_is_amount(cell) for cell in cells) for cells in by_column)
    return days and amounts


def headless(name: str) -> RefusedError:
    """The refusal of a table of movements without headings: by them a profile knows a table."""
    return RefusedError(
        f"{name} is a table of movements without headings, and a column profile knows a table by "
        "its headings",
        place="row 1",
        advice="Write a line of headings above it, such as Date;Payee;Amount;Currency;Balance; "
        "`countinghouse init` then proposes the profile that reads it",
    )


def is_account(values: Iterable[str]) -> bool:
    """Whether values may be account numbers: they are no days, no amounts and have a digit."""
    given = [value.strip() for value in values if value.strip()]
    return not given or not all(_DAY.match(value) or _is_amount(value) for value in given)


def _is_amount(cell: str) -> bool:
    plain = bare_number(cell)
    return bool(_NUMBER.match(plain) and _SIGNED.match(plain) and not _DAY.match(cell.strip()))


def _values(samples: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index].strip() for row in samples if index < len(row) and row[index].strip()]


def _words(cell: str) -> str:
    """A heading as words: `claimNumber` and `claim_number` are `claim number`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell).replace("_", " ").replace(".", " ")
