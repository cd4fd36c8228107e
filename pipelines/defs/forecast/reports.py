"""A model's standing and its published rows, in Dagster's words."""

from typing import Any

import dagster as dg
import polars as pl

from models.training_status import TrainingStatus


def status_metadata(status: TrainingStatus) -> dict[str, Any]:
    """The card, the scores, and who publishes."""
    publishes = status.champion or "the baseline"
    if status.card is None:
        return {"publishes": publishes, "card": "too little data to train"}
    card = status.card
    outcome = "reused" if status.promotion is None else status.promotion.reason
    return {
        "publishes": publishes,
        "training": outcome,
        "card": dg.MetadataValue.md(card.to_markdown()),
        **{f"score_{name}": value for name, value in card.scores.items()},
        **{f"baseline_{name}": value for name, value in card.baseline_scores.items()},
    }


def promotion_check(status: TrainingStatus) -> dg.AssetCheckResult:
    """Passed when the candidate that was judged last beats its baseline."""
    outcome = "too little data to train; the baseline publishes"
    if status.card is not None:
        outcome = "better than its baseline" if status.beats_baseline else "no better than it"
    return dg.AssetCheckResult(
        check_name="beats_its_baseline",
        passed=status.beats_baseline,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"judgement": outcome},
    )


def published(model: str, rows: pl.DataFrame) -> dict[str, Any]:
    """By whom the rows were published."""
    by = rows["model"].unique().sort().to_list() if not rows.is_empty() else []
    return {"published_by": ", ".join(by) or f"nobody: {model} has nothing to say"}
