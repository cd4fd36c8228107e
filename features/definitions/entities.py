"""Feast's entities: what a feature may be about."""

from feast import Entity
from feast.value_type import ValueType

from features.definitions.tables import ENTITIES


def entity(name: str) -> Entity:
    """The Feast entity of that name, keyed by the text column `<name>_id`."""
    return Entity(
        name=name,
        join_keys=[f"{name}_id"],
        value_type=ValueType.STRING,
        description=ENTITIES[name],
    )
