"""XML from strangers: read in a stream, with no document type, no entities, and bounds on size.

libxml2 bounds depth (256) and text (10 MB) itself; the document type is looked for, and refused,
before the tree parser sees a byte.
"""

from collections.abc import Iterator
from pyexpat import ExpatError, ParserCreate, XMLParserType
from typing import Literal

from lxml import etree

from pipelines.feeds.reading import HEAD_BYTES, RefusedError, Source

CHUNK = 1 << 18
LONGEST_PROLOG = 1 << 20
LONGEST_RECORD = 4 << 20
"""Bytes that may come without a record ending: what a hostile file may make us hold."""

Names = tuple[str, ...]
Event = Literal["start", "end"]


class _DoctypeError(Exception):
    pass


class _EnoughError(Exception):
    pass


class _Prolog:
    """Collects the first names of a document: `(namespace, root, child ...)`."""

    def __init__(self, depth: int) -> None:
        self.namespace = ""
        self.names: list[str] = []
        self._depth = depth
        self.parser: XMLParserType = ParserCreate(namespace_separator="}")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _doctype(self, *_: object) -> None:
        raise _DoctypeError

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition("}")
        if not self.names:
            self.namespace = namespace
        self.names.append(local)
        if len(self.names) >= self._depth:
            raise _EnoughError

    def _end(self, _name: str) -> None:
        raise _EnoughError


def refuse_doctype(source: Source) -> tuple[str, Names]:
    """Read up to the second element and refuse a document type on the way.

    Raises:
        RefusedError: a DTD (entities live there), no root element, or a prolog without end.
    """
    prolog = _Prolog(2)
    read = 0
    with source.open() as stream:
        while read < LONGEST_PROLOG and (chunk := stream.read(HEAD_BYTES)):
            try:
                prolog.parser.Parse(chunk if read else chunk.lstrip(b" \t\r\n"), False)
            except _EnoughError:
                return prolog.namespace, tuple(prolog.names)
            except _DoctypeError:
                raise RefusedError(
                    "The file declares a document type (DTD), which may define entities",
                    place=f"line {prolog.parser.CurrentLineNumber}",
                    advice="No bank message needs one: take the file as hostile",
                ) from None
            except LookupError as error:
                raise _unknown_encoding(error) from None
            except ExpatError as error:
                raise RefusedError(
                    f"The file is not well-formed XML: {error}",
                    advice="Ask the sender for the file again",
                ) from None
            read += len(chunk)
    if prolog.names:
        return prolog.namespace, tuple(prolog.names)
    raise RefusedError(
        "The file has no XML element",
        place=f"first {read} bytes",
        advice="It is empty or cut off; ask the sender for it again",
    )


def _unknown_encoding(error: LookupError) -> RefusedError:
    return RefusedError(
        f"The file names an encoding that nobody knows: {error}",
        place="line 1",
        advice="Ask the sender for it in UTF-8",
    )


class ElementStream:
    """Streams the elements called `names`, whatever their namespace, as `(event, element)`.

    After each piece of the file it gives `("pause", None)`, so that the caller can take what has
    grown below an open element. The caller drops what it has used and says so with `progress`, so
    that memory stays bounded.
    """

    def __init__(self, source: Source, names: Names, events: tuple[Event, ...] = ("end",)) -> None:
        """Nothing is read yet."""
        self._source, self._names, self._events = source, names, events
        self._held = 0

    def progress(self) -> None:
        """What was held has been taken and dropped."""
        self._held = 0

    def __iter__(self) -> Iterator[tuple[str, etree._Element | None]]:
        """The events.

        Raises:
            RefusedError: a DTD, broken or cut-off XML, nesting or text beyond libxml2's bounds, or
                more than `LONGEST_RECORD` bytes without progress.
        """
        refuse_doctype(self._source)
        parser = _parser(self._names, self._events)
        first = True
        try:
            with self._source.open() as stream:
                while chunk := stream.read(CHUNK):
                    parser.feed(chunk.lstrip(b" \t\r\n") if first else chunk)
                    first, self._held = False, self._held + len(chunk)
                    yield from _events(parser)
                    yield "pause", None
                    self._check()
            parser.close()
            yield from _events(parser)
        except LookupError as error:
            raise _unknown_encoding(error) from None
        except etree.XMLSyntaxError as error:
            raise RefusedError(
                f"The file is not well-formed XML: {error.msg}",
                place=f"line {error.lineno}",
                advice="It may be cut off or changed on its way; ask the sender for it again",
            ) from None

    def _check(self) -> None:
        if self._held > LONGEST_RECORD:
            raise RefusedError(
                f"More than {LONGEST_RECORD >> 20} MB of XML in which no record ends",
                advice="Take the file as hostile, or ask the sender what it is",
            )


def _parser(names: Names, events: tuple[Event, ...]) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=events,
        tag=tuple(f"{{*}}{name}" for name in names),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )


def _events(parser: etree.XMLPullParser) -> Iterator[tuple[str, etree._Element]]:
    for event, element in parser.read_events():
        if etree.iselement(element):
            yield event, element


def records(
    source: Source, names: Names, *, events: tuple[Event, ...] = ("end",)
) -> Iterator[tuple[str, etree._Element]]:
    """Stream `(event, element)` for the elements called `names`; each event counts as progress.

    The caller must drop what it has used (`forget`).

    Raises:
        RefusedError: as `ElementStream`.
    """
    stream = ElementStream(source, names, events)
    for event, element in stream:
        if element is not None:
            stream.progress()
            yield event, element


def forget(element: etree._Element) -> None:
    """Drop an element that has been read, and the blank text around it."""
    parent = element.getparent()
    if parent is None:
        element.clear()
    else:
        parent.remove(element)


def local_name(tag: str) -> str:
    """The name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def line_of(element: etree._Element) -> int:
    """The line on which an element begins; 0 where it is not known."""
    return element.sourceline if isinstance(element.sourceline, int) else 0
