"""PayPal's column names and kinds of transaction in the languages it reports in."""

import re

COLUMNS: dict[str, tuple[str, ...]] = {
    "date": ("Date", "Fecha", "Datum", "Data"),
    "time": ("Time", "Hora", "Uhrzeit", "Heure", "Tijd", "Ora"),
    "zone": (
        *("TimeZone", "Time Zone", "Time zone", "Zona horaria", "Zeitzone", "Fuseau horaire"),
        *("Tijdzone", "Fuso orario"),
    ),
    "name": ("Name", "Nombre", "Nom", "Naam", "Nome"),
    "type": (
        *("Type", "Description", "Tipo", "Descripción", "Typ", "Beschreibung"),
        *("Omschrijving", "Beschrijving", "Descrizione"),
    ),
    "status": ("Status", "Estado", "État", "Statut", "Stato"),
    "currency": ("Currency", "Divisa", "Währung", "Devise", "Valuta"),
    "gross": ("Gross", "Bruto", "Brutto", "Brut", "Avant commission", "Lordo"),
    "fee": (
        *("Fee", "Fees", "Comisión", "Gebühr", "Entgelt", "Commission", "Frais"),
        *("Kosten", "Vergoeding", "Tariffa", "Commissione"),
    ),
    "net": ("Net", "Neto", "Netto"),
    "balance": ("Balance", "Saldo", "Guthaben", "Solde"),
    "transaction": (
        *("Transaction ID", "Id. de transacción", "Transaktionscode", "Numéro de transaction"),
        *("Transactiereferentie", "Codice transazione"),
    ),
    "reference": (
        *("Reference Txn ID", "Id. de referencia de trans.", "Zugehöriger Transaktionscode"),
        *("Numéro de la transaction de référence", "Txn-referentiekenmerk"),
        *("ID transazione di riferimento",),
    ),
    "invoice": (
        *("Invoice Number", "Invoice ID", "Id. de factura", "Rechnungsnummer"),
        *("Numéro de facture", "Identifiant de facture", "Factuurnummer", "Numero fattura"),
    ),
    "subject": ("Subject", "Asunto", "Betreff", "Objet", "Onderwerp", "Oggetto"),
    "bank_account": ("Bank Account", "Cuenta bancaria", "Bankkonto", "Compte bancaire"),
}
"""Our word for a column and the report's, which for a statement and an activity report differ."""

NEEDED = ("date", "time", "zone", "type", "currency", "gross", "fee", "net", "transaction")

_KINDS = (
    ("fee", ("chargeback fee", "dispute fee")),
    ("chargeback_reversed", ("chargeback revers", r"cancel\w* of chargeback")),
    ("chargeback", ("chargeback", "contracargo", "rückbuchung", "rejet de débit", "storno")),
    ("conversion", ("currency conversion", "conversión de", "währungsumrechnung")),
    ("conversion", ("conversion de", "valutaomrekening", "conversione")),
    ("reserve", ("account hold", r"authori[sz]ation", "autorización", "autorisierung")),
    ("payout_failed", ("withdrawal re[tv]", "withdraw.* failed", "return.*withdraw")),
    ("payout", ("withdraw", "transfer to bank", "retirada", "retiro", "abbuchung", "auszahlung")),
    ("payout", ("virement vers", "virement standard", "opname", "prelievo")),
    ("refund", ("refund", "reversal", "reembolso", "rückzahlung", "remboursement")),
    ("refund", ("terugbetaling", "rimborso")),
    ("reserve", ("hold", "release", "reserve", "retención", "einbehalt", "blocage", "blocco")),
    ("transfer", ("deposit", "einzahlung", "depósito", "storting")),
    ("fee", (r"\bfees?\b", "comisión", "gebühr", "entgelt", "frais", "commissione")),
)
KINDS = tuple((re.compile("|".join(words), re.IGNORECASE), kind) for kind, words in _KINDS)
"""What a transaction is, by the first pattern that its description holds."""

STATES = {
    "completed": "paid", "completado": "paid", "abgeschlossen": "paid", "terminé": "paid",
    "voltooid": "paid", "completata": "paid", "cleared": "paid",
    "pending": "pending", "pendiente": "pending", "ausstehend": "pending", "in behandeling":
    "pending", "en attente": "pending", "in sospeso": "pending", "held": "pending",
    "denied": "failed", "failed": "failed", "returned": "failed", "reversed": "failed",
    "canceled": "canceled", "cancelled": "canceled", "removed": "canceled",
}  # fmt: skip
"""A withdrawal's status, as the state of a payout."""


def kind_of(description: str | None, gross: str | None) -> str:
    """The type of a line: by its description, else money in is a sale and money out a transfer.

    What is called a withdrawal and brings money in was taken from the bank account: a transfer.
    """
    out = (gross or "").startswith("-")
    for pattern, kind in KINDS:
        if description and pattern.search(description):
            return "transfer" if kind == "payout" and not out else kind
    return "transfer" if out else "sale"
