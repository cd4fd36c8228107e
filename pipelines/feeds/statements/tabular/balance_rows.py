"""Rows of a table that tell a balance or a turnover between the movements, and move no money."""

import re
from collections.abc import Sequence
from typing import Literal

BalanceRowKind = Literal["opening", "closing", "turnover"]

_WORDS: dict[BalanceRowKind, str] = {
    "opening": (
        r"(opening|starting|initial|previous|beginning) (account )?balance|balance brought forward|"
        r"brought forward|anfangssaldo|alter (konto)?stand|alter saldo|saldovortrag|beginsaldo|"
        r"ancien solde|solde (initial|précédent|d.ouverture|ancien)|saldo (anterior|inicial|"
        r"iniziale|precedente|początkowe|poprzednie)|ingående saldo|inngående saldo|primo saldo|"
        r"alkusaldo|algsaldo|likutis pradžiai|pradinis likutis|sākuma atlikums|počáteční zůstatek|"
        r"nyitó egyenleg|sold (initial|precedent)"
    ),
    "closing": (
        r"(closing|ending|final|new) (account )?balance|balance carried forward|carried forward|"
        r"endsaldo|schlusssaldo|neuer (konto)?stand|neuer saldo|eindsaldo|nouveau solde|"
        r"solde (final|de clôture|nouveau)|saldo (final|finale|actual|końcowe)|utgående saldo|"
        r"ultimo saldo|loppusaldo|lõppsaldo|likutis pabaigai|galutinis likutis|beigu atlikums|"
        r"konečný zůstatek|záró egyenleg|sold final"
    ),
    "turnover": (
        r"turnover|total turnover|(total )?(debit|credit) turnover|umsatzsumme|käive|apyvarta|"
        r"apgrozījums|obroty|suma obrotów|obrat|forgalom|omsättning"
    ),
}
_COMPILED = {
    kind: re.compile(
        rf"({words})( (on|per|am|op|au|al|at|as of|dne)?\s*[\d./-]+)?:?", re.IGNORECASE
    )
    for kind, words in _WORDS.items()
}


def balance_row_kind(cells: Sequence[str]) -> BalanceRowKind | None:
    """What a row tells instead of a movement, by a cell that says nothing else."""
    for cell in cells:
        plain = " ".join(cell.split()).strip(" *.-")
        for kind, words in _COMPILED.items():
            if words.fullmatch(plain):
                return kind
    return None
