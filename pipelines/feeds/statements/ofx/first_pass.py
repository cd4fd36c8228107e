"""What a first look at an OFX file tells: reused transaction ids, and a mark of each statement."""

from dataclasses import dataclass, field

from pipelines.feeds.reading import Source
from pipelines.feeds.statements.identity import ContentMark
from pipelines.feeds.statements.ofx.tags import named_texts

STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
"""The aggregates that are statements of an account."""

_TELLING = ("FITID", "DTPOSTED", "TRNAMT", "TOTAL", "NAME", "MEMO", "BALAMT", "DTASOF")


@dataclass(slots=True)
class FirstPass:
    """What a first look at a file tells of each of its statements, by its number.

    `reused` are the transaction ids that a statement gives to more than one movement, `contents`
    marks of what its movements and balances say.
    """

    reused: set[tuple[int, str]] = field(default_factory=set)
    contents: dict[int, ContentMark] = field(default_factory=dict)


def first_pass(source: Source) -> FirstPass:
    """Look through a file for what its statements say."""
    ahead = FirstPass()
    seen: set[tuple[int, str]] = set()
    statement = -1
    for name, text in named_texts(source, (*STATEMENTS, *_TELLING)):
        if name in STATEMENTS:
            statement += 1
        elif text:
            ahead.contents.setdefault(statement, ContentMark()).add(f"{name} {text}")
            if name == "FITID":
                key = (statement, text)
                (ahead.reused if key in seen else seen).add(key)
    return ahead
