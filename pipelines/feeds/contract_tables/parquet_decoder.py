"""The process that decodes Parquet: a script of its own that knows nothing of the house.

A few bytes of Parquet can ask for any amount of memory, and native code that runs out of it aborts
the process. This one may have so much and no more; it reads requests, one JSON object a line, and
answers with frames (`parquet_process` holds the other end). What a file says of itself is held
against its size before anything is decoded, and what comes out is counted on the way.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MEMORY = 704 << 20
"""Bytes of address space; the interpreter and its libraries take half of it."""

MOST_COLUMNS, MOST_LEVELS = 2_000, 8
LONGEST_VALUE = 1 << 20
BATCH_ROWS, BATCH_BYTES = 32_768, 16 << 20
RATIO, SLACK = 200, 256 << 20
"""A file may unpack to so many times its size and so much more, as a zip archive may."""

_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}
_KEPT = (
    *(pa.types.is_integer, pa.types.is_boolean, pa.types.is_float32, pa.types.is_float64),
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_date, pa.types.is_timestamp),
    *(pa.types.is_decimal128, pa.types.is_null),
)


class BeyondError(Exception):
    """The file asks for more than a file may."""


def check(metadata: pq.FileMetaData, schema: pa.Schema, size: int) -> None:
    """Hold rows and widths, as the file states them, against its size.

    Raises:
        BeyondError: it unpacks to more than a file of its size may.
    """
    if len(schema) > MOST_COLUMNS or metadata.num_columns > MOST_COLUMNS:
        raise BeyondError(f"it has {metadata.num_columns:,} columns, more than {MOST_COLUMNS:,}")
    for field in schema:
        if _levels(field.type) > MOST_LEVELS:
            raise BeyondError(
                f"the column {field.name[:80]} nests deeper than {MOST_LEVELS} levels"
            )
    unpacked = 0
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            unpacked += _stated(metadata.row_group(group).column(number))
    unpacked += metadata.num_rows * len(schema)
    if unpacked > size * RATIO + SLACK:
        raise BeyondError(f"its {size:,} bytes would unpack to {unpacked:,}")


def _stated(chunk: pq.ColumnChunkMetaData) -> int:
    """Bytes that a column of a row group takes, by what it says of itself."""
    values, packed = max(chunk.num_values, 0), max(chunk.total_uncompressed_size, 0)
    if values and packed // values > LONGEST_VALUE:
        name = chunk.path_in_schema[:80]
        raise BeyondError(f"a value of the column {name} takes {packed // values:,} bytes")
    width: int = _WIDTHS.get(chunk.physical_type, 1)
    return int(max(packed, values * width))


def _levels(kind: pa.DataType) -> int:
    inside = [kind.field(at).type for at in range(kind.num_fields)]
    return 1 + max(map(_levels, inside), default=0)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The columns as they are handed over: values of simple types, all else as text."""
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind if any(known(kind) for known in _KEPT) else pa.large_string()


def batches(file: pq.ParquetFile, size: int) -> Iterator[pa.RecordBatch]:
    """The rows, a bounded number of bytes at a time.

    Raises:
        BeyondError: a value is too long, or more comes out than a file of its size may hold.
        ArrowInvalid: a value is not what its type says, such as text that is not UTF-8.
    """
    schema, out = plain_schema(file.schema_arrow), 0
    rows = file.metadata.num_rows
    stated = sum(file.metadata.row_group(g).total_byte_size for g in range(file.num_row_groups))
    width = max(stated // max(rows, 1), 1)
    step = max(1, min(BATCH_ROWS, BATCH_BYTES // width))
    for batch in file.iter_batches(batch_size=step, use_threads=False):
        columns = [
            _plain(column, field) for column, field in zip(batch.columns, schema, strict=True)
        ]
        plain = pa.RecordBatch.from_arrays(columns, schema=schema)
        plain.validate(full=True)  # text that is no UTF-8 would end whoever looks at it later
        out += plain.nbytes
        if out > size * RATIO + SLACK:
            raise BeyondError(f"its {size:,} bytes unpack to more than {out:,}")
        yield plain


def _plain(column: pa.Array, field: pa.Field) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if column.type != field.type:
        if pa.types.is_string_view(column.type):
            column = column.cast(field.type)
        else:
            texts = [None if value is None else _text(value) for value in column.to_pylist()]
            column = pa.array(texts, field.type)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        longest = pc.max(pc.binary_length(column)).as_py() or 0
        if longest > LONGEST_VALUE:
            raise BeyondError(f"a value of the column {field.name[:80]} has {longest:,} bytes")
    return column


def _text(value: Any) -> str:
    return f"{value:f}" if type(value).__name__ == "Decimal" else str(value)


def answer(request: dict[str, Any], given: BinaryIO, out: BinaryIO) -> None:
    """Write the schema of a file, and its rows where they are asked for."""
    if "bytes" in request:
        data = given.read(request["bytes"])
        size, source = len(data), pa.BufferReader(data)
    else:
        size, source = Path(request["path"]).stat().st_size, request["path"]
    with pq.ParquetFile(source, memory_map=False, buffer_size=1 << 20, pre_buffer=False) as file:
        check(file.metadata, file.schema_arrow, size)
        _frame(out, b"S", plain_schema(file.schema_arrow).serialize())
        if request.get("rows"):
            for batch in batches(file, size):
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, batch.schema) as writer:
                    writer.write_batch(batch)
                _frame(out, b"B", sink.getvalue())
    _frame(out, b"D", b"")


def _frame(out: BinaryIO, kind: bytes, payload: Any) -> None:
    out.write(kind + len(payload).to_bytes(8, "big"))
    out.write(payload)
    out.flush()


def main() -> None:
    """Answer requests until there are no more."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # not every system has such limits
        pass
    pa.set_memory_pool(pa.system_memory_pool())
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    given, out = sys.stdin.buffer, sys.stdout.buffer
    while line := given.readline():
        try:
            answer(json.loads(line), given, out)
        except MemoryError:
            _frame(out, b"M", b"")
        except (BeyondError, pa.ArrowException, OSError, ValueError, RecursionError) as error:
            kind = b"X" if isinstance(error, BeyondError) else b"E"
            _frame(out, kind, str(error)[:2_000].encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
