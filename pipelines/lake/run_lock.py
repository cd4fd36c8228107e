"""One run at a time works on a lake; another waits for it, or is refused in words.

The lock is the operating system's (flock on a file in the lake), so it ends with the process that
holds it, however that dies. The file says who holds it, for people; a lake elsewhere has its own.
"""

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.lake.lake import Lake

PATIENCE_SECONDS = 600.0
"""How long a run waits for another one before it gives up."""

_FILE = ".run.lock"
_PAUSE_SECONDS = 0.5

_held_here: set[Path] = set()
"""Locks that this process holds: its own run may ask again for what it has."""


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who works on a lake: what kind of run, in which process on which machine, since when."""

    work: str
    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        """In words."""
        return f"{self.work} (process {self.pid} on {self.host}, since {self.since})"


_UNKNOWN = LockHolder("another run", 0, "an unknown machine", "an unknown time")


class RunLockedError(RuntimeError):
    """Another run works on the lake and did not end in time; nothing was done."""

    def __init__(self, lake: Lake, holder: LockHolder) -> None:
        """Name who holds the lock, and what to do."""
        super().__init__(
            f"{holder} works on {lake.root}. Nothing was done; run again when it has ended."
        )
        self.holder = holder


@contextmanager
def run_lock(
    lake: Lake,
    work: str,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    waits: Callable[[LockHolder], None] | None = None,
) -> Iterator[None]:
    """Be the only run that works on a lake for as long as the context is open.

    A process that holds the lock may open the context again within itself.

    Args:
        lake: the lake.
        work: what is done, in a few words, for whoever has to wait.
        patience_seconds: how long to wait for another run.
        waits: told once, when there is somebody to wait for.

    Raises:
        RunLockedError: another run did not end in time.
    """
    lake.root.mkdir(parents=True, exist_ok=True)
    path = lake.root.resolve() / _FILE
    if path in _held_here:
        yield
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(lake, descriptor, patience_seconds, waits)
        _held_here.add(path)
        _write(descriptor, work)
        try:
            yield
        finally:
            _held_here.discard(path)
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder_of(lake: Lake) -> LockHolder | None:
    """Who works on the lake now, or None."""
    try:
        descriptor = os.open(lake.root / _FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _acquire(
    lake: Lake, descriptor: int, patience: float, waits: Callable[[LockHolder], None] | None
) -> None:
    until = time.monotonic() + patience
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if waits:
            waits(_read(descriptor))
            waits = None
        if time.monotonic() >= until:
            raise RunLockedError(lake, _read(descriptor))
        time.sleep(_PAUSE_SECONDS)


def _write(descriptor: int, work: str) -> None:
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    content = json.dumps(asdict(LockHolder(work, os.getpid(), socket.gethostname(), since)))
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content.encode(), 0)


def _read(descriptor: int) -> LockHolder:
    try:
        return LockHolder(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):
        return _UNKNOWN
