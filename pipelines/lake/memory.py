"""What a run remembers for the next one, so that it need not look again: JSON under the scratch.

Nothing depends on a memory. One that is lost, half written or of another shape is an empty one, and
costs the time of looking again. It is replaced whole: a reader never meets half of it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4


def recall(memory: Path) -> dict[str, Any]:
    """What is remembered; nothing where the memory is lost or cannot be read."""
    try:
        known = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def remember(memory: Path, known: Mapping[str, Any]) -> None:
    """Put `known` in the place of what is remembered."""
    memory.parent.mkdir(parents=True, exist_ok=True)
    aside = memory.with_name(f"{memory.name}.{uuid4().hex}")
    aside.write_text(json.dumps(known), "utf-8")
    aside.replace(memory)
