"""The records of a BAI2 file: logical records with the continuations that belong to them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_SEVERAL = re.compile(r"(?<=/)\s+(?=(?:01|02|03|16|49|88|98|99),)")
_RECORD = re.compile(r"\s*(01|02|03|16|49|88|98|99),(.*)", re.DOTALL)


@dataclass(slots=True)
class RecordPart:
    """What one physical record says; `ended` where it closes with the slash of the standard."""

    text: str
    ended: bool


@dataclass(slots=True)
class Record:
    """A logical record: its code, its pieces (the first, then the 88s), and where it begins."""

    code: str
    row: int
    pieces: list[RecordPart] = field(default_factory=list)

    @property
    def joined(self) -> str:
        """All pieces: a slash ended a field; without one, a field that was cut runs on."""
        text = self.pieces[0].text
        for before, piece in zip(self.pieces, self.pieces[1:], strict=False):
            text += f",{piece.text}" if before.ended else piece.text
        return text

    @property
    def fields(self) -> list[str]:
        """The fields, without blanks around them."""
        return [item.strip() for item in self.joined.split(",")]


def _piece(text: str) -> RecordPart:
    plain = text.rstrip()
    return (
        RecordPart(plain[:-1], ended=True)
        if plain.endswith("/")
        else RecordPart(plain, ended=False)
    )


def records_of(lines: Iterable[tuple[int, str]]) -> Iterator[Record]:
    """Logical records from numbered lines.

    Several records may stand on a line, blanks may follow the slash, and text may have been broken
    by a line end: a line without a record code goes on with the text before it.
    """
    current: Record | None = None
    for row, line in lines:
        for part in _SEVERAL.split(line):
            match = _RECORD.match(part)
            if match is None:
                if part.strip() and current is not None:
                    last = current.pieces[-1]
                    current.pieces[-1] = _piece(f"{last.text}{'/' if last.ended else ' '}{part}")
                continue
            if match[1] == "88":
                if current is not None:
                    current.pieces.append(_piece(match[2]))
                continue
            if current is not None:
                yield current
            current = Record(match[1], row, [_piece(match[2])])
    if current is not None:
        yield current
