"""One decision of the page about all items that are ticked, in the words of its answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notebooks.sides import sides_of
from notebooks.workbench import Workbench
from pipelines.reconciliation.deciding import DecisionError, Item, check, decide_each, objection

EACH = {"leave each open": "leave_open", "write off each": "write_off"}
TOGETHER = {"match them with each other": "match"}
MATCHES = {"accept each match": "match", "take each match apart": "unmatch"}


def decide_many(
    bench: Workbench,
    items: Sequence[Mapping[str, Any]],
    action: str,
    *,
    together: bool,
    actor: str,
    reason: str,
    now: datetime,
) -> str:
    """Record a decision for each item (or one about all rows together), and say what became of it.

    A reconciliation has rows of its own: each is decided about by itself, and what cannot be
    recorded in one is said beside what was recorded in the others.
    """
    said = []
    recons = sorted({str(item["recon"]) for item in items})
    if together and len(recons) > 1:
        titles = " and ".join(sides_of(recon).title for recon in recons)
        return f"**Not recorded.** {titles} do not share rows: tick items of one reconciliation."
    for recon in recons:
        members = [bench.members(item) for item in items if item["recon"] == recon]
        if together:
            left = tuple(row for one in members for row in one.left_ids)
            right = tuple(row for one in members for row in one.right_ids)
            members = [Item(left, right)]
        try:
            taken = decide_each(
                bench.lake,
                recon=recon,
                action=action,  # type: ignore[arg-type]
                items=members,
                actor=actor,
                reason=reason,
                now=now,
            )
        except DecisionError as error:
            said.append(f"**Not recorded.** {sides_of(recon).title}: {error}")
            continue
        waiting = sum("second person" in objection(bench.lake, one.decision_id) for one in taken)
        await_ = f", of which {waiting} await a second person" if waiting else ""
        said.append(f"Recorded: {len(taken)} in {sides_of(recon).title}{await_}.")
    return "\n\n".join(said)


def approve_many(bench: Workbench, ids: Sequence[str], *, approver: str, now: datetime) -> str:
    """Record a second person's approval of decisions, and say what became of it."""
    said, done = [], 0
    for one in ids:
        try:
            check(bench.lake, one, actor=approver, now=now)
        except DecisionError as error:
            said.append(f"**Not recorded.** {error}")
        else:
            done += 1
    return "\n\n".join([*([f"Approved: {done}."] if done else []), *said])
