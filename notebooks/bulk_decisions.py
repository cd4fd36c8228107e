"""One decision about all items that are ticked on the page, and the message that answers it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notebooks.reconciliation_names import sides_of
from notebooks.workbench import Workbench
from pipelines.reconciliation.deciding import DecisionError, Item, check, decide_each, objection

EACH_ITEM = {"leave each open": "leave_open", "write off each": "write_off"}
ALL_TOGETHER = {"match them with each other": "match"}
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
    """Record a decision for each item, or one about all rows together, and return the message.

    Each reconciliation is decided about by itself. The message names for each how many decisions
    were recorded, or why none was.
    """
    messages = []
    recons = sorted({str(item["recon"]) for item in items})
    if together and len(recons) > 1:
        titles = " and ".join(sides_of(recon).title for recon in recons)
        return f"**Not recorded.** {titles} do not share rows: tick items of one reconciliation."
    for recon in recons:
        members = [bench.members(item) for item in items if item["recon"] == recon]
        if together:
            left = tuple(row for member in members for row in member.left_ids)
            right = tuple(row for member in members for row in member.right_ids)
            members = [Item(left, right)]
        try:
            decisions = decide_each(
                bench.lake,
                recon=recon,
                action=action,  # type: ignore[arg-type]
                items=members,
                actor=actor,
                reason=reason,
                now=now,
            )
        except DecisionError as error:
            messages.append(f"**Not recorded.** {sides_of(recon).title}: {error}")
            continue
        unapproved = sum(
            "second person" in objection(bench.lake, each.decision_id) for each in decisions
        )
        of_which = f", of which {unapproved} await a second person" if unapproved else ""
        messages.append(f"Recorded: {len(decisions)} in {sides_of(recon).title}{of_which}.")
    return "\n\n".join(messages)


def approve_many(bench: Workbench, ids: Sequence[str], *, approver: str, now: datetime) -> str:
    """Record a second person's approval of decisions, and return the message."""
    messages, approved = [], 0
    for decision_id in ids:
        try:
            check(bench.lake, decision_id, actor=approver, now=now)
        except DecisionError as error:
            messages.append(f"**Not recorded.** {error}")
        else:
            approved += 1
    return "\n\n".join([*([f"Approved: {approved}."] if approved else []), *messages])
