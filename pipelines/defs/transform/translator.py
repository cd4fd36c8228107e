"""How dbt's nodes are called in Dagster, whose they are, and what their tests say."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from pipelines.dbt_runner.columns import asset_key
from pipelines.dbt_runner.data_tests import description_of


class LayerKeyTranslator(DagsterDbtTranslator):
    """Asset key = lake path = dbt name: `layer/model` for models, seeds and sources alike."""

    def __init__(self) -> None:
        """Let dbt's data tests appear as asset checks."""
        super().__init__(
            DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_source_tests_as_checks=False
            )
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The layer is the dbt schema; a source may name its own key in its metadata."""
        return dg.AssetKey(asset_key(dbt_resource_props))

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Groups are layers, as everywhere else."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The dbt group of a model owns it; dagster-dbt gives the group whole, or by its name."""
        group = dbt_resource_props.get("group") or "data-platform"
        return [f"team:{group['name'] if isinstance(group, Mapping) else group}"]

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """A test as a check that says what must hold."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return spec._replace(description=description_of(manifest["nodes"][unique_id]))
