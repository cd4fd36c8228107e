"""The other side of a movement, where a bank writes it in other places than those meant for it."""

from pipelines.feeds.statements.mt940.accounts import looks_like_iban
from pipelines.feeds.statements.mt940.details import Details
from pipelines.feeds.statements.mt940.lines import Movement


def place_counterparty(read: Movement, details: Details, own: str | None) -> str | None:
    """Put the other side's account and name where they belong.

    Triodos writes the holder's own account in field 31 and the other one in field 10. Rabobank
    writes the other account alone under the `:61:` line; SNS and ASN write it as the reference,
    with the name under it.

    Returns:
        What is left of the text under the `:61:` line.
    """
    left = read.supplement
    if details.account and own and own in _spellings(details.account):
        other = details.rest.pop("journal_number", "")
        details.rest["own_account"] = details.account
        details.account = other if other.strip("0") else None
        if details.account is None and other:
            details.rest["journal_number"] = other
    if details.account is None and left and looks_like_iban(left):
        details.account, left = left, None
    elif details.account is None and looks_like_iban(read.customer_reference):
        details.account = read.customer_reference
        details.name = details.name or left
    return left


def _spellings(account: str) -> tuple[str, str]:
    plain = "".join(account.split())
    return plain, plain.upper()
