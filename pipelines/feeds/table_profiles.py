"""What profiles of tables share, whatever the table holds: headings, dates, and their formats.

A profile is data (YAML): it says under which headings a table keeps what. Those that ship lie in a
folder `profiles` beside the reader; those of a house lie beside its lake.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pipelines.feeds.parsing.dates import iso_day
from pipelines.feeds.reading import Format, Reading, Source

ProfileT = TypeVar("ProfileT")


@dataclass(frozen=True, slots=True)
class TableProfile:
    """Where a table keeps what: for each column the headings that it may have.

    `required` are the columns that a table of this profile must have, `dates` the ways in which it
    writes dates, `decimal_mark` that of its numbers.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    dates: tuple[str, ...]
    decimal_mark: str = "."

    def positions(self, heading: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Where each column stands in a table with this heading.

        Capitals, and blanks around a heading, do not count.
        """
        index_of = {name.strip().casefold(): at for at, name in reversed([*enumerate(heading)])}
        positions = {
            column: tuple(index_of[key] for key in map(str.casefold, names) if key in index_of)
            for column, names in self.columns.items()
        }
        return {column: indexes for column, indexes in positions.items() if indexes}

    def fits(self, heading: Sequence[str]) -> bool:
        """Whether a table with this heading has every column that the profile requires."""
        return set(self.required) <= set(self.positions(heading))

    def day(self, text: str) -> str | None:
        """ISO date, with or without a time behind it; what is no date stays as it is."""
        return iso_day(text, self.dates)


def heading_names(value: Any) -> tuple[str, ...]:
    """The headings that a profile gives for a column: one, or a list of them."""
    return (value,) if isinstance(value, str) else tuple(value)


def profiles_in(folder: Path, parse: Callable[[str], ProfileT]) -> dict[str, ProfileT]:
    """The profiles that ship in a folder, by the name of their file."""
    return {path.stem: parse(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))}


def format_by_profiles(
    name: str,
    feed: str,
    profiles: Sequence[ProfileT],
    recognises: Callable[[bytes, str, Sequence[ProfileT]], bool],
    read: Callable[[Source, Sequence[ProfileT]], Iterator[Reading]],
) -> Format:
    """The format of tables that any of some profiles fits; the first that fits reads the file.

    Args:
        name: the name of the format.
        feed: the feed that its files belong to.
        profiles: those of a lake before those that ship: whoever saved one knows the file.
        recognises: whether a file's first bytes and name are those of such a table.
        read: reads such a table in parts.
    """
    known = tuple(profiles)
    return Format(name, feed, partial(_recognises, recognises, known), partial(_read, read, known))


def _recognises(
    recognises: Callable[[bytes, str, Sequence[ProfileT]], bool],
    known: Sequence[ProfileT],
    head: bytes,
    name: str,
) -> bool:
    return recognises(head, name, known)


def _read(
    read: Callable[[Source, Sequence[ProfileT]], Iterator[Reading]],
    known: Sequence[ProfileT],
    source: Source,
) -> Iterator[Reading]:
    return read(source, known)
