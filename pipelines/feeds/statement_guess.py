"""A column profile proposed for a table that none fits, from its headings and first rows."""

import re
from collections.abc import Sequence
from datetime import datetime

import yaml

_WORDS = {
    "account_id": r"\b(account|iban|konto|auftragskonto|rekening|compte|cuenta)\b",
    "booking_date": r"book|buchung|datum|date|posted|fecha|data",
    "value_date": r"value|valuta|valeur|rente|interest date",
    "debit": r"^(debit|withdrawal|paid out|soll|débit|debe|money out)",
    "credit": r"^(credit|deposit|paid in|haben|crédit|haber|money in)",
    "amount": r"amount|betrag|bedrag|montant|importe|umsatz",
    "currency": r"currency|währung|waehrung|munt|devise|moneda|ccy",
    "balance": r"balance|saldo|solde",
    "counterparty_name": r"name|payee|benefic|beguenstig|begünstig|tegenpartij|counterparty",
    "counterparty_account": r"(counter|payee|tegen|gegen).*(account|iban|konto|rekening)",
    "remittance": r"descr|memo|verwendung|omschrijving|detail|purpose|narrative|libell",
    "entry_reference": r"reference|referenz|referentie|ref\b",
}
_DATES = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d", "%m/%d/%Y", "%d.%m.%y"]
_NUMBER = re.compile(r"[+-]?[\d.,' ]*\d(?:[.,]\d+)?-?$")
_ORDER = [
    *("counterparty_account", "value_date", "balance", "currency", "debit", "credit", "amount"),
    *("account_id", "booking_date", "counterparty_name", "remittance", "entry_reference"),
]


def guess(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, str], list[str]] | None:
    """Find heading, columns and date formats.

    Returns:
        The heading's position, headings by column, and date formats that read every sample;
        nothing where there is no column of dates or none of amounts.
    """
    for at, heading in enumerate(rows[:15]):
        samples = [row for row in rows[at + 1 : at + 12] if len(row) == len(heading)]
        if len(heading) < 3 or not samples or not all(name.strip() for name in heading[:2]):
            continue
        columns = _columns(heading, samples)
        dates = _date_formats(heading, columns, samples)
        if dates and ("amount" in columns or {"debit", "credit"} <= set(columns)):
            return at, columns, dates
    return None


def _columns(heading: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    columns: dict[str, str] = {}
    taken: set[int] = set()
    for column in _ORDER:
        for index, name in enumerate(heading):
            fits = re.search(_WORDS[column], name.strip(), re.IGNORECASE)
            if index not in taken and fits and _holds(column, [row[index] for row in samples]):
                columns[column] = name.strip()
                taken.add(index)
                break
    return columns


def _holds(column: str, values: Sequence[str]) -> bool:
    given = [value.strip() for value in values if value.strip()]
    if column in ("amount", "debit", "credit", "balance"):
        return bool(given) and all(_NUMBER.match(value) for value in given)
    if column in ("booking_date", "value_date"):
        return bool(given) and any(_reads(way, given) for way in _DATES)
    return True


def _reads(way: str, values: Sequence[str]) -> bool:
    try:
        for value in values:
            datetime.strptime(value[:10], way)  # noqa: DTZ007 - a date only
    except ValueError:
        return False
    return True


def _date_formats(
    heading: Sequence[str], columns: dict[str, str], samples: Sequence[Sequence[str]]
) -> list[str]:
    if "booking_date" not in columns:
        return []
    index = [name.strip() for name in heading].index(columns["booking_date"])
    values = [row[index].strip() for row in samples if row[index].strip()]
    return [way for way in _DATES if _reads(way, values)][:1]


def proposal(rows: Sequence[Sequence[str]], name: str) -> str | None:
    """A profile in YAML to look through and save; nothing where the table shows no movements."""
    found = guess(rows)
    if found is None:
        return None
    at, columns, dates = found
    heading = [cell.strip() for cell in rows[at]]
    marked = columns.get("amount") or columns["debit"]
    values = " ".join(
        row[heading.index(marked)] for row in rows[at + 1 :] if len(row) == len(heading)
    )
    profile: dict[str, object] = {
        "name": re.sub(r"\W+", "_", name.rpartition(".")[0] or name).strip("_").lower(),
        "decimal_mark": "," if re.search(r",\d{1,2}(?!\d)", values) else ".",
        "dates": dates,
    }
    if "account_id" not in columns:
        profile["account"] = "THE ACCOUNT'S IBAN OR NUMBER"
    if "currency" not in columns:
        profile["currency"] = "EUR"
    profile["columns"] = columns
    profile["required"] = [
        key for key in columns if key in ("account_id", "booking_date", "amount")
    ]
    return yaml.safe_dump(profile, sort_keys=False, allow_unicode=True)
