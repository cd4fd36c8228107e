"""Parquet from strangers, decoded in a process of its own that may die without us."""

import atexit
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from time import monotonic

import polars as pl
import pyarrow as pa

from pipelines.feeds.contract_tables import parquet_decoder
from pipelines.feeds.reading import RefusedError

LONGEST_WAIT = 30.0
"""Seconds for the next piece of a file, all of them of bounded size."""

MOST_BYTES = 1 << 30
_PIECE = 1 << 20
_HOSTILE = "Take the file as hostile, or ask the sender for smaller files or CSV"


class ParquetProcess:
    """One decoder, which is started with its first question and answers one at a time."""

    def __init__(self, longest_wait: float = LONGEST_WAIT) -> None:
        """Nothing is started yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self.longest_wait = longest_wait

    def ask(self, file: Path | bytes, *, rows: bool) -> Iterator[pa.Schema | pa.RecordBatch]:
        """The columns of a file, or of its bytes, and then its rows where they are asked for.

        Raises:
            RefusedError: the file is broken, or unpacks beyond bounds.
        """
        asked: dict[str, str | int] = (
            {"path": str(file)} if isinstance(file, Path) else {"bytes": len(file)}
        )
        request = json.dumps({**asked, "rows": rows}).encode() + b"\n"
        try:
            process = self._started()
            if process.stdin is None:
                raise BrokenPipeError
            process.stdin.write(request if isinstance(file, Path) else request + file)
            yield from self._frames(process)
        except (EOFError, BrokenPipeError):
            self.end()
            raise _died() from None
        except TimeoutError:
            self.end()
            raise RefusedError(
                f"the Parquet file does not unpack within {self.longest_wait:.0f} seconds",
                advice=_HOSTILE,
            ) from None

    def _frames(self, process: subprocess.Popen[bytes]) -> Iterator[pa.Schema | pa.RecordBatch]:
        while True:
            head = self._exactly(process, 9)
            payload = self._exactly(process, int.from_bytes(head[1:], "big"))
            match head[:1]:
                case b"S":
                    yield pa.ipc.read_schema(pa.py_buffer(payload))
                case b"B":
                    yield from pa.ipc.open_stream(payload)
                case b"D":
                    return
                case b"X":
                    reason = payload.decode("utf-8", "replace")
                    raise RefusedError(
                        f"the Parquet file is beyond bounds: {reason}", advice=_HOSTILE
                    )
                case b"E":
                    reason = next(iter(payload.decode("utf-8", "replace").splitlines()), "")
                    raise RefusedError(f"the Parquet file cannot be read: {reason}")
                case _:
                    raise _died()

    def _exactly(self, process: subprocess.Popen[bytes], size: int) -> bytes:
        if size > MOST_BYTES or process.stdout is None:
            raise EOFError
        pieces, deadline = [], monotonic() + self.longest_wait
        while size:
            if not select.select([process.stdout], [], [], max(deadline - monotonic(), 0))[0]:
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), min(size, _PIECE))
            if not piece:
                raise EOFError
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-I", parquet_decoder.__file__]
            self._process = subprocess.Popen(  # noqa: S603  # the command is ours, word for word
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
            atexit.register(self.end)
        return self._process

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        self._started().send_signal(number)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.end)
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        process.wait()


def _died() -> RefusedError:
    return RefusedError(
        f"the Parquet file needs more than {parquet_decoder.MEMORY >> 20} MB to unpack, "
        "or breaks what unpacks it",
        advice=_HOSTILE,
    )


_idle: list[ParquetProcess] = []
"""Decoders that have answered and wait for the next file: to start one takes half a second."""


@contextmanager
def _decoder() -> Iterator[ParquetProcess]:
    process = _idle.pop() if _idle else ParquetProcess()
    try:
        yield process
    except RefusedError:
        _idle.append(process)
        raise
    except BaseException:  # in the middle of an answer, which nobody will hear out
        process.end()
        raise
    _idle.append(process)


def schema_of(file: Path | bytes) -> pa.Schema:
    """The columns of a file, or of its bytes; what is of no simple type is text.

    Raises:
        RefusedError: the file is broken, or unpacks beyond bounds.
    """
    with _decoder() as process:
        (schema,) = process.ask(file, rows=False)
    return schema


def batches_of(file: Path) -> Iterator[pl.DataFrame]:
    """The rows of a file in frames of bounded size.

    Raises:
        RefusedError: the file is broken, or unpacks beyond bounds.
    """
    with _decoder() as process:
        answers = process.ask(file, rows=True)
        next(answers)
        for batch in answers:
            yield pl.DataFrame(pl.from_arrow(batch))


@lru_cache(maxsize=8)
def columns_of(data: bytes) -> tuple[str, ...]:
    """The names of a whole file's columns.

    Raises:
        RefusedError: the file is broken, or unpacks beyond bounds.
    """
    return tuple(schema_of(data).names)
