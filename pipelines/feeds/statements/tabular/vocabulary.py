"""What banks call the columns of their downloads, in the languages they write."""

import re

_MEANS = {
    "account_id": (
        r"account|iban|kontonummer|konto|rekening|compte|cuenta|conto|rachunek|numer rachunku|účet|"
        r"számla|sąskait|produit|auftragskonto|iban/bban"
    ),
    "booking_date": (
        r"book|buchung|datum|date|posted|fecha|data|dato|dag|kirjaus|päivä|dátum|könyvel|kuup|"
        r"^created\b|timestamp|zeitpunkt|tijdstip|^(transaction )?time$|kelt|dată"
    ),
    "value_date": (
        r"\bvalue|valuta|valeur|wertstellung|rente|interest date|f\.? ?valor|fecha valor|"
        r"data waluty|arvopäivä|értéknap|valutadag|data valuta|interest ?date|rentedat|"
        r"verrekening|verrechnung|settle(d|ment) (date|on)|^settled$|effective|väärtuspäev|valör"
    ),
    "debit": (
        r"^#?(debit|débit|withdrawal|paid out|money out|soll\b|debe\b|addebit|dare\b|cargo|"
        r"belastung|terhel|obciąż|wydatki|uit\b|ute?\b|ud\b|out\b|sortie|ausgang|ausgaben|af\b|"
        r"uscite|salidas|saída|kiadás|výdaj|väljaminek|outgoing|payments? out)"
    ),
    "credit": (
        r"^#?(credit|crédit|deposit|paid in|money in|haben\b|haber\b|accredit|avere\b|abono|"
        r"gutschrift|jóváír|uznani|wpływy|entrée|inn?\b|ind\b|eingang|einnahmen|bij\b|entrate|"
        r"entradas|bevétel|příjem|sissetulek|incoming|payments? in)"
    ),
    "amount": (
        r"amount|betrag|bedrag|montant|montante|importe|importo|umsatz|kwota|belopp|beløb|beloep|"
        r"määrä|summa|suma\b|částka|összeg|valor\b|\bnet\b"
    ),
    "fee": (
        r"^(fees?|charges?|gebühr(en)?|entgelte?|frais|kosten|comisión|commissioni?|opłata|"
        r"prowizja|avgift|gebyr)\b"
    ),
    "currency": (
        r"currency|währung|waehrung|munt|devise|divisa|moneda|moeda|ccy|waluta|valut|monn|valiuta|"
        r"deviz|pénznem|měna|^mena$|döviz|para birimi|valūta|valuuta|валюта|νόμισμα"
    ),
    "balance": (
        r"balance|saldo|solde|kontostand|disponible|egyenleg|zůstatek|saldo na|saldo po|likutis"
    ),
    "counterparty_name": (
        r"name|payee|merchant|benefic|beguenstig|begünstig|empfänger|empfaenger|auftraggeber|"
        r"tegenpartij|tegenrekeninghouder|counterparty|nadawca|odbiorca|saaja|partner|gavėjas|target"
    ),
    "counterparty_account": (
        r"(counter|payee|partner|tegen|gegen|odbiorcy|nadawcy|zahlungsbeteiligter)"
        r".*(account|iban|konto|rekening)|"
        r"(account|iban|konto|rekening).*(counter|payee|partner|tegen|gegen|zahlungsbeteiligter)"
    ),
    "remittance": (
        r"descr|memo|verwendung|vwz|zweck|omschrijving|mededeling|detail|purpose|narrative|libell|"
        r"concepto|causale|opis|tytu|beskriv|^text$|^tekst|meddel|besked|viesti|selite|közlem|popis|"
        r"paaiškin|payment reference|notes|notific|^desc$|buchungstext|reason"
    ),
    "payer_name": r"^payer( name)?$|zahlungspflichtige",
    "payee_name": r"^payee( name)?$|zahlungsempfänger",
    "status": r"^(status|state|zustand|estado|état|stato|stan|info)$",
    "entry_reference": (
        r"reference|referenz|referentie|referencia|référence|\bref\b|viite|\bid\b|n°|"
        r"azonosító|identyfikator|kennung|identificador"
    ),
}
_NOT = {
    "account_id": (
        r"counter|payee|payer|partner|tegen|gegen|gegenkonto|empf|benef|merchant|zahlungsbeteil|name|"
        r"nadawc|odbiorc|type|typ\b|holder|stand|bezeichnung|bic|description"
    ),
    "booking_date": (
        r"value|valuta|valeur|wertst|update|format|exchange|interest ?date|rentedat|verrekening|"
        r"verrechnung|settle|effective"
    ),
    "amount": (
        r"original|foreign|exchange|local|converted|target|fee|refund|tax|saldo|balance|vat|btw"
    ),
    "currency": r"original|foreign|exchange|local|converted|target|amount|betrag",
    "counterparty_name": r"account|iban|bic|card|holder|file|bank|konto|user",
    "remittance": r"amount|betrag|date|datum|code|type",
    "entry_reference": (
        r"customer|account|payment reference|category|card|incassant|creditor|gläubiger|glaeubiger"
    ),
}
_COMPILED = {
    column: (
        re.compile(words, re.IGNORECASE),
        re.compile(_NOT[column], re.IGNORECASE) if column in _NOT else None,
    )
    for column, words in _MEANS.items()
}

_OUT = (
    "d debit dbit db dr af debet soll s - out withdrawal débit debe belastung ausgang dare "
    "obciążenie terhelés uit ut"
)
_IN = (
    "c k credit crdt cr bij haben h + in deposit crédit haber gutschrift eingang avere uznanie "
    "jóváírás kredit"
)
DEBITS, CREDITS = frozenset(_OUT.split()), frozenset(_IN.split())
"""Words for money out and for money in, in small letters."""

BOOKED = frozenset(
    {
        *("booked", "completed", "complete", "cleared", "posted", "settled", "executed", "success"),
        *(
            "gebucht",
            "umsatz gebucht",
            "geboekt",
            "voltooid",
            "terminé",
            "exécuté",
            "contabilizado",
        ),
        *("completado", "contabilizzato", "eseguito", "zaksięgowana", "bokförd", "bogført"),
    }
)
"""Words for a movement that is booked, in small letters."""


def means(column: str, heading: str) -> bool:
    """Whether a heading may stand for a column of a statement."""
    words, but = _COMPILED[column]
    plain = heading.strip()
    return bool(words.search(plain)) and not (but and but.search(plain))
