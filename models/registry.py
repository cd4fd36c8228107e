"""The model registry: the versions of each model with their cards, and the champion that publishes.

Only scikit-learn estimators are kept, in the skops format, which holds no code: a file that names a
type outside the trusted list is refused when it is read. Nothing is ever unpickled.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from models.card import ModelCard, card_from_json

_TRUSTED = ("sklearn.", "numpy.", "scipy.")
"""Packages whose types a stored model may name; our estimators are made of nothing else."""

RETRAIN_EVERY_DAYS = 28
"""Four whole weeks, so that the training data always hold every weekday equally often."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A freshly trained model: estimators by name, and the card that judges them."""

    card: ModelCard
    estimators: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Champion:
    """The model that publishes: its version, card and estimators."""

    version: str
    card: ModelCard
    estimators: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Whether a candidate became champion, and the scores that decided it."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class ModelRegistry:
    """Models under `root` (`<lake>/models`): `<model>/<version>/` and `<model>/champion`."""

    root: Path

    def evaluate_candidate(self, candidate: Candidate) -> Promotion:
        """Store a candidate, and make it champion if it beats its baseline."""
        card = candidate.card
        version = self.store(candidate)
        score, baseline = card.deciding_scores
        comparison = f"{card.judged_by} {score:.4g} against {baseline:.4g} of {card.baseline}"
        if not card.beats_baseline:
            return Promotion(version, f"not promoted: {comparison}")
        _write(self.root / card.model / "champion", version)
        return Promotion(version, f"promoted: {comparison}")

    def champion_version(self, model: str) -> str | None:
        """The version that publishes, or None when no candidate ever beat its baseline."""
        pointer = self.root / model / "champion"
        return pointer.read_text("utf-8").strip() if pointer.exists() else None

    def champion(self, model: str) -> Champion | None:
        """The model that publishes, with its estimators; None when the baseline does."""
        version = self.champion_version(model)
        if version is None:
            return None
        folder = self.root / model / version
        card = card_from_json((folder / "card.json").read_text("utf-8"))
        names = sorted(path.stem for path in folder.glob("*.skops"))
        return Champion(version, card, {name: _load(folder / f"{name}.skops") for name in names})

    def needs_training(
        self, model: str, *, as_of: date, code: str, every_days: int = RETRAIN_EVERY_DAYS
    ) -> bool:
        """Whether the latest judged candidate is too old, was made by other code, or is none."""
        latest = self.latest_card(model)
        if latest is None or latest.code != code:
            return True
        return not 0 <= (as_of - latest.as_of).days < every_days

    def latest_card(self, model: str) -> ModelCard | None:
        """The card of the candidate that was judged last, promoted or not."""
        pointer = self.root / model / "latest"
        if not pointer.exists():
            return None
        folder = self.root / model / pointer.read_text("utf-8").strip()
        return card_from_json((folder / "card.json").read_text("utf-8"))

    def cards(self) -> list[ModelCard]:
        """The cards of every stored version of every model."""
        paths = sorted(self.root.glob("[a-z]*/[0-9]*/card.json"))
        return [card_from_json(path.read_text("utf-8")) for path in paths]

    def store(self, candidate: Candidate) -> str:
        """Write a candidate's estimators and card, and return its version.

        A version is the day and a digest of the card: the same candidate is stored once.
        """
        import skops.io

        text = candidate.card.to_json()
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        version = f"{candidate.card.as_of:%Y%m%d}-{digest}"
        versions = self.root / candidate.card.model
        folder = versions / version
        if not folder.exists():
            aside = versions / f".{uuid4().hex}"
            aside.mkdir(parents=True)
            for name, estimator in candidate.estimators.items():
                skops.io.dump(estimator, aside / f"{name}.skops")
            (aside / "card.json").write_text(text, "utf-8")
            (aside / "card.md").write_text(candidate.card.to_markdown(), "utf-8")
            aside.rename(folder)
        _write(versions / "latest", version)
        return version


def code_digest(*folders: Path) -> str:
    """A hash over the Python sources of some folders: a model made by other code is another."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _load(path: Path) -> Any:
    import skops.io

    unknown = skops.io.get_untrusted_types(file=path)
    untrusted = [name for name in unknown if not name.startswith(_TRUSTED)]
    if untrusted:
        raise ValueError(f"{path.name} names types that no model of ours has: {untrusted}")
    return skops.io.load(path, trusted=unknown)


def _write(path: Path, text: str) -> None:
    """Replace a small file in one step, so that a reader never meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    aside.write_text(text, "utf-8")
    aside.replace(path)
