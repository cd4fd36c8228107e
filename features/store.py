"""The feature store of one lake: its definitions, and Feast opened over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml

from features.definitions.services import SERVICES, feature_service, served
from features.definitions.tables import CONTRACTS, FeatureTable, feature_tables
from features.delta_tables import versions
from features.feast_import import import_feast

if TYPE_CHECKING:
    from feast import Entity, FeatureService, FeatureStore, FeatureView

CONFIGURATION = Path(__file__).with_name("feature_store.yaml")


@dataclass(frozen=True, slots=True)
class Store:
    """Where the feature tables lie (`<lake>/features`) and which contracts describe them."""

    lake_root: Path
    contracts: Path = CONTRACTS

    @property
    def online(self) -> Path:
        """The folder of the online values and of Feast's registry; made by materialising."""
        return self.lake_root / "features" / "_online"

    def tables(self) -> tuple[FeatureTable, ...]:
        """All feature tables, by name."""
        return feature_tables(self.contracts)

    def served(self, service: str) -> tuple[FeatureTable, ...]:
        """The feature tables a service reads; a KeyError names a service that is not there."""
        return served(service, self.tables())

    def path(self, table: FeatureTable) -> Path:
        """Where a feature table lies."""
        return self.lake_root / "features" / table.name

    def versions(self, tables: Sequence[FeatureTable]) -> dict[str, int]:
        """The newest Delta version of each of some tables, by table name."""
        return versions({table.name: self.path(table) for table in tables})


def definitions(contracts: Path = CONTRACTS) -> list[Entity | FeatureView | FeatureService]:
    """Every Feast object there is: entities, views (with their sources) and services."""
    import_feast()
    from features.definitions.entities import entity
    from features.definitions.views import view

    tables = feature_tables(contracts)
    views = {table.view: view(table) for table in tables}
    complete = [name for name, needed in SERVICES.items() if set(needed) <= set(views)]
    return [
        *(entity(name) for name in sorted({table.entity for table in tables})),
        *views.values(),
        *(feature_service(name, views) for name in complete),
    ]


@contextmanager
def opened(store: Store, pins: Mapping[str, int]) -> Iterator[FeatureStore]:
    """Feast over a lake with its tables pinned, for reading history.

    The registry is private and lives as long as the context: what a frame holds then depends on
    the code, the contracts and the pins, never on what someone once applied.
    """
    with TemporaryDirectory(prefix="registry-") as folder:
        yield applied(store, Path(folder), pins)


def applied(store: Store, folder: Path, pins: Mapping[str, int]) -> FeatureStore:
    """Feast over a lake, with all definitions applied to registry and online store in a folder."""
    feast = connected(store, folder, pins)
    feast.apply(list(definitions(store.contracts)))
    return feast


def connected(store: Store, folder: Path, pins: Mapping[str, int]) -> FeatureStore:
    """Feast over a lake, with the registry and the online store that lie in a folder."""
    import_feast()
    from feast import FeatureStore, RepoConfig

    settings: dict[str, Any] = yaml.safe_load(CONFIGURATION.read_text())
    settings["registry"] = str(folder / "registry.db")
    settings["online_store"]["path"] = str(folder / "online.db")
    settings["offline_store"] |= {
        "lake_root": str(store.lake_root.resolve()),
        "versions": dict(pins),
    }
    return FeatureStore(config=RepoConfig(repo_path=folder, **settings))
