"""The models of the house: a new one is one more entry here."""

from datetime import date, datetime

import polars as pl

from features.store import Store
from models.card import Provenance
from models.collections import publish as collections_publish
from models.collections import refresh as collections_refresh
from models.collections.inputs import INPUTS as COLLECTIONS
from models.collections.inputs import CollectionsInputs
from models.fraud import publish as fraud_publish
from models.fraud import refresh as fraud_refresh
from models.fraud.inputs import INPUTS as FRAUD
from models.fraud.inputs import FraudInputs
from models.liquidity import publish as liquidity_publish
from models.liquidity import refresh as liquidity_refresh
from models.liquidity.inputs import INPUTS as LIQUIDITY
from models.liquidity.inputs import LiquidityInputs
from models.registry import ModelRegistry
from models.training_status import TrainingStatus
from pipelines.defs.forecast.forecaster import Forecaster, Frames, forecast_assets
from pipelines.defs.forecast.plots import forecast_fan_chart
from pipelines.lake.lake import Lake


def _liquidity(
    lake: Lake, frames: Frames, registry: ModelRegistry, *, as_of: date, provenance: Provenance
) -> TrainingStatus:
    return liquidity_refresh.refresh(
        LiquidityInputs(**frames), registry, as_of=as_of, provenance=provenance
    )


def _liquidity_rows(
    lake: Lake, frames: Frames, registry: ModelRegistry, *, as_of: date, now: datetime
) -> pl.DataFrame:
    return liquidity_publish.publish(LiquidityInputs(**frames), registry, as_of=as_of, now=now)


def _collections(
    lake: Lake, frames: Frames, registry: ModelRegistry, *, as_of: date, provenance: Provenance
) -> TrainingStatus:
    inputs, store = CollectionsInputs(**frames), Store(lake.root)
    return collections_refresh.refresh(inputs, store, registry, as_of=as_of, provenance=provenance)


def _collections_rows(
    lake: Lake, frames: Frames, registry: ModelRegistry, *, as_of: date, now: datetime
) -> pl.DataFrame:
    inputs, store = CollectionsInputs(**frames), Store(lake.root)
    return collections_publish.publish(inputs, store, registry, as_of=as_of, now=now)


def _fraud(
    lake: Lake, frames: Frames, registry: ModelRegistry, *, as_of: date, provenance: Provenance
) -> TrainingStatus:
    return fraud_refresh.refresh(
        FraudInputs(**frames), Store(lake.root), registry, as_of=as_of, provenance=provenance
    )


def _fraud_rows(
    lake: Lake, frames: Frames, registry: ModelRegistry, *, as_of: date, now: datetime
) -> pl.DataFrame:
    inputs, store = FraudInputs(**frames), Store(lake.root)
    return fraud_publish.publish(inputs, store, registry, as_of=as_of, now=now)


forecasters = forecast_assets(
    Forecaster(
        name="liquidity",
        owner="treasury",
        about="Cash by day, thirteen weeks ahead, with intervals measured on the past.",
        inputs=LIQUIDITY,
        refresh=_liquidity,
        publish=_liquidity_rows,
        mart="fct_liquidity_forecast",
        picture=forecast_fan_chart,
    ),
    Forecaster(
        name="collections",
        owner="servicing",
        about="Who pays by themselves, and whom we may contact, how; permission comes first.",
        inputs=COLLECTIONS,
        refresh=_collections,
        publish=_collections_rows,
        mart="fct_collections_queue",
    ),
    Forecaster(
        name="fraud",
        owner="payments",
        about="Which payments to look at first, within the reviews that a day allows.",
        inputs=FRAUD,
        refresh=_fraud,
        publish=_fraud_rows,
        mart="fct_fraud_alerts",
    ),
)
