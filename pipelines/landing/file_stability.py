"""Whether a file has come to rest: one that is still being written is not taken.

Who sends a file by copying it makes it grow under its own name, may pause, and may be killed.
A file is at rest when nobody has it open for writing, as far as this machine can tell, when it has
not changed for a moment, and when its name does not say that more is to come.
"""

import fcntl
import os
import re
import signal
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

QUIET_SECONDS = 3.0
"""How long a file must have been left alone."""

_INCOMPLETE = re.compile(
    r"\.(part|partial|tmp|temp|filepart|crdownload|download|opdownload|incomplete|inprogress"
    r"|writing|aria2|!ut|swp)([.-]?\d+)?$|^~\$|~$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that is here and is not taken yet, and why."""

    file: str
    reason: str


def why_incomplete(name: str) -> str | None:
    """What to say of a file whose name marks it as unfinished, as browsers and SFTP clients do."""
    if _INCOMPLETE.search(name):
        return "its name says that it is not complete; it is taken when it is renamed"
    return None


def why_unstable(path: Path, status: os.stat_result, *, quiet: bool) -> str | None:
    """What to say of a file that somebody is writing, or None.

    With `quiet` it must have been left alone for a moment, too. A file that its owner cannot write
    any more is finished, however young: so landing makes them.
    """
    if _is_open_for_writing(path):
        return "it is still being written; it is taken when it is complete"
    writable = status.st_mode & stat.S_IWUSR
    if quiet and writable and abs(time.time() - status.st_mtime) < QUIET_SECONDS:
        return "it changed a moment ago; it is taken when it has been left alone"
    return None


def wait_until_stable(paths: Iterable[Path]) -> None:
    """Wait until files that changed a moment ago have been left alone for long enough.

    It takes no longer than that moment, whatever goes on being written, and no time at all where
    every file is older.
    """
    youngest = QUIET_SECONDS
    for path in paths:
        with suppress(OSError):
            status = path.lstat()
            if status.st_mode & stat.S_IWUSR:
                youngest = min(youngest, abs(time.time() - status.st_mtime))
    time.sleep(QUIET_SECONDS - youngest)


def _is_open_for_writing(path: Path) -> bool:
    """Whether a process of this machine has a file open for writing.

    The kernel knows: it grants a lease for reading only where nobody writes. Where there are no
    leases, as on some network disks, the answer is no, and the time of the last change decides.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # Should somebody begin to write just now, the kernel tells us by a signal that is ignored.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):
        return False
    finally:
        os.close(descriptor)
    return False
