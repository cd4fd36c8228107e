"""A model's card: on which data it was made, how it was judged, and what it was judged against."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the data of a model come from: Delta versions by table, and whether they are real.

    Data that nobody declared real or simulated count as simulated.
    """

    table_versions: Mapping[str, int] = field(default_factory=dict)
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything a reader must know before trusting a model.

    `scores` and `baseline_scores` hold the same names; `better` says for each whether higher or
    lower is better. `judged_by` names the one score that decides about promotion.
    """

    model: str
    as_of: date
    method: str
    baseline: str
    data: str
    rows: int
    split: str
    label_delay_days: int
    features: tuple[str, ...]
    seed: int
    code: str
    judged_by: str
    higher_is_better: bool
    scores: Mapping[str, float]
    baseline_scores: Mapping[str, float]
    notes: tuple[str, ...] = ()
    table_versions: Mapping[str, int] = field(default_factory=dict)
    synthetic: bool = True

    @property
    def deciding_scores(self) -> tuple[float, float]:
        """The score that decides about promotion: the candidate's, and its baseline's."""
        return (
            self.scores.get(self.judged_by, float("nan")),
            self.baseline_scores.get(self.judged_by, float("nan")),
        )

    @property
    def beats_baseline(self) -> bool:
        """Whether the deciding score is strictly better than the baseline's."""
        score, baseline = self.deciding_scores
        return score > baseline if self.higher_is_better else score < baseline

    def made_from(self, provenance: Provenance) -> "ModelCard":
        """The card with the versions of its data added, and marked as synthetic or real."""
        versions = {**provenance.table_versions, **self.table_versions}
        return replace(self, table_versions=versions, synthetic=provenance.synthetic)

    def to_json(self) -> str:
        """The card as JSON, keys in order."""
        plain = {**asdict(self), "as_of": self.as_of.isoformat()}
        return json.dumps(plain, indent=2, sort_keys=True)

    def to_markdown(self) -> str:
        """The card as a page for people."""
        kind = "SYNTHETIC data" if self.synthetic else "real data"
        lines = [
            f"# {self.model}: {self.method}",
            "",
            f"Made as of {self.as_of} from {self.data} ({kind}, {self.rows:,} rows).",
            f"Judged on {self.split}; label delay {self.label_delay_days} days; seed {self.seed}.",
            "",
            f"| score | {self.method} | {self.baseline} (baseline) |",
            "|---|---:|---:|",
        ]
        for name in sorted(self.scores):
            mark = " (decides)" if name == self.judged_by else ""
            baseline = self.baseline_scores.get(name)
            baseline_text = "" if baseline is None else f"{baseline:.4g}"
            lines.append(f"| {name}{mark} | {self.scores[name]:.4g} | {baseline_text} |")
        lines += ["", *(f"- {note}" for note in self.notes)]
        return "\n".join(lines) + "\n"


def card_from_json(text: str) -> ModelCard:
    """Read a card that `to_json` wrote."""
    plain: dict[str, Any] = json.loads(text)
    plain["as_of"] = date.fromisoformat(plain["as_of"])
    plain["features"], plain["notes"] = tuple(plain["features"]), tuple(plain["notes"])
    return ModelCard(**plain)
