"""What each of dbt's data tests says, in words."""

from collections.abc import Callable, Mapping
from typing import Any

Kwargs = Mapping[str, Any]

_KINDS: Mapping[str, Callable[[Kwargs], str]] = {
    "unique": lambda k: f"No two rows have the same {k['column_name']}.",
    "unique_together": lambda k: f"No two rows have the same {_listed(k['columns'])}.",
    "not_null": lambda k: f"Every row has a value in {k['column_name']}.",
    "complete": lambda k: f"Every row has a value in {_listed(k['columns'])}.",
    "accepted_values": lambda k: (
        f"{k['column_name']} is one of {', '.join(map(str, k['values']))}."
    ),
    "relationships_together": lambda k: (
        f"Every {_listed(k['columns'])} is found in {_listed(k['fields'])} of {_table(k['to'])}."
    ),
    "relationships": lambda k: (
        f"Every {k['column_name']} is found in {k['field']} of {_table(k['to'])}."
    ),
}
"""How the generic tests of the project read; what is called differently says its own name."""


def description_of(test: Mapping[str, Any]) -> str:
    """What must hold, from a test's entry in dbt's manifest; never empty."""
    stated = test.get("description") or test.get("meta", {}).get("description")
    if stated:
        return str(stated)
    about = test.get("test_metadata") or {}
    say = _KINDS.get(about.get("name", ""))
    if say is not None:
        return say(about["kwargs"])
    return f"No row is found by the query of {test['name']}.".replace("_", " ")


def _table(reference: str) -> str:
    """`ref('dim_account')` without its wrapping."""
    return reference.split("'")[1]


def _listed(columns: list[str]) -> str:
    *others, last = columns
    return f"{', '.join(others)} and {last}" if others else last
