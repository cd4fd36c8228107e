"""`countinghouse decide`: a decision by hand, and the second person's approval of one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from pipelines.commands.opening import lake_to_write
from pipelines.output.terminal import Terminal
from pipelines.reconciliation.deciding import DecisionError, check, objection
from pipelines.reconciliation.deciding import decide as record
from quality.reconciliation.closed_sets import DecisionAction


def decide(
    *,
    recon: str,
    action: str,
    left: Sequence[str],
    right: Sequence[str],
    actor: str,
    reason: str,
    folder: Path | None,
) -> int:
    """Record a decision; 2 when it is refused."""
    lake = lake_to_write(folder, "countinghouse decide")
    try:
        decision = record(
            lake,
            recon=recon,
            action=cast("DecisionAction", action.replace("-", "_")),
            left_ids=left,
            right_ids=right,
            actor=actor,
            reason=reason,
            now=datetime.now(UTC),
        )
        why_not = objection(lake, decision.decision_id)
    except DecisionError as error:
        return _refused(error)
    _say(f"Recorded: {decision.decision_id}")
    if why_not:
        _say(
            f"It does not count yet: {why_not}. Let somebody else call: countinghouse decide "
            f"--check {decision.decision_id} --actor NAME"
        )
    else:
        _say("The next run replays it: countinghouse run")
    return 0


def approve(decision_id: str, *, actor: str, folder: Path | None) -> int:
    """Record that a second person has checked a decision; 2 when that is refused."""
    lake = lake_to_write(folder, "countinghouse decide")
    try:
        decision = check(lake, decision_id, actor=actor, now=datetime.now(UTC))
    except DecisionError as error:
        return _refused(error)
    _say(
        f"{decision.decision_id} by {decision.actor} is checked by {decision.approver}. "
        "The next run replays it: countinghouse run"
    )
    return 0


def _refused(error: DecisionError) -> int:
    Terminal(stderr=True).problem("Refused:", str(error))
    return 2


def _say(words: str) -> None:
    Terminal().print(words, soft_wrap=True)
