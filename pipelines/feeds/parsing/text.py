"""Text files of unknown encoding, read line by line and within bounds."""

import codecs
import re
from collections.abc import Callable, Iterator
from io import TextIOWrapper

from pipelines.feeds.reading import RefusedError, Source

LONGEST_LINE = 1 << 20
"""Characters that a line may have: far beyond any bank's, far below what would hurt."""

_CHUNK = 1 << 20
_DOS_LETTER = re.compile(
    rb"[A-Za-z][\x80-\x89\x8b\x8d\x8f\x90\x93-\x95\x98\x99\x9b\x9d\xa1-\xa3][a-z]"
)
_WESTERN_LETTER = re.compile(rb"[A-Za-z][\xc0-\xff][a-z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(source: Source) -> str:
    """How the file is encoded: by its mark, UTF-8 where every byte fits, otherwise cp1252.

    Where letters stand beside bytes that are no letters in cp1252 it was written under DOS (cp852);
    bytes that cp1252 leaves undefined make it latin-1, in which every byte has a meaning.
    """
    dos = western = 0
    utf8, windows = codecs.getincrementaldecoder("utf-8")(), codecs.lookup("cp1252")
    fits_utf8 = fits_windows = True
    with source.open() as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            if first:
                for mark, name in _MARKS:
                    if chunk.startswith(mark):
                        return name
                first = False
            if fits_utf8:
                fits_utf8 = _fits(utf8.decode, chunk)
            if fits_windows and not chunk.isascii():
                fits_windows = _fits(lambda data: windows.decode(data)[0], chunk)
            if chunk.isascii():
                continue
            dos += len(_DOS_LETTER.findall(chunk))
            western += len(_WESTERN_LETTER.findall(chunk))
    if fits_utf8:
        return "utf-8"
    if dos > western:
        return "cp852"
    return "cp1252" if fits_windows else "latin-1"


def _fits(decode: Callable[[bytes], str], chunk: bytes) -> bool:
    try:
        decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def numbered_lines(source: Source, encoding: str | None = None) -> Iterator[tuple[int, str]]:
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
