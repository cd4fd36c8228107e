"""The feature tables as their dbt contracts describe them: the one description all else is from.

A table is named `ftr_<entity>_<topic>`. Its columns are the entity's key, `event_timestamp` (when
it was true), `known_at` (when we learned it) and the features, each a number, a flag or a word.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import yaml

CONTRACTS = Path(__file__).parents[2] / "dbt_project" / "models" / "features"
PREFIX = "ftr_"
EVENT_TIMESTAMP = "event_timestamp"
KNOWN_AT = "known_at"
ENTITIES: Mapping[str, str] = {
    "customer": "Whoever holds a policy or a loan with us.",
    "account": "One of our own bank accounts.",
    "policy": "An insurance contract.",
    "counterparty": "The other side of a payment, by account or, where there is none, by name.",
}
"""What a feature may be about, with its meaning; the key of each is `<entity>_id`."""

STALE_AFTER = timedelta(days=7)
"""How long a snapshot speaks for its entity, unless the contract's `meta.ttl_days` says else."""

DTYPES: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("varchar", "string", "text"), pl.String()),
    **dict.fromkeys(("boolean", "bool"), pl.Boolean()),
    **dict.fromkeys(("tinyint", "smallint", "integer", "int", "bigint", "long"), pl.Int64()),
    **dict.fromkeys(("real", "float", "double"), pl.Float64()),
}
"""Type in a frame of each SQL type a feature may have; beside these there are decimals."""


class ContractError(ValueError):
    """A contract describes no feature table; says which table, which column and why."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a table: its name, its type in a frame and its meaning."""

    name: str
    dtype: pl.DataType
    description: str


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """One `ftr_` table: a row is what was true of one entity at one moment, as known at another.

    `owner` is the dbt group that answers for it.
    """

    name: str
    entity: str
    features: tuple[Feature, ...]
    ttl: timedelta
    description: str
    owner: str

    @property
    def view(self) -> str:
        """Name of the Feast view: the table's, without its prefix."""
        return self.name.removeprefix(PREFIX)

    @property
    def key(self) -> str:
        """The column that says which entity a row is about."""
        return f"{self.entity}_id"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table, key and times first."""
        return (self.key, EVENT_TIMESTAMP, KNOWN_AT, *(each.name for each in self.features))


def feature_tables(contracts: Path = CONTRACTS) -> tuple[FeatureTable, ...]:
    """The feature tables whose dbt contracts lie in a folder, by name.

    Raises:
        ContractError: a contract is no feature table's, or there is none at all.
    """
    tables = sorted(
        (_feature_table(model) for model in _models(contracts)), key=lambda table: table.name
    )
    if not tables:
        raise ContractError(f"no contract of a {PREFIX} table in {contracts.name}")
    return tuple(tables)


def _models(contracts: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted(contracts.glob("*.y*ml")):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models") or ():
            if str(model["name"]).startswith(PREFIX):
                yield model


def _feature_table(model: Mapping[str, Any]) -> FeatureTable:
    name = str(model["name"])
    entity = name.removeprefix(PREFIX).split("_")[0]
    if entity not in ENTITIES:
        raise ContractError(f"{name} is about {entity!r}, which is none of {', '.join(ENTITIES)}")
    described = {str(column["name"]): column for column in model.get("columns") or ()}
    frame = (f"{entity}_id", EVENT_TIMESTAMP, KNOWN_AT)
    if missing := [column for column in frame if column not in described]:
        raise ContractError(f"{name} has no column {', '.join(missing)}")
    meta = {**(model.get("meta") or {}), **((model.get("config") or {}).get("meta") or {})}
    return FeatureTable(
        name=name,
        entity=entity,
        features=tuple(
            _feature(name, column) for each, column in described.items() if each not in frame
        ),
        ttl=timedelta(days=float(meta["ttl_days"])) if "ttl_days" in meta else STALE_AFTER,
        description=" ".join(str(model.get("description", "")).split()),
        owner=str((model.get("config") or {}).get("group", "")),
    )


def _feature(table: str, column: Mapping[str, Any]) -> Feature:
    name = str(column["name"])
    if name.endswith("_y"):
        # Feast's own DuckDB store drops such a column in silence after its join.
        raise ContractError(f"{table}.{name}: a feature must not end in _y")
    declared = " ".join(str(column.get("data_type", "")).lower().split())
    dtype = DTYPES.get(declared) or _decimal(declared)
    if dtype is None:
        raise ContractError(
            f"{table}.{name} is of type {declared or 'none'!r}: a feature is a number, a flag "
            "or a word"
        )
    return Feature(name, dtype, " ".join(str(column.get("description", "")).split()))


def _decimal(declared: str) -> pl.Decimal | None:
    decimal = re.fullmatch(r"(?:decimal|numeric) ?\( ?(\d+) ?, ?(\d+) ?\)", declared)
    return pl.Decimal(int(decimal[1]), int(decimal[2])) if decimal else None
