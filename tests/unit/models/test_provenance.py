"""A card says which versions of which tables it was made from, and whether the data are real."""

from dataclasses import replace
from datetime import date

from models.card import ModelCard, Provenance, card_from_json

CARD = ModelCard(
    model="demo",
    as_of=date(2026, 3, 31),
    method="ridge",
    baseline="naive",
    data="a table",
    rows=10,
    split="none",
    label_delay_days=0,
    features=("a",),
    seed=7,
    code="c0de",
    judged_by="mae",
    higher_is_better=False,
    scores={"mae": 1.0},
    baseline_scores={"mae": 2.0},
    table_versions={"features/ftr_account_cash": 4},
)


def test_versions_of_the_inputs_join_those_of_the_features():
    card = CARD.made_from(Provenance({"gold/fct_cash_flows": 3}, synthetic=False))
    assert card.table_versions == {"gold/fct_cash_flows": 3, "features/ftr_account_cash": 4}
    assert "real data" in card.to_markdown()
    assert card_from_json(card.to_json()) == card


def test_data_that_nobody_declared_are_called_simulated():
    assert "SYNTHETIC" in CARD.made_from(Provenance()).to_markdown()
    assert "SYNTHETIC" in replace(CARD, synthetic=True).to_markdown()
