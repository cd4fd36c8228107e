"""Positions of staged rows, and the staged parts without the rows that admission rejected.

A position is the number of a part and the number of a row in that part. It distinguishes rows of
different files, which the row number in the file does not. It costs nothing: DuckDB knows both as
it reads.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import uuid4

import polars as pl

from pipelines.lake.parquet_parts import ParquetPart, write_part

_ROWS = 1 << 32
_POSITION = "__place"

ROW_POSITION = (
    f"cast(split_part(parse_filename(filename), '-', 1) as bigint) * {_ROWS} + file_row_number"
)
"""SQL for the position of a row; the query reads the parts of `sql_list`."""


def sql_list(parts: Sequence[ParquetPart]) -> str:
    """A SQL list of the files of parts."""
    return "[" + ", ".join("'" + str(part.path).replace("'", "''") + "'" for part in parts) + "]"


@dataclass(frozen=True, slots=True)
class AcceptedRows:
    """Staged parts without the rows at the positions `rejected`."""

    parts: Sequence[ParquetPart]
    rejected: pl.Series

    def with_origin(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Put the file and the row number in it in place of each row's position.

        Args:
            rows: rows whose `source_row` is a position.

        Returns:
            The rows with `source_file`, `source_sha256`, `known_at`, and the `source_row` of the
            file.

        Raises:
            ValueError: no staged row has one of the positions.
        """
        if rows.is_empty():
            return rows
        positions = ((part, self._rows_in(part)) for part in self.parts)
        origins = pl.concat([_at(part, out) for part, out in positions if not out.is_empty()])
        if rows.height != origins.height:
            raise ValueError(f"{rows.height} rows were refused, {origins.height} are found")
        return rows.rename({"source_row": _POSITION}).join(origins, on=_POSITION).sort(_POSITION)

    def _rows_in(self, part: ParquetPart) -> pl.Series:
        here = self.rejected.filter(self.rejected // _ROWS == number_of(part))
        return here % _ROWS

    def parts_of(self, files: Collection[str] | None) -> list[ParquetPart]:
        """Parts of the accepted rows, of some files (by SHA-256) or of all.

        A part that is wanted whole is given as it stands; only others are written anew.
        """
        kept = []
        for part in self.parts:
            out = self._rows_in(part)
            if files is None and out.is_empty():
                kept.append(part)
                continue
            frame = pl.read_parquet(part.path, row_index_name="__at")
            wanted = ~pl.col("__at").is_in(out.implode())
            if files is not None:
                wanted &= pl.col("source_sha256").is_in(list(files))
            accepted = frame.filter(wanted).drop("__at")
            if not accepted.is_empty():
                path = part.path.with_name(f"{number_of(part)}-{uuid4().hex}.parquet")
                kept.append(write_part(accepted, path))
        return kept


def _at(part: ParquetPart, rows: pl.Series) -> pl.DataFrame:
    """The origin of rows of a part, by position: file, its hash, row in it, known_at."""
    columns = ("source_row", "source_file", "source_sha256", "known_at")
    numbered = pl.scan_parquet(part.path, row_index_name=_POSITION, glob=False)
    return (
        numbered.select(*columns, pl.col(_POSITION).cast(pl.Int64))
        .filter(pl.col(_POSITION).is_in(rows.implode()))
        .with_columns(pl.col(_POSITION) + number_of(part) * _ROWS)
        .collect()
    )


def number_of(part: ParquetPart) -> int:
    """The number of a part, with which its file's name begins."""
    return int(part.path.name.split("-")[0])
