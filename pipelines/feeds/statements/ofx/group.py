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
    leaves = dict(group.leaves)
    kind = leaves.pop("INCOMETYPE", "") or group.name
    days = leaves.pop("DTSETTLE", ""), leaves.pop("DTTRADE", "")
    moved = {"TRNTYPE": kind, "DTPOSTED": days[0] or days[1], "TRNAMT": leaves.pop("TOTAL", "")}
    if days[1] and days[0] and days[1] != days[0]:
        leaves["DTTRADE"] = days[1]
    return {**leaves, **moved}
