"""What the parts of a statement say, all together."""

from typing import Any


def entries_of(parts: list[Any]) -> list[dict[str, Any]]:
    return [row for part in parts for row in part.tables["statement_entries"].to_dicts()]


def codes_of(parts: list[Any]) -> list[str]:
    return [finding.code for part in parts for finding in part.findings]
