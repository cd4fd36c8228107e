"""The training status of a model: retrained or reused, promoted or not, and by which card."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from models.card import ModelCard, Provenance
from models.registry import Candidate, ModelRegistry, Promotion


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """The candidate that was judged last, when it was trained, and who publishes.

    `promotion` is None where the model was reused; `champion` is the version that publishes, or
    None where no candidate ever beat its baseline and the baseline itself does.
    """

    card: ModelCard | None
    promotion: Promotion | None
    champion: str | None

    @property
    def beats_baseline(self) -> bool:
        """Whether the candidate that was judged last is better than its baseline."""
        return self.card is not None and self.card.beats_baseline


def retrain_if_due(
    registry: ModelRegistry,
    model: str,
    train: Callable[[], Candidate | None],
    *,
    as_of: date,
    code: str,
    provenance: Provenance,
) -> TrainingStatus:
    """Retrain a model that is due, evaluate the candidate, and return who publishes.

    Args:
        registry: where trained models are stored.
        model: its name.
        train: makes a candidate, or None where there is too little to learn from.
        as_of: the day of the run; nothing later is known.
        code: digest of the model's code; other code means another model.
        provenance: where the data come from, for the card.
    """
    promotion = None
    if registry.needs_training(model, as_of=as_of, code=code):
        candidate = train()
        if candidate is None:
            return TrainingStatus(None, None, None)
        card = candidate.card.made_from(provenance)
        promotion = registry.evaluate_candidate(replace(candidate, card=card))
    return TrainingStatus(registry.latest_card(model), promotion, registry.champion_version(model))
