"""Every upgrade there is, the oldest first; a lake goes through those it has not had."""

from pipelines.lake.upgrades.v1 import V1

UPGRADES = (V1,)
