"""The tags of an OFX file and the text behind each, in SGML and XML alike.

Leaves need no closing tag in SGML, headers stand on one line or on nine, tags may be empty or
closed in themselves: what holds everywhere is that a tag is followed by its text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from io import TextIOWrapper

from pipelines.feeds.parsing.text import encoding_of
from pipelines.feeds.reading import RefusedError, Source

LONGEST_TEXT = 1 << 20
_CHUNK = 1 << 18
_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(?P<data>.*?)\]\]>|<\?[^>]*>"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][\w.\-]*)(?:\s[^<>]*?)?(?P<empty>/?)>",
    re.DOTALL,
)
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(slots=True)
class Tag:
    """A tag in capitals, whether it closes, the text up to the next tag, and its line."""

    name: str
    closes: bool
    text: str
    row: int


def tags_of(source: Source) -> Iterator[Tag]:
    """Stream the tags of a file; comments and processing instructions are passed over.

    Raises:
        RefusedError: a document type, or more text than any leaf has without a tag in it.
    """
    current: Tag | None = None
    for piece, match, row in _pieces(source):
        if current is not None and piece:
            current.text += piece
        if match is None or not match["name"]:
            if match is not None and match["data"] and current is not None:
                current.text += match["data"].replace("&", "&amp;")
            continue
        if current is not None:
            yield _finished(current)
        current = Tag(match["name"].upper(), bool(match["end"]), "", row)
    if current is not None:
        yield _finished(current)


def named_texts(source: Source, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Only the opening tags called `names`, with their texts: a quick look ahead."""
    wanted = re.compile(rf"<({'|'.join(names)})>([^<]*)<", re.IGNORECASE)
    buffer = ""
    with (
        source.open() as raw,
        TextIOWrapper(raw, encoding_of(source), errors="replace", newline=None) as text,
    ):
        while chunk := text.read(_CHUNK):
            buffer = buffer[-LONGEST_TEXT:] + chunk
            for match in wanted.finditer(buffer):
                value = match[2].strip()
                yield match[1].upper(), unescape(value) if "&" in value else value
            buffer = buffer[buffer.rfind("<") :]


def _finished(tag: Tag) -> Tag:
    tag.text = unescape(tag.text).strip() if "&" in tag.text else tag.text.strip()
    return tag


def _pieces(source: Source) -> Iterator[tuple[str, "re.Match[str] | None", int]]:
    """Text before each tag, the tag, and its line; at the end the text that is left."""
    buffer, row = "", 1
    with (
        source.open() as raw,
        TextIOWrapper(raw, encoding_of(source), errors="replace", newline=None) as text,
    ):
        while chunk := text.read(_CHUNK):
            buffer += chunk
            at = 0
            for match in _TAG.finditer(buffer):
                before = buffer[at : match.start()]
                _refuse_doctype(before, row)
                row += before.count("\n")
                yield before, match, row
                row += match[0].count("\n")
                at = match.end()
            buffer = buffer[at:]
            _refuse_doctype(buffer, row)
            if len(buffer) > LONGEST_TEXT:
                raise RefusedError(
                    f"More than {LONGEST_TEXT:,} characters without a tag",
                    place=f"line {row}",
                    advice="No download has such text: take the file as hostile or damaged",
                )
    yield buffer, None, row


def _refuse_doctype(text: str, row: int) -> None:
    if "<!" in text and _DOCTYPE.search(text):
        raise RefusedError(
            "The file declares a document type (DTD), which may define entities",
            place=f"line {row}",
            advice="No download needs one: take the file as hostile",
        )
