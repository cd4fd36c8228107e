"""JSON from strangers: nesting is measured before a parser recurses into it."""

import json
import re
from typing import Any

MOST_LEVELS = 64
"""Objects and lists within each other, more than any event or table of a back office has."""

_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[{\]}]")


class TooDeepError(ValueError):
    """JSON that nests deeper than `MOST_LEVELS`."""


def check_nesting(text: bytes) -> None:
    """Look for nesting beyond the bound, in whole JSON or in the beginning of some.

    Raises:
        TooDeepError: objects or lists nest deeper than `MOST_LEVELS`.
    """
    if text.count(b"[") + text.count(b"{") <= MOST_LEVELS:
        return
    level = 0
    for bracket in _BRACKET.finditer(_TEXT.sub(b"", text)):
        level += 1 if bracket.group() in b"[{" else -1
        if level > MOST_LEVELS:
            raise TooDeepError(f"JSON nests deeper than {MOST_LEVELS} levels")


def loads(text: bytes, **more: Any) -> Any:
    """The value of JSON in UTF-8.

    Raises:
        ValueError: it is no JSON or no UTF-8, or (`TooDeepError`) nests too deep.
    """
    check_nesting(text)
    return json.loads(text.decode("utf-8"), **more)
