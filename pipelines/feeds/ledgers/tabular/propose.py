"""A ledger profile proposed for a table of postings, from its headings and first rows."""

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import yaml

from pipelines.feeds.parsing.dates import date_formats
from pipelines.feeds.parsing.numbers import bare_number
from pipelines.feeds.statements.tabular.layout import HEADING_WITHIN
from pipelines.feeds.statements.tabular.propose import heading_samples
from pipelines.feeds.statements.tabular.vocabulary import DEBITS, means

_WORDS = {
    "account_code": (
        r"^(gl |g/l |general ledger |nominal |ledger )?account( ?(code|no\.?|number|id))?$|"
        r"^(sach)?konto(nummer)?$|^compte(num)?$|^n° compte|^cuenta( contable)?$|^conto$|"
        r"^(groot)?(boek)?rekening(nummer)?$|^grootboek|^nominal( code)?$|^accountid$|^konto nr"
    ),
    "journal_id": (
        r"journal ?(entry|id|no|number|ref)?\b|voucher|^entry ?(id|no\.?|number)?$|"
        r"^trans(action)?( ?(id|no\.?|number|#))?$|^doc(ument)?( ?(id|no\.?|number))?$|beleg|"
        r"pièce|piece|ecriturenum|asiento|boekstuk|verifikation|bilag|dowód|^move|posting ?(id|no)|"
        r"^(number|nummer|numéro|nr\.?)$"
    ),
    "line_number": r"^(line|row|posting|item)( ?(no\.?|number|id))?$|^pos(ition)?$|^zeile$",
    "counterparty_name": (
        r"partner|customer|vendor|supplier|kreditor|debitor|counterpart|payee|^name$"
    ),
    "reference": r"reference|referenz|^ref\b|pieceref|external doc",
    "entity_id": r"^(company|entity|mandant|subsidiary|société|buchungskreis)( ?(code|id))?$",
}
_NUMBER = re.compile(r"[+-]?[\d.,]*\d(?:[.,]\d+)?-?$")
_CURRENCY = re.compile(r"[A-Za-z]{3}$")
_JOURNAL_NEEDS = ("account_code", "journal_id", "booking_date")


def ledger_proposal(rows: Sequence[Sequence[str]], name: str) -> str | None:
    """A ledger profile in YAML to look through and save.

    Returns:
        Nothing where no row names an account, a journal, a day and either debit and credit or an
        amount: then it is no list of postings.
    """
    for at, heading in enumerate(rows[:HEADING_WITHIN]):
        samples = heading_samples(rows, at)
        columns = _columns([cell.strip() for cell in heading], samples) if samples else {}
        if all(part in columns for part in _JOURNAL_NEEDS) and (
            {"debit", "credit"} <= columns.keys() or "amount" in columns
        ):
            return _written(name, [cell.strip() for cell in heading], samples, columns)
    return None


def _columns(heading: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for column in (*_WORDS, "debit", "credit", "amount", "currency", "booking_date", "remittance"):
        for index, title in enumerate(heading):
            values = [row[index].strip() for row in samples if row[index].strip()]
            if title and title not in columns.values() and _may_be(column, title, values):
                columns[column] = title
                break
    if {"debit", "credit"} <= columns.keys():
        columns.pop("amount", None)
    else:
        columns.pop("debit", None)
        columns.pop("credit", None)
    _choose_journal(heading, samples, columns)
    if text := columns.pop("remittance", ""):
        columns["description"] = text
    return columns


def _choose_journal(
    heading: Sequence[str], samples: Sequence[Sequence[str]], columns: dict[str, str]
) -> None:
    """Of several columns that may name the journal, the one whose journals balance most often.

    `Journal` is a code of many entries in some systems and the entry itself in others; only the
    figures tell.
    """
    taken = {title for column, title in columns.items() if column != "journal_id"}
    candidates = [
        title
        for index, title in enumerate(heading)
        if title not in taken and _may_be("journal_id", title, [row[index] for row in samples])
    ]
    if candidates:
        columns["journal_id"] = max(
            candidates, key=lambda title: _balanced(heading, samples, columns, title)
        )


def _balanced(
    heading: Sequence[str], samples: Sequence[Sequence[str]], columns: dict[str, str], journal: str
) -> int:
    """How many journals of the samples balance."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in samples:
        for side, sign in (("debit", 1), ("credit", -1), ("amount", 1)):
            if side in columns:
                number = re.sub(
                    r"[.,](?=\d{3})", "", bare_number(row[heading.index(columns[side])])
                )
                plain = number.replace(",", ".")
                if _NUMBER.match(plain) and plain.count(".") <= 1:
                    sums[row[heading.index(journal)]] += sign * Decimal(plain.rstrip("-"))
    return sum(not total for total in sums.values())


def _may_be(column: str, title: str, values: Sequence[str]) -> bool:
    if column in _WORDS:
        return bool(re.search(_WORDS[column], title, re.IGNORECASE)) and bool(values)
    if not means(column, title):
        return False
    if column in ("debit", "credit", "amount"):
        return all(_NUMBER.match(bare_number(value)) for value in values)
    if column == "currency":
        return bool(values) and all(_CURRENCY.match(value) for value in values)
    return column != "booking_date" or bool(date_formats(values))


def _written(
    name: str,
    heading: Sequence[str],
    samples: Sequence[Sequence[str]],
    columns: dict[str, str],
) -> str:
    def values(column: str) -> list[str]:
        at = heading.index(columns[column])
        return [row[at].strip() for row in samples if row[at].strip()]

    numbers = [
        bare_number(v) for c in ("debit", "credit", "amount") if c in columns for v in values(c)
    ]
    dates = date_formats(values("booking_date"))
    profile: dict[str, object] = {
        "name": re.sub(r"\W+", "_", name.rpartition(".")[0] or name).strip("_").lower(),
        "decimal_mark": "," if any(re.search(r",\d{1,2}$", n) for n in numbers) else ".",
        "dates": dates[:1],
        "constants": {"book": "general"}
        | ({} if "currency" in columns else {"currency": "THE CURRENCY'S CODE"}),
        "columns": columns,
    }
    signed = any(number.startswith("-") or number.endswith("-") for number in numbers)
    if "amount" in columns and not signed:
        for index, title in enumerate(heading):
            words = {row[index].strip() for row in samples} - {""}
            debits = sorted(word for word in words if word.casefold() in DEBITS)
            if debits and len(words) <= 2 and title not in columns.values():
                columns["direction"] = title
                profile["debit_words"] = debits
    profile["required"] = [*columns]
    written = yaml.safe_dump(profile, sort_keys=False, allow_unicode=True)
    if len(dates) > 1:
        written = f"# The dates may also be {', '.join(dates[1:])}: keep the right one.\n{written}"
    return written
