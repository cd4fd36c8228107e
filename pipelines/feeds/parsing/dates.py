"""Local times with a zone's name beside them, as instants."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

ABBREVIATIONS = {
    "UTC": "+00:00", "GMT": "+00:00", "WET": "+00:00", "BST": "+01:00", "WEST": "+01:00",
    "CET": "+01:00", "MET": "+01:00", "CEST": "+02:00", "MEST": "+02:00", "EET": "+02:00",
    "EEST": "+03:00", "MSK": "+03:00", "IST": "+05:30", "SGT": "+08:00", "HKT": "+08:00",
    "AWST": "+08:00", "JST": "+09:00", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00",
    "NZDT": "+13:00", "BRT": "-03:00", "EDT": "-04:00", "EST": "-05:00", "CDT": "-05:00",
    "CST": "-06:00", "MDT": "-06:00", "MST": "-07:00", "PDT": "-07:00", "PST": "-08:00",
}  # fmt: skip
"""What payment providers write, as they mean it: the offset itself, summer time already decided."""


def instants(local: pl.Series, zone: pl.Series) -> pl.Series:
    """ISO local times (`2021-01-05 00:21:32`) as ISO text with the offset of their zone.

    A zone is an abbreviation of `ABBREVIATIONS` or an IANA name; without one the time is UTC. The
    time of an unknown zone keeps the zone's name beside it, and will not cast.
    """
    names = zone.str.strip_chars()
    if local.len() and names.n_unique() == 1:
        return _in_zone(local, names[0])
    frame = pl.DataFrame({"local": local, "zone": names})
    parts = [
        group.with_columns(_in_zone(group["local"], name).alias("instant"))
        for (name,), group in frame.with_row_index().group_by("zone", maintain_order=True)
    ]
    if not parts:
        return local
    return pl.concat(parts).sort("index")["instant"].alias(local.name)


def _in_zone(local: pl.Series, zone: object) -> pl.Series:
    offset = ABBREVIATIONS.get(str(zone or "UTC").upper())
    if offset:
        return local + offset
    try:
        ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return local + f" {zone}"
    naive = local.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    aware = naive.dt.replace_time_zone(str(zone), ambiguous="earliest", non_existent="null")
    stated = aware.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return stated.fill_null(local + f" {zone}")
