"""Tables in the columns of a bronze contract, as Parquet."""

from collections.abc import Iterator
from functools import partial

import polars as pl
import pyarrow as pa

from pipelines.feeds.contract_tables.csv import best_contract, column_name, landed
from pipelines.feeds.contract_tables.parquet_process import batches_of, columns_of, schema_of
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source
from quality.contract import INSTANT, Contract

MAGIC = b"PAR1"


def contract_of(schema: pa.Schema) -> Contract:
    """The contract that the file's columns fit.

    Raises:
        RefusedError: its columns fit no contract.
    """
    header = tuple(column_name(name) for name in schema.names)
    if len(set(header)) < len(header):
        raise RefusedError("the Parquet file names a column twice")
    fitting = best_contract(header)
    if fitting is None:
        raise RefusedError(f"the columns fit no table: {', '.join(header)}")
    return fitting


def read(source: Source) -> Iterator[Reading]:
    """Read a Parquet file in the columns of a contract; `source_row` counts its rows from 1.

    Values are cast as strictly as text is: a number that would lose a digit is rejected.

    Raises:
        RefusedError: the file is broken, unpacks beyond bounds, or its columns fit no contract.
    """
    schema = schema_of(source.path)
    contract = contract_of(schema)
    findings = _findings(schema, contract)
    row = 1
    for frame in batches_of(source.path):
        yield _reading(contract, frame, row, findings)
        row, findings = row + frame.height, ()
    if row == 1:
        empty = pl.DataFrame(schema=dict.fromkeys(schema.names, pl.String()))
        yield _reading(contract, empty, row, findings)


def _reading(
    contract: Contract, frame: pl.DataFrame, row: int, findings: tuple[Finding, ...]
) -> Reading:
    frame = frame.rename({name: column_name(name) for name in frame.columns})
    records = frame.select(_as_text(frame[name]) for name in frame.columns).with_columns(
        pl.int_range(row, row + frame.height, dtype=pl.Int64).alias("source_row")
    )
    rows, turned_away = typed(contract, records)
    return Reading("Parquet", contract.version, {contract.name: rows}, turned_away, findings)


def _as_text(values: pl.Series) -> pl.Series:
    dtype = values.dtype
    if dtype == pl.String():
        return values
    if isinstance(dtype, pl.Datetime):
        utc = values if dtype.time_zone else values.dt.replace_time_zone("UTC")
        return utc.cast(INSTANT).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    return values.cast(pl.String)


def _findings(schema: pa.Schema, contract: Contract) -> tuple[Finding, ...]:
    named = [(column_name(field.name), field.type) for field in schema]
    unknown = [
        Finding("unknown_column", f"no column of {contract.name}: {name}")
        for name, _ in named
        if name not in contract.schema
    ]
    binary = [
        Finding("float_money", f"{name} is binary floating point; its shortest decimal was taken")
        for name, kind in named
        if isinstance(contract.schema.get(name), pl.Decimal) and pa.types.is_floating(kind)
    ]
    return (*unknown, *binary)


def _recognises(feed: str, head: bytes, name: str) -> bool:
    """Whether the file may be of this feed: a small file's columns tell, else its name hints."""
    if not head.startswith(MAGIC):
        return False
    if head.endswith(MAGIC):
        try:
            names = columns_of(head)
        except RefusedError:
            return True
        fitting = best_contract(tuple(column_name(column) for column in names))
        return fitting is None or fitting.feed == feed
    hinted = [contract for contract in landed() if name.lower().startswith(contract.name)]
    longest = max(hinted, key=lambda contract: len(contract.name), default=None)
    return longest is None or longest.feed == feed


def _read(feed: str, source: Source) -> Iterator[Reading]:
    table = contract_of(schema_of(source.path))
    if table.feed != feed:
        raise RefusedError(
            f"the columns are those of {table.name}", advice=f"Land it in the feed {table.feed}"
        )
    yield from read(source)


FORMATS: tuple[Format, ...] = tuple(
    Format(f"{feed}.parquet", feed, partial(_recognises, feed), partial(_read, feed))
    for feed in sorted({contract.feed for contract in landed()})
)
"""One format for each feed: the columns of a large Parquet file stand at its end, out of sight of a
sniffer, and only reading tells which table of the feed they are."""
