"""The canonical bank statement: what every format is turned into before anything looks at it.

A reader writes down what the bank wrote, as text, in these values. Typing happens once, in
`statement_frames`; the balance control runs once, in `statement_parts`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Literal, NamedTuple

from stdnum.iso7064 import mod_97_10

from pipelines.feeds.reading import Reading


@dataclass(frozen=True, slots=True)
class StatementHead:
    """One statement: whose account, which document, over which days.

    `account_id` is the IBAN without blanks where the bank gives one, otherwise its own number.
    Dates are ISO text, or empty where the bank states none. `stated_id` is the identification as
    written where `statement_id` had to add to it to tell two documents apart; `created` is the day
    the bank wrote the statement, `copy_duplicate` its word that this is a copy or a duplicate of
    another document. `place` is the line or element.
    """

    message_type: str
    statement_id: str | None
    account_id: str | None
    account_scheme: str | None = None
    account_currency: str | None = None
    servicer: str | None = None
    sequence: str | None = None
    from_date: str | None = None
    to_date: str | None = None
    stated_id: str | None = None
    created: str | None = None
    copy_duplicate: str | None = None
    row: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """A balance that the bank states; `amount` is signed decimal text, negative for a debit."""

    balance_type: str
    amount: str
    currency: str | None
    balance_date: str | None
    row: int = 0
    place: str = ""


class EntryLine(NamedTuple):
    """One movement, as text: `amount` is signed, negative when money left the account.

    Formats without batches write one per entry, so that `amount` is also the entry's amount.
    The other names are those of the contract `statement_entries`.
    """

    amount: str
    currency: str | None
    credit_debit: str
    booking_date: str | None
    value_date: str | None = None
    status: str = "BOOK"
    reversal: bool = False
    entry_reference: str | None = None
    bank_reference: str | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    transaction_id: str | None = None
    uetr: str | None = None
    message_id: str | None = None
    payment_information_id: str | None = None
    mandate_id: str | None = None
    counterparty_name: str | None = None
    counterparty_account: str | None = None
    counterparty_agent: str | None = None
    bank_transaction_code: str | None = None
    purpose: str | None = None
    return_reason: str | None = None
    remittance: str | None = None
    charges: str | None = None
    instructed_amount: str | None = None
    instructed_currency: str | None = None
    exchange_rate: str | None = None
    additional_information: str | None = None
    remainder: str | None = None
    row: int = 0
    place: str = ""


BalanceOutcome = Literal["holds", "differs", "not_stated"]
"""What the balances of a statement prove; `not_stated`: opening or closing is missing."""


@dataclass(frozen=True, slots=True)
class BalanceVerdict:
    """Whether opening + booked entries = closing; amounts are decimal text in `currency`.

    `outcome` is `holds`, `differs` or `not_stated` (the bank does not give both balances).
    """

    account_id: str | None
    statement_id: str | None
    outcome: BalanceOutcome
    currency: str | None = None
    opening: str | None = None
    movements: str | None = None
    closing: str | None = None
    difference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementReading(Reading):
    """A part of a statement file, with the heads of the statements that its rows belong to.

    `verdicts` says for each statement that ended in this part whether its stated balances add up;
    `dialect` names the bank's habit that the reader met.
    """

    heads: tuple[StatementHead, ...] = ()
    verdicts: tuple[BalanceVerdict, ...] = ()
    dialect: str = ""


_IBAN_FORM = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{11,30}")

PLAIN_AMOUNT = re.compile(r"[+-]?0*(\d{1,15}(\.\d{0,20})?|\.\d{1,20})")
"""Decimal text of an amount that any bank could mean."""


def remainder_text(rest: Mapping[str, str]) -> str | None:
    """What a reader met and has no column for, as JSON; nothing where there is nothing."""
    if not rest:
        return None
    items = [f"{encode_basestring(key)}: {encode_basestring(text)}" for key, text in rest.items()]
    return "{" + ", ".join(items) + "}"


def account_identity(text: str) -> tuple[str, str]:
    """The account without blanks, and its scheme: `IBAN` where it is one by form and checksum."""
    plain = "".join(text.split())
    candidate = plain.upper()
    return (candidate, "IBAN") if is_iban(candidate) else (plain, "OTHER")


def is_iban(text: str) -> bool:
    """Two letters, two check digits, up to 30 alphanumerics, modulo 97 equal to one (ISO 13616).

    The country is not asked for: banks of Algeria or Cameroon write IBANs too, and the registry
    that `stdnum.iban` holds a number against does not know these countries.
    """
    return bool(_IBAN_FORM.fullmatch(text)) and mod_97_10.is_valid(text[4:] + text[:4])
