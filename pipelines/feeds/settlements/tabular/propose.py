"""A settlement report that no profile knows: told by its headings, refused with a profile proposed.

Gross, fee and net side by side, or amounts by type under the id of a payout, in the words of those
who take payments for a shop, are what a payment provider writes. A bordereau has gross and net too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from pipelines.feeds.contract_tables.csv import nearest
from pipelines.feeds.parsing.text import head_text, utf8_head
from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from pipelines.feeds.settlements.tabular.evidence import is_no_settlement, speaks_for_a_settlement
from pipelines.feeds.settlements.tabular.heading import HEADING_WITHIN, cells_of, headings
from pipelines.feeds.settlements.tabular.profile import (
    heading_key,
    parse_settlement_profile,
    shipped_profiles,
)

_WORDS: Mapping[str, str] = {
    "gross_amount": r"gross|brutto|bruto|brut|lordo",
    "fee_amount": r"fees?|commissions?|charges?|costs?|gebühr(en)?|gebuehr(en)?|entgelte?"
    r"|frais|kosten|comisi[oó]n(es)?|commissioni?|provision(en)?|avgift",
    "net_amount": r"net|nett|netto|neto|payable|auszahlungsbetrag",
    "payout_id": r"payout|payouts|disbursement|settlement|auszahlungs?|batch|transfer|deposit",
    "net_currency": r"currency|ccy|währung|waehrung|devise|moneda|divisa|valuta",
    "raw_type": r"type|\w*typ|tipo|category|kind|event|art|vorgang|operation|operación|description",
    "created_at": r"date|created|datetime|timestamp|time|datum|fecha|data|processed|on|at",
    "merchant_reference": r"order|reference|invoice|merchant|bestellung|commande|pedido",
    "psp_reference": r"payment|charge|transaction|capture",
}
_ID = r"id|ids|no|nr|number|reference|ref|code|batch|nummer|référence|referencia"
_NUMBER = re.compile(r"[(+\-\u2212]*[$€£¥]?[\d.,'\s]*\d(?:[.,]\d+)?[)\-]?\s?[$€£¥]?")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}.*")
_AMOUNT = re.compile(r"amount|betrag|montant|importe|importo|bedrag|value|total")
LACKING = 2
"""Required columns that a table of ours may lack and still be taken for one that was misnamed."""

_PLAINLY = {"payout", "payouts", "settlement", "disbursement", "auszahlung", "auszahlungs"}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKENS = re.compile(r"[_\W]+")


def proposal_of(head: bytes, name: str) -> str | None:
    """The profile that would read a settlement report, as YAML; None where it looks like none."""
    lines = head_text(head).splitlines()
    for layout in headings(head):
        row = lines[layout.first_line - 1 :][:1]
        cells = cells_of(row[0], layout.separator) if row else ()
        columns = _columns(layout.header, cells)
        above = lines[: layout.first_line - 2]
        if is_no_settlement(layout.header, above) or not speaks_for_a_settlement(layout.header):
            continue
        if columns and layout.first_line <= HEADING_WITHIN:
            return _written(layout.header, columns, name)
    return None


def _tokens(heading: str) -> set[str]:
    return set(_TOKENS.split(heading_key(_HUMP.sub(" ", heading))))


def _means(column: str, heading: str) -> bool:
    return any(re.fullmatch(_WORDS[column], token) for token in _tokens(heading))


def _columns(header: Sequence[str], cells: Sequence[str]) -> dict[str, list[str]]:
    """Headings by our columns; nothing where they are not those of a settlement report."""
    numeric = [name for name, cell in zip(header, cells, strict=False) if _is_number(cell)]
    money = {
        column: [name for name in numeric if _means(column, name) and not _is_id(name)]
        for column in ("gross_amount", "fee_amount", "net_amount")
    }
    money["gross_amount"] = [n for n in money["gross_amount"] if n not in money["fee_amount"]]
    columns = {column: names for column, names in money.items() if names}
    ids = [name for name in header if _means("payout_id", name) and _is_id(name)]
    texts = [name for name in header if name and name not in numeric]
    kinds = [name for name in texts if _means("raw_type", name)]
    if len(columns) < 2:
        amounts = [
            name for name in numeric if _AMOUNT.search(heading_key(name)) and not _is_id(name)
        ]
        plainly = any(_PLAINLY & _tokens(name) for name in ids)  # a type is not needed to tell
        if not (ids and amounts and (kinds or plainly)):
            return {}
        columns = {"net_amount": _best(amounts)}
    if ids:
        columns["payout_id"] = ids[:1]
    if kinds:
        columns["raw_type"] = kinds[:1]
    for column in ("net_currency", "created_at", "psp_reference", "merchant_reference"):
        taken = {name for names in columns.values() for name in names}
        fitting = [name for name in texts if name not in taken and _means(column, name)]
        if column == "psp_reference":
            fitting = [name for name in fitting if _is_id(name)]
        if fitting:
            columns[column] = _best(fitting) if column == "net_currency" else fitting[:1]
    return columns


def _best(headings_: Sequence[str]) -> list[str]:
    """The heading that speaks of what is paid out, else the plainest."""
    return sorted(
        headings_, key=lambda name: (not (_PLAINLY | {"net"}) & _tokens(name), len(_tokens(name)))
    )[:1]


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) and not _DATE.fullmatch(cell)


def _is_id(heading: str) -> bool:
    return any(re.fullmatch(_ID, token) for token in _tokens(heading))


def _written(header: Sequence[str], columns: Mapping[str, list[str]], name: str) -> str:
    provider = re.sub(r"\W+", "_", name.rpartition("/")[2].partition(".")[0]).strip("_").lower()
    provider = re.sub(r"^[^a-z]+", "", provider)[:40]
    one_fee = len(columns.get("fee_amount", [])) == 1
    listed = {
        column: names[:1] for column, names in columns.items() if column != "fee_amount" or one_fee
    }
    line_id = next(
        (n for n in header if heading_key(n) in ("id", "transaction_id", "line_id")), None
    )
    if line_id and line_id not in {
        listed_name for names in listed.values() for listed_name in names
    }:
        listed["line_id"] = [line_id]
    provider = provider if len(provider) > 1 else "provider_x"
    node: dict[str, object] = {"name": provider, "provider": provider}
    node["columns"] = listed
    node["required"] = sorted(listed)
    if not one_fee and "fee_amount" in columns:
        node["fees"] = columns["fee_amount"]
    if not {"gross_amount", "fee_amount"} & set(columns):
        node["single_amount"] = True
    if "line_id" not in listed:
        node["by_payout"] = True
    if "payout_id" in listed:
        node["summed"] = True
    if "net_currency" not in listed:
        node["currency"] = "THE CURRENCY'S CODE"
    written = yaml.safe_dump(node, sort_keys=False, allow_unicode=True)
    parse_settlement_profile(written)
    return written


def looks_settled(head: bytes) -> bool:
    """Whether a table is a settlement report, though no profile may know it."""
    return proposal_of(head, "report") is not None


def _recognises(head: bytes, _name: str) -> bool:
    plain = utf8_head(head)
    if b"\0" in plain or plain.lstrip(b" \t\r\n").startswith((b"<", b"{", b"[")):
        return False
    near = nearest(head)  # a table of ours, misnamed
    return (near is None or len(near[1]) > LACKING) and looks_settled(head)


def _refuse(source: Source) -> Iterator[Reading]:
    proposed = proposal_of(source.head(), source.name)
    known = ", ".join(profile.provider for profile in shipped_profiles()[:-1])
    raise RefusedError(
        f"{source.name} is a settlement report of a provider that no profile knows ({known} are)",
        advice=f"`countinghouse init` saves this proposal; look it through:\n{proposed}",
    )


UNKNOWN_SETTLEMENT = Format("settlement.unknown", "settlements", _recognises, _refuse)
"""Comes after every format that could read the file."""
