"""Keys of rule files that were renamed: a file that a user saved with an old one is still read."""

from collections.abc import Mapping
from typing import Any

FORMER_KEYS: Mapping[str, str] = {
    "affinity": "least_similarity",
    "chance": "max_false_matches",
    "charged": "cash_side",
    "checked_from": "dual_control_threshold",
    "confidence": "prior_strength",
    "only_sure": "auto_only",
    "same_day_chance": "same_day_max_false_matches",
}
"""Keys that rule files of earlier releases use, and what each is called now. Both are read."""


def with_present_keys(node: Any) -> Any:
    """The node with former keys renamed; where a file gives both, the former stays and fails."""
    if isinstance(node, list):
        return [with_present_keys(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key if FORMER_KEYS.get(key) in node else FORMER_KEYS.get(key, key): with_present_keys(value)
        for key, value in node.items()
    }
