"""A server from its first request to its end, with everything that it started."""

import ctypes
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import uvicorn
from starlette.types import ASGIApp

_SECONDS_TO_END = 10
_PR_SET_CHILD_SUBREAPER = 36


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket on which requests wait until they are served.

    Raises:
        OSError: the address is taken, or is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def serve(app: ASGIApp, on: socket.socket) -> None:
    """Answer requests until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # an address may hold the token
        server_header=False,
        timeout_graceful_shutdown=2,  # a page that is open never lets go of its connection
    )
    uvicorn.Server(config).run(sockets=[on])


@contextmanager
def child_processes_ended() -> Iterator[None]:
    """End every process that was started inside, by whomever, however the inside ends.

    SIGTERM ends it as Ctrl-C does.
    """
    _adopt_orphans()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # what ends is not to be interrupted
        _end(psutil.Process().children(recursive=True))
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _adopt_orphans() -> None:
    """Let what a child has started be ours when the child ends first (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end(processes: list[psutil.Process]) -> None:
    """Ask processes to end, and end those that do not, with all that came of them."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for one in processes:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)
        psutil.wait_procs(processes, timeout=_SECONDS_TO_END)
        processes = psutil.Process().children(recursive=True)
