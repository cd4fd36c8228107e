"""Texts that are accounts, banks and parties, recognised by their form."""

import re

from stdnum import bic

from pipelines.feeds.statements.model import account_identity

_IBAN = re.compile(r"[A-Z]{2}\d{2}(?!ZZZ)(?=[A-Z0-9]*\d{6})[A-Z0-9]{11,30}$")
_NUMBER = re.compile(r"\d{8,30}$")

_ACCOUNT = re.compile(r"(?:([A-Z0-9]{5,11})/(?=.*\d))?(.+?)(?:(?<=\d)[ /]?([A-Z]{3}))?$")


def own_account(text: str) -> tuple[str, str, str | None, str | None]:
    """Account, scheme, servicer and currency of a `:25:` field.

    The account often stands behind the bank's code and before its currency.
    """
    text = text.lstrip("/")
    whole, scheme = account_identity(text.split("/")[0])
    if scheme == "IBAN":
        return whole, scheme, None, None
    match = _ACCOUNT.match(text)
    servicer, number, currency = match.groups() if match else (None, text, None)
    return *account_identity(number), servicer, currency


def looks_like_iban(text: str | None) -> bool:
    """Whether a text has the form of an IBAN; digits that were blacked out spoil its checksum.

    A creditor's id, which has `ZZZ` in it, is none.
    """
    return text is not None and bool(_IBAN.match("".join(text.split())))


def is_bic(text: str) -> bool:
    """Whether a text is a BIC as banks write it: in capitals, of a country that there is."""
    code = text.strip()
    return code.isalnum() and code.isupper() and bic.is_valid(code)


def party(text: str) -> tuple[str, str | None, str] | None:
    """Account, name and what follows, from `ACCOUNT/NAME/text`; nothing where no account leads."""
    account, _, rest = text.partition("/")
    if not (looks_like_iban(account) or _NUMBER.match(account)):
        return None
    name, _, more = rest.partition("/")
    return account, " ".join(name.split()) or None, " ".join(more.replace("/", " ").split())
