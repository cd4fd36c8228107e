"""Columns of dbt's models, what they mean and where they come from.

Both depend on the project alone: what the first build finds is kept beside the lake's scratch and
serves every later build of the same project.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlglot.errors import SqlglotError

from pipelines.column_lineage import Tables, column_lineage
from pipelines.lake.dbt_plugin import published
from pipelines.lake.duck import columns_of, connect
from pipelines.lake.lake import Lake

Lineage = dict[str, list[tuple[list[str], str]]]
"""By column: the columns it is computed from, each as the asset's key and the column's name."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model: its name, DuckDB type and meaning (empty when none is written)."""

    name: str
    type: str
    meaning: str


class ModelColumns:
    """Columns of the models of one build, read from the lake and from its compiled SQL."""

    def __init__(self, lake: Lake, manifest: Mapping[str, Any], target_path: Path) -> None:
        """Look at what the lake's tables hold when first asked.

        Args:
            lake: the lake that the build published to.
            manifest: the project, as dbt writes it.
            target_path: the build's folder.
        """
        self._lake, self._manifest, self._target_path = lake, manifest, target_path

    def columns(self, unique_id: str) -> Iterator[Column]:
        """The columns of a model or seed, in order."""
        said = self._manifest["nodes"][unique_id]["columns"]
        for name, kind in self._found(unique_id)["columns"].items():
            yield Column(name, kind, said.get(name, {}).get("description", ""))

    def lineage(self, unique_id: str) -> Lineage:
        """Where each column of a model comes from; empty for a seed."""
        found: Lineage = self._found(unique_id)["lineage"]
        return found

    def _found(self, unique_id: str) -> Mapping[str, Any]:
        """Columns with their types, and their lineage, as found now or remembered."""
        node = self._manifest["nodes"][unique_id]
        place = self._remembered / f"{node['name']}.json"
        if place.exists():
            kept: Mapping[str, Any] = json.loads(place.read_text("utf-8"))
            return kept
        columns = self._tables.get(node["schema"], {}).get(node["name"], {})
        found = {"columns": columns, "lineage": self._traced(node)}
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = place.with_suffix(".aside")
        aside.write_text(json.dumps(found), "utf-8")
        aside.replace(place)
        return found

    def _traced(self, node: Mapping[str, Any]) -> Lineage:
        written = self._target_path / "compiled" / node["package_name"] / node["original_file_path"]
        if node["resource_type"] != "model" or not written.exists():
            return {}
        try:
            traced = column_lineage(written.read_text("utf-8"), self._tables)
        except SqlglotError:  # a dialect's corner that only DuckDB reads costs a picture, no figure
            return {}
        return {
            column: [
                (self._keys[origin.schema, origin.table], origin.column)
                for origin in origins
                if (origin.schema, origin.table) in self._keys
            ]
            for column, origins in traced.items()
        }

    @cached_property
    def _tables(self) -> Tables:
        with connect(self._lake) as con:
            self._lake.register(con, *published(self._lake))
            return columns_of(con)

    @cached_property
    def _keys(self) -> dict[tuple[str, str], list[str]]:
        return {
            (node["schema"], node["name"]): asset_key(node)
            for kind in ("nodes", "sources")
            for node in self._manifest[kind].values()
            if node["resource_type"] in {"model", "seed", "source"}
        }

    @cached_property
    def _remembered(self) -> Path:
        """The folder of this state of the project."""
        nodes = self._manifest["nodes"].values()
        said = sorted(
            [[node["unique_id"], node.get("checksum", {}).get("checksum")] for node in nodes]
            + [[name, macro["macro_sql"]] for name, macro in self._manifest["macros"].items()]
        )
        digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
        return self._lake.scratch / "lineage" / digest


def asset_key(node: Mapping[str, Any]) -> list[str]:
    """Asset key = lake path = dbt name; a source may name its own key in its metadata."""
    stated = node.get("meta", {}).get("dagster", {}).get("asset_key")
    return list(stated or [node.get("schema") or node["source_name"], node["name"]])
