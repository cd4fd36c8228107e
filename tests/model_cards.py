"""A model card such as a trained model leaves behind; tests change what they are about."""

from datetime import date

from models.card import ModelCard

AS_OF = date(2026, 6, 30)

CARD = ModelCard(
    model="demo",
    as_of=AS_OF,
    method="ridge",
    baseline="naive",
    data="days",
    synthetic=True,
    table_versions={"features/ftr_account_cash": 4},
    rows=10,
    split="the last week",
    label_delay_days=0,
    features=("weekday",),
    seed=7,
    code="c0de",
    judged_by="mae",
    higher_is_better=False,
    scores={"mae": 1.0},
    baseline_scores={"mae": 2.0},
    notes=("tiny",),
)
