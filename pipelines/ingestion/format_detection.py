"""Which reader takes a landed file: its content decides, never its name alone."""

from collections.abc import Sequence

from pipelines.feeds.reading import HEAD_BYTES, Format, RefusedError
from pipelines.feeds.unknown import refusal
from pipelines.landing.zone import UNKNOWN, LandedFile

LONGEST_LINE = 16 << 20
"""Bytes without a line break, in a format of lines, that no honest file has."""

_CHUNK = 1 << 20
_NOT_LINES = (b"<", b"\xef\xbb\xbf<", b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")


def feed_of(formats: Sequence[Format], head: bytes, name: str) -> str | None:
    """The feed of the first format that knows a file's first bytes, or None."""
    return next((known.feed for known in formats if known.knows(head, name)), None)


def choose_format(landed: LandedFile, formats: Sequence[Format]) -> Format:
    """The format of a landed file; one of the feed `unknown` is of whatever feed knows it now.

    Raises:
        RefusedError: empty, of no known format, of a format that belongs to another feed, or with a
            line so long that it is an attack or an accident.
    """
    with landed.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for of_this_feed in (True, False):
        for candidate in formats:
            if (candidate.feed == landed.feed) is of_this_feed and candidate.knows(
                head, landed.name
            ):
                return _accepted(candidate, landed, head)
    raise refusal(head, landed.name)


def _accepted(chosen: Format, landed: LandedFile, head: bytes) -> Format:
    if landed.feed not in (chosen.feed, UNKNOWN):
        raise RefusedError(
            f"The content is {chosen.name}, which is not for the feed {landed.feed}",
            advice=f"Land it in the feed {chosen.feed}",
        )
    _check_lines(landed, head)
    return chosen


def _check_lines(landed: LandedFile, head: bytes) -> None:
    """Refuse a line beyond the bound by looking for line breaks, a piece at a time."""
    if landed.size <= LONGEST_LINE or head.lstrip()[:8].startswith(_NOT_LINES):
        return
    position = line_start = 0
    with landed.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            first = min(
                (at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0), default=-1
            )
            end = position + (first if first >= 0 else len(chunk))
            if end - line_start > LONGEST_LINE:
                raise RefusedError(
                    f"A line is longer than {LONGEST_LINE >> 20} MiB", place=f"byte {line_start:,}"
                )
            if first >= 0:
                line_start = position + max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            position += len(chunk)
