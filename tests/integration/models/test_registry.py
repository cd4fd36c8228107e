"""The shelf: what stands on it, who is champion, and what it refuses to open."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from models.card import Provenance
from models.registry import Candidate, Shelf, code_digest
from models.training_status import stand
from tests.model_cards import AS_OF, CARD

WORSE = replace(CARD, scores={"mae": 3.0})


class Stranger:
    """A type that no model of ours has."""


def test_a_candidate_that_loses_is_kept_but_the_champion_stays(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert shelf.champion("demo") is None
    won = shelf.consider(Candidate(CARD, {"values": np.arange(3)}))
    lost = shelf.consider(Candidate(WORSE))
    assert won.reason.startswith("promoted")
    assert lost.reason.startswith("not promoted")
    champion = shelf.champion("demo")
    assert champion is not None
    assert champion.version == won.version
    assert champion.estimators["values"].tolist() == [0, 1, 2]
    assert shelf.latest_card("demo") == WORSE
    assert (tmp_path / "demo" / lost.version / "card.md").exists()


def test_a_file_that_names_a_foreign_type_is_not_opened(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.consider(Candidate(CARD, {"bad": Stranger()}))
    with pytest.raises(ValueError, match="names types that no model of ours has"):
        shelf.champion("demo")


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
    shelf = Shelf(tmp_path)
    assert shelf.needs_training("demo", as_of=AS_OF, code="c0de")
    shelf.consider(Candidate(CARD))
    today = AS_OF + timedelta(days=days)
    assert shelf.needs_training("demo", as_of=today, code=code) is needed


def test_standing_trains_once_then_reuses_and_too_little_data_leaves_nothing(
    tmp_path: Path,
) -> None:
    shelf, calls = Shelf(tmp_path), []

    def train() -> Candidate:
        calls.append("trained")
        return Candidate(CARD)

    none = stand(shelf, "demo", lambda: None, as_of=AS_OF, code="c0de", origin=Provenance())
    first = stand(shelf, "demo", train, as_of=AS_OF, code="c0de", origin=Provenance())
    again = stand(shelf, "demo", train, as_of=AS_OF, code="c0de", origin=Provenance())
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
