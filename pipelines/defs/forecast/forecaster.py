"""A model as the graph sees it: an asset that is judged, and the mart that it publishes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
import polars as pl

from models.card import Provenance
from models.registry import ModelRegistry
from models.training_status import TrainingStatus
from pipelines.defs.forecast.reports import promotion_check, published, status_metadata
from pipelines.defs.resources import RunClock
from pipelines.defs.tables import table_metadata
from pipelines.lake.lake import Lake

ONLINE = ["features", "online_store"]


@dataclass(frozen=True, slots=True)
class Forecaster:
    """One model: its tables, how it is refreshed, and the mart that it publishes.

    `refresh` and `publish` take the lake, the frames by name, the registry, the day and the clock.
    """

    name: str
    owner: str
    about: str
    inputs: Mapping[str, str]
    refresh: Callable[..., TrainingStatus]
    publish: Callable[..., pl.DataFrame]
    mart: str
    picture: Callable[[pl.DataFrame], dg.MetadataValue[Any]] | None = None

    @property
    def deps(self) -> list[list[str]]:
        """The tables it reads; and the features, which must have been proven first."""
        return [*(table.split("/") for table in self.inputs.values()), ONLINE]

    def frames(self, lake: Lake) -> dict[str, pl.DataFrame]:
        """What it reads, as it stands.

        One frame per table, with its rows and columns as the lake holds them.
        """
        return {name: lake.read(table).collect() for name, table in self.inputs.items()}

    def provenance(self, lake: Lake) -> Provenance:
        """The versions that it reads, and whether they tell of a simulated house."""
        versions = ((table, lake.version(table)) for table in self.inputs.values())
        known = {table: version for table, version in versions if version is not None}
        return Provenance(known, synthetic=lake.is_synthetic)


def registry_of(lake: Lake) -> ModelRegistry:
    """Models stand in the lake, beside the tables they were made from."""
    return ModelRegistry(lake.root / "models")


def model_asset(model: Forecaster) -> dg.AssetsDefinition:
    """The model: trained or reused, judged against its baseline, promoted or not."""

    @dg.asset(
        key=["models", model.name],
        deps=model.deps,
        group_name="forecast",
        kinds={"scikitlearn"},
        owners=[f"team:{model.owner}"],
        description=model.about,
        check_specs=[
            dg.AssetCheckSpec(
                name="beats_its_baseline",
                asset=["models", model.name],
                description="Without this it is not promoted, and what stood before publishes.",
            )
        ],
    )
    def trained(
        lake: dg.ResourceParam[Lake], run_clock: RunClock
    ) -> Iterator[dg.MaterializeResult[None]]:
        status = model.refresh(
            lake,
            model.frames(lake),
            registry_of(lake),
            as_of=run_clock.as_of(lake),
            provenance=model.provenance(lake),
        )
        yield dg.MaterializeResult(
            metadata=status_metadata(status), check_results=[promotion_check(status)]
        )

    return trained


def mart_asset(model: Forecaster) -> dg.AssetsDefinition:
    """The mart: rows of the champion, or of the baseline where there is none."""

    @dg.asset(
        key=["gold", model.mart],
        deps=[["models", model.name], *model.deps],
        group_name="gold",
        kinds={"scikitlearn", "deltalake"},
        owners=[f"team:{model.owner}"],
        description=f"What the {model.name} model publishes; the model's name is in each row.",
    )
    def mart(
        lake: dg.ResourceParam[Lake], run_clock: RunClock
    ) -> Iterator[dg.MaterializeResult[None]]:
        rows = model.publish(
            lake,
            model.frames(lake),
            registry_of(lake),
            as_of=run_clock.as_of(lake),
            now=run_clock.now(),
        )
        lake.overwrite(f"gold/{model.mart}", rows)
        metadata = {**table_metadata(lake, f"gold/{model.mart}"), **published(model.name, rows)}
        plot = {"plot": model.picture(rows)} if model.picture else {}
        yield dg.MaterializeResult(metadata={**metadata, **plot})

    return mart


def forecast_assets(*models: Forecaster) -> list[dg.AssetsDefinition]:
    """Both assets of every model."""
    return [make(model) for model in models for make in (model_asset, mart_asset)]


Frames = dict[str, Any]
