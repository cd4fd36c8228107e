"""An aggregate of an OFX file, and what an investment pays as a movement of cash."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Group:
    """An aggregate whose leaves are being collected."""

    name: str
    row: int
    leaves: dict[str, str] = field(default_factory=dict)
    nested: str = ""


def cash_of(group: Group) -> dict[str, str]:
    """What an investment paid or cost, as the leaves of a movement of cash."""
    said = dict(group.leaves)
    kind = said.pop("INCOMETYPE", "") or group.name
    days = said.pop("DTSETTLE", ""), said.pop("DTTRADE", "")
    moved = {"TRNTYPE": kind, "DTPOSTED": days[0] or days[1], "TRNAMT": said.pop("TOTAL", "")}
    if days[1] and days[0] and days[1] != days[0]:
        said["DTTRADE"] = days[1]
    return {**said, **moved}
