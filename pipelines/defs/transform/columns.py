"""Columns and column lineage of dbt models, worked out once for each state of the project.

Reading lineage out of SQL takes longer than building the models. It depends on the project alone:
what the first build finds is kept beside the lake's scratch and attached to every later build.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._serdes import deserialize_value, serialize_value
from dagster_dbt import DbtCliInvocation

_KEPT = ("dagster/column_schema", "dagster/column_lineage")


def are_known(memory: Path, manifest: Path, half: str) -> bool:
    """Whether the columns of this state of the project were worked out before."""
    return _place(memory, manifest, half).exists()


def with_columns(build: DbtCliInvocation, memory: Path, manifest: Path, half: str) -> Iterator[Any]:
    """The events of a build, each asset with its columns and where they come from.

    Args:
        build: a dbt build that has begun.
        memory: folder in which findings are kept.
        manifest: the project's manifest; another one is another project.
        half: which part of the project is built.
    """
    place = _place(memory, manifest, half)
    known = _remembered(place)
    events = build.stream()
    if known is None:
        yield from _learning(events.fetch_column_metadata(), place)
        return
    for event in events:
        if isinstance(event, dg.Output) and event.output_name in known:
            yield event.with_metadata({**event.metadata, **known[event.output_name]})
        else:
            yield event


def _learning(events: Iterator[Any], place: Path) -> Iterator[Any]:
    found: dict[str, dict[str, str]] = {}
    for event in events:
        if isinstance(event, dg.Output):
            kept: dict[str, Any] = {n: event.metadata[n] for n in _KEPT if n in event.metadata}
            found[event.output_name] = {n: serialize_value(value) for n, value in kept.items()}
        yield event
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_suffix(".aside")
    aside.write_text(json.dumps(found), "utf-8")
    aside.replace(place)


def _place(memory: Path, manifest: Path, half: str) -> Path:
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"]
    said = sorted((name, node.get("checksum", {}).get("checksum")) for name, node in nodes.items())
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
    return memory / f"columns-{digest}-{half}.json"


def _remembered(place: Path) -> Mapping[str, Mapping[str, Any]] | None:
    if not place.exists():
        return None
    stored = json.loads(place.read_text("utf-8"))
    return {
        output: {name: deserialize_value(text) for name, text in kept.items()}
        for output, kept in stored.items()
    }
