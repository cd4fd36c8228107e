"""Which versions of which tables somebody still points at."""

from collections.abc import Mapping

from features.manifest import read_manifest
from features.store import Store
from models.registry import ModelRegistry
from pipelines.lake.lake import Lake


def pinned_versions(lake: Lake) -> Mapping[str, set[int]]:
    """Versions that a model's card or the online store names, by table.

    A frame that trained a model can be made again, and an online value explained, for as long as
    they are kept.
    """
    online = read_manifest(Store(lake.root).online)
    served = online.versions if online is not None else {}
    named: list[Mapping[str, int]] = [{f"features/{name}": at for name, at in served.items()}]
    named += [card.table_versions for card in ModelRegistry(lake.root / "models").cards()]
    pinned: dict[str, set[int]] = {}
    for versions in named:
        for table, version in versions.items():
            pinned.setdefault(table, set()).add(version)
    return pinned
