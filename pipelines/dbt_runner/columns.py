"""Columns of dbt's models, what they mean and where they come from.

Columns are read off the table that a build has just published. Where they come from depends on the
project and on the columns of the parents alone: what was found once is kept beside the lake's
scratch and serves every later build from the same.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.dbt_runner.column_lineage import Columns, column_lineage
from pipelines.lake.lake import Lake
from pipelines.lake.memory import recall, remember
from pipelines.lake.views import columns_of

Lineage = dict[str, list[tuple[list[str], str]]]
"""By column: the columns it is computed from, each as the asset's key and the column's name."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model: its name, type and meaning (empty when none is written)."""

    name: str
    type: str
    meaning: str


class ModelColumns:
    """Columns of the models of one build, read from the lake and from its compiled SQL.

    A model is asked for when it has been built, and so have its parents.
    """

    def __init__(self, lake: Lake, manifest: Mapping[str, Any], target_path: Path) -> None:
        """Look at nothing yet.

        Args:
            lake: the lake that the build publishes to.
            manifest: the project, as dbt writes it.
            target_path: the build's folder.
        """
        self._lake, self._manifest, self._target_path = lake, manifest, target_path
        self._read: dict[str, Columns] = {}

    def columns(self, unique_id: str) -> Iterator[Column]:
        """The columns of a model or seed, in order."""
        described = self._manifest["nodes"][unique_id]["columns"]
        for name, kind in self._columns_of(unique_id).items():
            yield Column(name, kind, described.get(name, {}).get("description", ""))

    def lineage(self, unique_id: str) -> Lineage:
        """Where each column of a model comes from; empty for a seed.

        Raises:
            sqlglot.errors.SqlglotError: the model's SQL cannot be traced.
        """
        node = self._manifest["nodes"][unique_id]
        written = self._target_path / "compiled" / node["package_name"] / node["original_file_path"]
        if node["resource_type"] != "model" or not written.exists():
            return {}
        known = {parent: self._columns_of(parent) for parent in self._tables_read_by(node)}
        place = self._remembered / f"{node['name']}-{_digest(known)}.json"
        if kept := recall(place):
            return kept
        traced = self._traced(written.read_text("utf-8"), known)
        remember(place, traced)
        return traced

    def _tables_read_by(self, node: Mapping[str, Any]) -> Iterator[str]:
        """The tables that a model reads; an ephemeral model is none, but what it reads is one."""
        for parent in node["depends_on"]["nodes"]:
            if parent not in self._tables:
                continue
            if is_ephemeral(self._tables[parent]):
                yield from self._tables_read_by(self._tables[parent])
            else:
                yield parent

    def _traced(self, sql: str, known: Mapping[str, Columns]) -> Lineage:
        tables: dict[str, dict[str, Columns]] = {}
        keys = {}
        for parent, columns in known.items():
            node = self._tables[parent]
            tables.setdefault(node["schema"], {})[node["name"]] = columns
            keys[node["schema"], node["name"]] = asset_key(node)
        return {
            column: [
                (keys[origin.schema, origin.table], origin.column)
                for origin in origins
                if (origin.schema, origin.table) in keys
            ]
            for column, origins in column_lineage(sql, tables).items()
        }

    def _columns_of(self, unique_id: str) -> Columns:
        """The columns of a table as it stands: a seed's as the project says, else the lake's."""
        if unique_id not in self._read:
            node = self._tables[unique_id]
            table = f"{node['schema']}/{node['name']}"
            if node["resource_type"] == "seed":
                self._read[unique_id] = dict(node["config"]["column_types"])
            elif self._lake.exists(table):
                self._read[unique_id] = columns_of(self._lake.open(table))
            else:
                return {}
        return self._read[unique_id]

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[str, Any]]:
        """Models, seeds and sources by their unique id."""
        return {
            name: node
            for kind in ("nodes", "sources")
            for name, node in self._manifest[kind].items()
            if node["resource_type"] in {"model", "seed", "source"}
        }

    @cached_property
    def _remembered(self) -> Path:
        """The folder of this state of the project."""
        nodes = self._manifest["nodes"].values()
        depends_on = sorted(
            [[node["unique_id"], node.get("checksum", {}).get("checksum")] for node in nodes]
            + [[name, macro["macro_sql"]] for name, macro in self._manifest["macros"].items()]
        )
        return self._lake.scratch / "lineage" / _digest(depends_on)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def is_ephemeral(node: Mapping[str, Any]) -> bool:
    """Whether a model is a common table expression of its readers, and no table of the lake."""
    return bool(node.get("config", {}).get("materialized") == "ephemeral")


def asset_key(node: Mapping[str, Any]) -> list[str]:
    """Asset key = lake path = dbt name; a source may name its own key in its metadata."""
    stated = node.get("meta", {}).get("dagster", {}).get("asset_key")
    return list(stated or [node.get("schema") or node["source_name"], node["name"]])
