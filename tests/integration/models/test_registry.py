"""The registry: what it stores, which version is champion, and which files it refuses to open."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from models.card import Provenance
from models.registry import Candidate, ModelRegistry, code_digest
from models.training_status import retrain_if_due
from tests.model_cards import AS_OF, CARD

WORSE = replace(CARD, scores={"mae": 3.0})


class Stranger:
    """A type that no model of ours has."""


def test_a_candidate_that_loses_is_kept_but_the_champion_stays(tmp_path: Path) -> None:
    registry = ModelRegistry(tmp_path)
    assert registry.champion("demo") is None
    won = registry.evaluate_candidate(Candidate(CARD, {"values": np.arange(3)}))
    lost = registry.evaluate_candidate(Candidate(WORSE))
    assert won.reason.startswith("promoted")
    assert lost.reason.startswith("not promoted")
    champion = registry.champion("demo")
    assert champion is not None
    assert champion.version == won.version
    assert champion.estimators["values"].tolist() == [0, 1, 2]
    assert registry.latest_card("demo") == WORSE
    assert (tmp_path / "demo" / lost.version / "card.md").exists()


def test_a_file_that_names_a_foreign_type_is_not_opened(tmp_path: Path) -> None:
    registry = ModelRegistry(tmp_path)
    registry.evaluate_candidate(Candidate(CARD, {"bad": Stranger()}))
    with pytest.raises(ValueError, match="names types that no model of ours has"):
        registry.champion("demo")


@pytest.mark.parametrize(
    ("days", "code", "needed"),
    [
        (0, "c0de", False),
        (27, "c0de", False),
        (28, "c0de", True),
        (-1, "c0de", True),
        (0, "x", True),
    ],
)
def test_a_model_is_retrained_when_old_or_of_other_code_or_from_the_future(
    tmp_path: Path, days: int, code: str, needed: bool
) -> None:
    registry = ModelRegistry(tmp_path)
    assert registry.needs_training("demo", as_of=AS_OF, code="c0de")
    registry.evaluate_candidate(Candidate(CARD))
    today = AS_OF + timedelta(days=days)
    assert registry.needs_training("demo", as_of=today, code=code) is needed


def test_standing_trains_once_then_reuses_and_too_little_data_leaves_nothing(
    tmp_path: Path,
) -> None:
    registry, calls = ModelRegistry(tmp_path), []

    def train() -> Candidate:
        calls.append("trained")
        return Candidate(CARD)

    none = retrain_if_due(
        registry, "demo", lambda: None, as_of=AS_OF, code="c0de", provenance=Provenance()
    )
    first = retrain_if_due(
        registry, "demo", train, as_of=AS_OF, code="c0de", provenance=Provenance()
    )
    again = retrain_if_due(
        registry, "demo", train, as_of=AS_OF, code="c0de", provenance=Provenance()
    )
    assert (none.card, none.champion, none.beats_baseline) == (None, None, False)
    assert first.promotion is not None
    assert again.promotion is None
    assert again.champion == first.champion is not None
    assert calls == ["trained"]


def test_other_code_has_another_digest(tmp_path: Path) -> None:
    source = tmp_path / "train.py"
    source.write_text("a = 1", "utf-8")
    before = code_digest(tmp_path)
    source.write_text("a = 2", "utf-8")
    assert code_digest(tmp_path) != before
