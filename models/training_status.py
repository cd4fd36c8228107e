"""Where a model stands: trained anew or reused, promoted or not, and by which card."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from models.card import ModelCard, Provenance
from models.registry import Candidate, Promotion, Shelf


@dataclass(frozen=True, slots=True)
class Standing:
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


def stand(
    shelf: Shelf,
    model: str,
    train: Callable[[], Candidate | None],
    *,
    as_of: date,
    code: str,
    origin: Provenance,
) -> Standing:
    """Train when it is time to, judge, and say who publishes.

    Args:
        shelf: where models stand.
        model: its name.
        train: makes a candidate, or None where there is too little to learn from.
        as_of: the day on which we stand.
        code: digest of the model's code; other code means another model.
        origin: where the data come from, for the card.
    """
    promotion = None
    if shelf.needs_training(model, as_of=as_of, code=code):
        candidate = train()
        if candidate is None:
            return Standing(None, None, None)
        card = candidate.card.made_from(origin)
        promotion = shelf.consider(replace(candidate, card=card))
    return Standing(shelf.latest_card(model), promotion, shelf.champion_version(model))
