"""MT940, MT942 and MT950 as a format: how a file is known, and its messages read in parts."""

import re
from collections.abc import Iterator
from io import SEEK_END

from pipelines.feeds.parsing.text import numbered_lines, utf8_head
from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from pipelines.feeds.statements.mt940.fields import fields_of
from pipelines.feeds.statements.mt940.reader import Mt940Reader
from pipelines.feeds.statements.mt940.signs import minus_repeats_mark

_END = re.compile(rb"(?:^|[\r\n])-[A-Z]*(?:\}(?:\{5:.*\})?)?$")
_TAGGED = re.compile(rb"(?m)^[\x01\s]*:(?:20|25|28C?|60[FM]?|61|62[FM]?|64|86|NS|34F|13D):")


def read_mt940(source: Source) -> Iterator[Reading]:
    """Read MT940, MT942 or MT950 messages in parts.

    Raises:
        RefusedError: a field that cannot be read, no account, or a file that is cut off.
    """
    reader = Mt940Reader(minus_repeats_mark(source))
    for field in fields_of(numbered_lines(source)):
        reader.take(field)
        if reader.collector.is_full:
            yield reader.part()
    if not (reader.statement or reader.confirming or reader.collector.statements):
        raise RefusedError(
            "The file has no field of a SWIFT statement", advice="Ask the bank for it again"
        )
    reader.confirm()
    tail = _tail(source)
    reader.whole = bool(_END.search(tail.rstrip(b"\r\n \x00\x03")))
    reader.close(last=True, cut=not tail.endswith((b"\n", b"\r")))
    reader.collector.require_content()
    yield reader.part()


def _tail(source: Source) -> bytes:
    with source.open() as stream:
        stream.seek(max(0, stream.seek(0, SEEK_END) - 200))
        return stream.read()


def recognises_mt940(head: bytes, _name: str) -> bool:
    """Whether a file holds a field of a SWIFT statement at the start of a line."""
    plain = utf8_head(head).replace(b"\x00", b"").replace(b"\r", b"\n")
    return not plain.lstrip().startswith(b"<") and bool(_TAGGED.search(plain))


MT940 = Format("mt940", "statements", recognises_mt940, read_mt940)
FORMATS = (MT940,)
