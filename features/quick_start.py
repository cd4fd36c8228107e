"""Feast without its run-time type checks.

Feast decorates its classes with typeguard, which parses and compiles their source again each time
Feast is imported: half of the seconds that this takes. Types are checked here before anything runs.
"""

import sys
from typing import Any


def leave_types_to_mypy() -> None:
    """Let Feast, when it is imported later, keep its classes as they are written."""
    if "feast" in sys.modules:
        return
    import typeguard

    typeguard.typechecked = _as_written


def _as_written(target: Any = None, **_: Any) -> Any:
    return target if target is not None else _as_written
