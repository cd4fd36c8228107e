"""The balances of a statement (`:60a:` to `:65:`), in the words of ISO 20022."""

from pipelines.feeds.reading import Finding, RefusedError
from pipelines.feeds.statements.model import BalanceLine
from pipelines.feeds.statements.mt940.fields import TagField
from pipelines.feeds.statements.mt940.lines import Balance, balance

KINDS = {
    "60F": "OPBD",
    "60": "OPBD",
    "60M": "ITBD",
    "62F": "CLBD",
    "62": "CLBD",
    "62M": "ITBD",
    "64": "CLAV",
    "65": "FWAV",
}
_AVAILABLE = ("64", "65")


def is_available(tag: str) -> bool:
    """Whether a balance says what is available: nothing is proved by it."""
    return tag[:2] in _AVAILABLE


def stated(field: TagField) -> Balance:
    """What a balance field says.

    Raises:
        RefusedError: it is no balance, so that the statement cannot be proved.
    """
    try:
        return balance(field.joined)
    except ValueError as error:
        raise RefusedError(
            f"The balance :{field.tag}: cannot be read: {error}",
            place=f"line {field.row}: {field.joined[:60]}",
            advice="The file may be cut off or changed; ask the bank for it again",
        ) from None


def line_of(field: TagField, read: Balance, currency: str | None) -> BalanceLine:
    """The balance of a field, in `currency` where it names none."""
    kind = KINDS[field.tag[:2] if is_available(field.tag) else field.tag]
    named = read.currency or currency
    return BalanceLine(kind, read.amount, named, read.day, field.row, f"line {field.row}")


def oddities(field: TagField, read: Balance, currency: str | None) -> list[Finding]:
    """What is odd about a balance."""
    place, findings = f"line {field.row}", []
    if read.currency is None:
        words = f":{field.tag}: names no currency; taken as {currency or 'unknown'}"
        findings.append(Finding("balance_currency_missing", words, place))
    return findings
