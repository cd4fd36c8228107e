"""A model's standing and its published rows, in Dagster's words."""

from typing import Any

import dagster as dg
import polars as pl

from models.training_status import Standing


def standing_metadata(standing: Standing) -> dict[str, Any]:
    """The card, the scores, and who publishes."""
    publishes = standing.champion or "the baseline"
    if standing.card is None:
        return {"publishes": publishes, "card": "too little data to train"}
    card = standing.card
    said = "reused" if standing.promotion is None else standing.promotion.reason
    return {
        "publishes": publishes,
        "training": said,
        "card": dg.MetadataValue.md(card.to_markdown()),
        **{f"score_{name}": value for name, value in card.scores.items()},
        **{f"baseline_{name}": value for name, value in card.baseline_scores.items()},
    }


def promotion_check(standing: Standing) -> dg.AssetCheckResult:
    """Passed when the candidate that was judged last beats its baseline."""
    said = "too little data to train; the baseline publishes"
    if standing.card is not None:
        said = "better than its baseline" if standing.beats_baseline else "no better than it"
    return dg.AssetCheckResult(
        check_name="beats_its_baseline",
        passed=standing.beats_baseline,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"judgement": said},
    )


def published(model: str, rows: pl.DataFrame) -> dict[str, Any]:
    """By whom the rows were published."""
    by = rows["model"].unique().sort().to_list() if not rows.is_empty() else []
    return {"published_by": ", ".join(by) or f"nobody: {model} has nothing to say"}
