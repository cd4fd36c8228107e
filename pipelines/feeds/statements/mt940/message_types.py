"""The types of SWIFT messages: which are read as statements, and what the others are called."""

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.mt940.confirmation import KINDS
from pipelines.feeds.statements.mt940.fields import TagField

STATEMENTS = ("940", "941", "942", "950")
"""Types of messages that are statements or reports of an account."""

_NAMES = {
    "101": "a request for transfer",
    "102": "several customer credit transfers",
    "103": "a single customer credit transfer",
    "104": "a direct debit and request for debit transfer",
    "192": "a request for cancellation",
    "195": "queries",
    "196": "answers",
    "199": "a free format message",
    "200": "a transfer for the own account of a financial institution",
    "202": "a transfer between financial institutions",
    "210": "a notice to receive",
    "920": "a request for a statement",
    "935": "an advice of a change of rates",
    "970": "a netting statement",
    "985": "an enquiry about a status",
    "986": "an advice of a status",
    "999": "a free format message",
}


def require_statement(field: TagField) -> str:
    """The type that a header names, such as `MT940`.

    Raises:
        RefusedError: a message of another kind, which is not read.
    """
    number = field.lines[0]
    kind = f"MT{number}"
    if number in STATEMENTS or kind in KINDS:
        return kind
    named = f"{kind}, {_NAMES[number]}" if number in _NAMES else kind
    raise RefusedError(
        f"The file holds {named}: a message that is not read",
        place=f"line {field.row}",
        advice="Statements are read from MT940, MT942, MT950, and confirmations from MT900 and "
        "MT910; ask the bank for one of them",
    )
