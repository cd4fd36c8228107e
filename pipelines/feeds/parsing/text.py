"""Text of unknown encoding: how it is encoded, its first bytes, its lines, within bounds."""

import codecs
import re
from collections.abc import Callable, Iterator
from io import BufferedReader, RawIOBase, TextIOWrapper
from typing import Any, BinaryIO, Literal

from pipelines.feeds.reading import RefusedError, Source

LONGEST_LINE = 1 << 20
"""Characters that a line may have: far beyond any bank's, far below what would hurt."""

_CHUNK = 1 << 20
_DOS_LETTER = re.compile(
    rb"[A-Za-z][\x80-\x89\x8b\x8d\x8f\x90\x93-\x95\x98\x99\x9b\x9d\xa1-\xa3][a-z]"
)
_WESTERN_LETTER = re.compile(rb"[A-Za-z][\xc0-\xff][a-z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
Encoding = Literal["utf-8", "utf-8-sig", "utf-16", "cp852", "cp1252", "latin-1"]
"""Encodings that files of text come in."""

_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Evidence:
    """What the bytes of a file say about its encoding, taken piece by piece."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._fits_utf8 = self._fits_windows = True
        self._dos_letters = self._western_letters = 0

    def add(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self._fits_utf8:
            self._fits_utf8 = _fits(self._utf8.decode, piece)
        if piece.isascii():
            return
        if self._fits_windows:
            self._fits_windows = _fits(lambda data: codecs.decode(data, "cp1252"), piece)
        self._dos_letters += len(_DOS_LETTER.findall(piece))
        self._western_letters += len(_WESTERN_LETTER.findall(piece))

    def encoding(self) -> Encoding:
        """The encoding that fits what was taken."""
        if self._fits_utf8:
            return "utf-8"
        if self._dos_letters > self._western_letters:
            return "cp852"
        return "cp1252" if self._fits_windows else "latin-1"


def encoding_of(source: Source, *, by_mark: bool = True) -> Encoding:
    """How the file is encoded: by its mark, UTF-8 where every byte fits, otherwise cp1252.

    Where letters stand beside bytes that are no letters in cp1252 it was written under DOS (cp852);
    bytes that cp1252 leaves undefined make it latin-1, in which every byte has a meaning.
    Without `by_mark` the bytes alone decide: a mark may stand before text that is not in UTF-8.
    """
    evidence = _Evidence()
    with source.open() as stream:
        chunk = stream.read(_CHUNK)
        if by_mark and (marked := _marked(chunk)):
            return marked
        while chunk:
            evidence.add(chunk)
            chunk = stream.read(_CHUNK)
    return evidence.encoding()


def _marked(head: bytes) -> Encoding | None:
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def _fits(decode: Callable[[bytes], str], chunk: bytes) -> bool:
    try:
        decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def head_text(head: bytes) -> str:
    """The text of a file's first bytes, in the encoding that they show.

    A letter that is cut off at their end is left out.
    """
    if marked := _marked(head):
        return head.decode(marked, "ignore")
    evidence = _Evidence()
    evidence.add(head)
    return head.decode(evidence.encoding(), "ignore")


def utf8_head(head: bytes) -> bytes:
    """A file's first bytes as sniffers look at them: UTF-16 as UTF-8, and without a mark."""
    if _marked(head) == "utf-16":
        return head_text(head).encode()
    return head.removeprefix(codecs.BOM_UTF8)


class _Utf8Bytes(RawIOBase):
    """The bytes that a file in another encoding would have in UTF-8, made as they are read."""

    def __init__(self, stream: BinaryIO, encoding: Encoding) -> None:
        self._stream, self._left = stream, b""
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = self._stream.read(_CHUNK)
            self._left = self._decoder.decode(chunk, final=not chunk).encode()
            if not chunk:
                break
        given = self._left[: len(buffer)]
        self._left = self._left[len(given) :]
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_lines(source: Source) -> BinaryIO:
    """The bytes of a file of lines; of one in UTF-16 those that it would have in UTF-8.

    Any other encoding ends its lines with the same bytes, so that blocks can be cut before they are
    decoded.
    """
    stream = source.open()
    is_utf16 = _marked(stream.read(2)) == "utf-16"
    stream.seek(0)
    if is_utf16:
        return BufferedReader(_Utf8Bytes(stream, "utf-16"))
    return stream


def numbered_lines(source: Source, encoding: Encoding | None = None) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1, without line ends and control characters.

    Raises:
        RefusedError: a line longer than `LONGEST_LINE`.
    """
    with (
        source.open() as raw,
        TextIOWrapper(raw, encoding or encoding_of(source), errors="replace", newline=None) as text,
    ):
        number, rest = 0, ""
        while chunk := text.read(_CHUNK >> 2):
            if not chunk.isprintable():
                chunk = _CONTROL.sub("", chunk)
            lines = (rest + chunk).split("\n")
            rest = lines.pop()
            if len(rest) > LONGEST_LINE or any(len(line) > LONGEST_LINE for line in lines):
                raise RefusedError(
                    f"A line is longer than {LONGEST_LINE:,} characters",
                    place=f"line {number + 1} or soon after",
                    advice="No statement has such lines: take the file as hostile or damaged",
                )
            yield from enumerate(lines, number + 1)
            number += len(lines)
        if rest:
            yield number + 1, rest
