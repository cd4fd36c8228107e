"""What tells one bank statement from another, and a correction from a statement of its own.

Banks begin numbers and ids anew each year, write the same word for each of them, and send a long
statement in pages. So a statement is known by what the bank calls it and by the day that it closes
(or opens, where a format tells that first); by its number or its opening balance too, where the
name says nothing; and by the page. What comes again under the same identity is a correction.

Downloads have no names. Each is a document of its own by what it says: nothing that a later one
leaves out is lost, and what several of them tell counts once, movement by movement.
"""

import hashlib
import re
from dataclasses import dataclass

_DIGIT = re.compile(r"[1-9]")


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a statement sent in several; `last` is None where the bank does not say."""

    number: int
    last: bool | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the statement has this one page only."""
        return self.number == 1 and self.last is not False


def page_of(number: str | None, last: str | None) -> Page | None:
    """The page that a pagination states; None where it states no number."""
    if number is None or not number.strip().isdecimal():
        return None
    return Page(int(number), None if last is None else last.strip().lower() in ("true", "1"))


def tells_apart(name: str) -> bool:
    """Whether a name or number may be one of many: a word, or zero, is the same every time."""
    return bool(_DIGIT.search(name))


def statement_identity(
    name: str | None, day: str | None, *, beside: str | None = None, page: Page | None = None
) -> str | None:
    """The identity of a statement that its bank names.

    Args:
        name: what the bank calls it; None gives None, for a statement must be called something.
        day: the day, or the year, that tells it from others of that name.
        beside: its number or opening balance, where the name says nothing.
        page: the page, where there are several.
    """
    if name is None:
        return None
    later = page is not None and page.number > 1
    parts = (name, day, beside, f"page {page.number}" if page is not None and later else None)
    return "/".join(part for part in parts if part)


class ContentMark:
    """A short hash of texts that are added one after the other."""

    def __init__(self) -> None:
        """No text yet."""
        self._digest = hashlib.sha256()

    def add(self, text: str) -> None:
        """Take the next text."""
        self._digest.update(text.encode("utf-8", "surrogatepass") + b"\x1f")

    def __str__(self) -> str:
        return self._digest.hexdigest()[:12]


def download_identity(period: str, mark: ContentMark) -> str:
    """The identity of a download: its period, and a mark of what it says."""
    return f"{period}/{mark}"
