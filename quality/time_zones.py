"""The names of the IANA time zone database, the same on every machine."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_NO_PLACE = frozenset({"Factory"})
"""Names in the database that mean *not set*."""


@cache
def time_zone_names() -> tuple[str, ...]:
    """Every name, sorted; `zoneinfo` itself would take any file it finds, such as `localtime`."""
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return tuple(sorted(set(names) - _NO_PLACE))


@cache
def _known() -> frozenset[str]:
    return frozenset(time_zone_names())


def time_zone(name: str | None) -> ZoneInfo | None:
    """The time zone of that name, written exactly so; None for any other text."""
    return ZoneInfo(name) if name in _known() else None
