"""What a write to a table came to, or why it did not."""

from dataclasses import dataclass


class ConflictError(RuntimeError):
    """Two writers stood in each other's way more often than we care to retry."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a write did: the version that holds it, and how many rows it added or touched."""

    table: str
    version: int
    rows: int
