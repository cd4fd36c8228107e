"""A card keeps what it says, judges strictly, and names the data that it was made from."""

from dataclasses import replace

import pytest

from models.card import Provenance, card_from_json
from tests.model_cards import CARD


def test_a_card_comes_back_from_its_json_as_it_was() -> None:
    assert card_from_json(CARD.to_json()) == CARD
    assert "SYNTHETIC" in CARD.to_markdown()


@pytest.mark.parametrize(
    ("ours", "higher_is_better", "better"),
    [(1.0, False, True), (2.0, False, False), (3.0, True, True), (float("nan"), True, False)],
)
def test_only_a_strictly_better_score_beats_the_baseline(
    ours: float, higher_is_better: bool, better: bool
) -> None:
    card = replace(CARD, scores={"mae": ours}, higher_is_better=higher_is_better)
    assert card.beats_baseline is better


def test_versions_of_the_inputs_join_those_of_the_features() -> None:
    card = CARD.made_from(Provenance({"gold/fct_cash_flows": 3}, synthetic=False))
    assert card.table_versions == {"gold/fct_cash_flows": 3, "features/ftr_account_cash": 4}
    assert "real data" in card.to_markdown()
    assert card_from_json(card.to_json()) == card


def test_data_that_nobody_declared_are_called_simulated() -> None:
    assert "SYNTHETIC" in replace(CARD, synthetic=False).made_from(Provenance()).to_markdown()
