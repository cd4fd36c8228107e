"""Changes that an upgrade may make to a lake, each of which can be begun again at any point.

Every change says whether it is still needed, so that an upgrade that was killed goes on where it
stopped, and so that a command that only reads knows whether it can.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.lake.upgrades.format_version import FormatError


class Change(Protocol):
    """One change of an upgrade."""

    @property
    def hinders_reading(self) -> bool:
        """Whether today's code misreads a lake to which this change has not been made."""

    def is_needed(self, lake: Lake) -> bool:
        """Whether the lake still has the old name or shape; nothing is written."""

    def apply(self, lake: Lake) -> None:
        """Make the change; nothing happens where it is not needed."""

    def __str__(self) -> str:
        """What changes, in words."""


@dataclass(frozen=True, slots=True)
class TableRenamed:
    """A table has another name; its rows, history and transaction ids go along."""

    old: str
    new: str
    hinders_reading: bool = True

    def is_needed(self, lake: Lake) -> bool:
        """Whether the table still lies under its old name."""
        return lake.exists(self.old)

    def apply(self, lake: Lake) -> None:
        """Rename the table's folder, which happens at once or not at all.

        Raises:
            FormatError: tables of both names hold rows.
        """
        if not self.is_needed(lake):
            return
        if lake.exists(self.new):
            if lake.open(self.new).count():
                raise FormatError(
                    f"{lake.root} has both {self.old} and {self.new}, and each holds rows. Nothing "
                    "was changed; move one of them out of the lake and start again."
                )
            # Empty: code of today made it before the upgrade ran. It is moved aside, not deleted.
            aside = lake.scratch / "upgrades" / f"{self.new.replace('/', '.')}-{uuid4().hex}"
            aside.parent.mkdir(parents=True, exist_ok=True)
            lake.path(self.new).rename(aside)
        lake.path(self.new).parent.mkdir(parents=True, exist_ok=True)
        lake.path(self.old).rename(lake.path(self.new))

    def __str__(self) -> str:
        """What changes, in words."""
        return f"the table {self.old} is called {self.new}"


@dataclass(frozen=True, slots=True)
class ColumnsRenamed:
    """Columns of a table have other names: `names` maps the old to the new."""

    table: str
    names: Mapping[str, str]
    hinders_reading: bool = True

    def is_needed(self, lake: Lake) -> bool:
        """Whether the table still has a column of an old name."""
        return lake.exists(self.table) and bool(self.names.keys() & _columns(lake, self.table))

    def apply(self, lake: Lake) -> None:
        """Rewrite the table in one commit; earlier versions keep the old names.

        The table is held in memory meanwhile: control tables and marts are small, and a larger one
        is better read under both names.

        Raises:
            FormatError: the table has a column of the old and of the new name.
        """
        if not self.is_needed(lake):
            return
        here = _columns(lake, self.table)
        both = sorted(old for old, new in self.names.items() if {old, new} <= here)
        if both:
            raise FormatError(
                f"{self.table} of {lake.root} has columns of the old and of the new name: "
                f"{', '.join(both)}. Nothing was changed; restore the table from a backup."
            )
        rows = lake.read(self.table).rename(dict(self.names), strict=False).collect()
        lake.overwrite(self.table, rows, note={"upgrade": str(self)})

    def __str__(self) -> str:
        """What changes, in words."""
        renamed = ", ".join(f"{old} is called {new}" for old, new in self.names.items())
        return f"in {self.table} {renamed}"


@dataclass(frozen=True, slots=True)
class ValuesRenamed:
    """A column of text has other words for the same: `values` maps the old to the new."""

    table: str
    column: str
    values: Mapping[str, str]
    hinders_reading: bool = True

    def is_needed(self, lake: Lake) -> bool:
        """Whether the column still holds an old word."""
        if not lake.exists(self.table) or self.column not in _columns(lake, self.table):
            return False
        rows = lake.read(self.table, columns=[self.column])
        return (
            not rows.filter(pl.col(self.column).is_in(list(self.values)))
            .head(1)
            .collect()
            .is_empty()
        )

    def apply(self, lake: Lake) -> None:
        """Rewrite the table in one commit; earlier versions keep the old words."""
        if self.is_needed(lake):
            replaced = pl.col(self.column).replace(dict(self.values))
            rows = lake.read(self.table).with_columns(replaced).collect()
            lake.overwrite(self.table, rows, note={"upgrade": str(self)})

    def __str__(self) -> str:
        """What changes, in words."""
        renamed = ", ".join(f"{old!r} is {new!r}" for old, new in self.values.items())
        return f"in {self.table}, column {self.column}, {renamed}"


@dataclass(frozen=True, slots=True)
class FileTextReplaced:
    """A small text file of the lake says something else wherever `pattern` is found in it.

    What stands there afterwards must not match the pattern again.
    """

    file: str
    pattern: str
    replacement: str
    why: str
    hinders_reading: bool = False

    def is_needed(self, lake: Lake) -> bool:
        """Whether the file is there and still says the old text."""
        path = lake.root / self.file
        return path.is_file() and re.search(self.pattern, path.read_text("utf-8")) is not None

    def apply(self, lake: Lake) -> None:
        """Replace the file as a whole, so that a reader never meets half of it."""
        if self.is_needed(lake):
            path = lake.root / self.file
            text = re.sub(self.pattern, self.replacement, path.read_text("utf-8"))
            _replace(path, text)

    def __str__(self) -> str:
        """What changes, in words."""
        return f"{self.file}: {self.why}"


def _columns(lake: Lake, table: str) -> set[str]:
    return {field.name for field in lake.open(table).schema().fields}


def _replace(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    aside.write_text(text, "utf-8")
    aside.replace(path)
