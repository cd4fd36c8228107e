"""The feature services: which views one version of a model reads. Changing one takes a new name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from features.definitions.tables import FeatureTable

if TYPE_CHECKING:
    from feast import FeatureService, FeatureView

SERVICES: Mapping[str, tuple[str, ...]] = {
    "collections_v1": ("customer_payment_behaviour", "customer_contact"),
    "fraud_v1": ("counterparty_activity", "customer_velocity"),
}
"""Service to its views; a model reads `<view>__<feature>` for every feature of those."""


def served(service: str, tables: Sequence[FeatureTable]) -> tuple[FeatureTable, ...]:
    """The feature tables a service reads.

    Raises:
        KeyError: there is no such service, or a view of it has no feature table.
    """
    if service not in SERVICES:
        raise KeyError(f"no feature service {service!r}; there are {', '.join(SERVICES)}")
    by_view = {table.view: table for table in tables}
    if missing := [view for view in SERVICES[service] if view not in by_view]:
        raise KeyError(f"{service} reads {', '.join(missing)}, which no contract describes")
    return tuple(by_view[view] for view in SERVICES[service])


def feature_names(tables: Sequence[FeatureTable]) -> tuple[str, ...]:
    """Names of all features of some tables as a frame carries them: `<view>__<feature>`."""
    return tuple(f"{table.view}__{each.name}" for table in tables for each in table.features)


def references(tables: Sequence[FeatureTable]) -> list[str]:
    """All features of some tables as Feast asks for them: `<view>:<feature>`."""
    return [f"{table.view}:{each.name}" for table in tables for each in table.features]


def feature_service(name: str, views: Mapping[str, FeatureView]) -> FeatureService:
    """The Feast service of that name over the views it reads."""
    from feast import FeatureService

    return FeatureService(
        name=name,
        features=[views[view] for view in SERVICES[name]],
        description=f"What {name.rpartition('_')[0]} may know, version {name.rpartition('_')[2]}.",
    )
