"""Import what is named on standard input, theirs and then ours, and say what ours changed.

A process of its own runs this: `[theirs, ours]` as JSON in, one object as JSON out.
"""

import decimal
import importlib
import json
import locale
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typeguard

from features.feast_import import import_feast

ROOMS = ("pipelines", "features", "models", "quality", "notebooks")
LOGGERS = (None, "dagster", "countinghouse.run", "py.warnings", "dbt", "feast", "deltalake")


def state() -> Mapping[str, Any]:
    """What a process has that is not a module."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    return {
        "environment": dict(os.environ),
        "warnings": [str(each) for each in warnings.filters],
        "loggers": [
            (log.name, log.level, log.propagate, [str(handler) for handler in log.handlers])
            for log in loggers
        ],
        "signals": [str(signal.getsignal(each)) for each in signal.valid_signals()],
        "locale": locale.setlocale(locale.LC_ALL),
        "decimal": [str(decimal.getcontext()), str(decimal.DefaultContext)],
        "hooks": [str(hook) for hook in (sys.excepthook, sys.displayhook, threading.excepthook)],
        "limits": [sys.getrecursionlimit(), str(Path.cwd()), *sys.path],
        "streams": [str(sys.stdout), str(sys.stderr)],
        "umask": _umask(),
    }


def callables() -> Mapping[tuple[str, str], int]:
    """Every function and class that a module of somebody else's holds, by its identity."""
    return {
        (module, name): id(value)
        for module, held in list(sys.modules.items())
        if held is not None and module.split(".")[0] not in (*ROOMS, "__main__")
        for name, value in list(vars(held).items())
        if callable(value)
    }


def _umask() -> int:
    mask = os.umask(0o77)
    os.umask(mask)
    return mask


def main() -> None:
    """Import both, and print what differs."""
    theirs, ours = json.load(sys.stdin)
    checked = typeguard.typechecked
    import_feast()
    unpatched = typeguard.typechecked is checked
    for name in theirs:
        importlib.import_module(name)
    before, held = state(), callables()
    for name in ours:
        importlib.import_module(name)
    after, holds = state(), callables()
    changed = {what: [before[what], after[what]] for what in before if before[what] != after[what]}
    patched = [".".join(place) for place, value in held.items() if holds.get(place) != value]
    sys.stdout.write(json.dumps({"changed": changed, "patched": patched, "typeguard": unpatched}))


if __name__ == "__main__":
    main()
