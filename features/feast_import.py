"""The import of Feast, without its run-time type checks.

Feast decorates its classes with typeguard, which parses and compiles their source again each time
Feast is imported: 7.1 s of CPU with it, 1.8 s without, on the machine of the benchmarks. Types are
checked by mypy before anything runs.
"""

import sys
from typing import Any


def import_feast() -> None:
    """Import Feast for the first time in a process, its classes as they are written.

    typeguard checks again whatever is imported afterwards.
    """
    if "feast" in sys.modules:
        return
    import typeguard

    checked = typeguard.typechecked
    typeguard.typechecked = _as_written
    try:
        import feast  # noqa: F401  # loaded for whoever imports from it next
    finally:
        typeguard.typechecked = checked


def _as_written(target: Any = None, **_: Any) -> Any:
    return target if target is not None else _as_written
