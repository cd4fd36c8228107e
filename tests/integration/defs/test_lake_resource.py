"""The lake is a typed resource: a run may name another lake, and the launchpad shows its fields."""

import os
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.defs.resources import LakeResource, RunClock, resources
from pipelines.lake.lake import Lake
from pipelines.lake.upgrades.format_version import FormatError, record_version, recorded_versions
from pipelines.lake.upgrades.steps import UPGRADES
from pipelines.settings import Settings, release
from tests.integration.lake.things import NOON, SCHEMA, TABLE, things


@dg.asset(key=TABLE.split("/"))
def some_things(lake: dg.ResourceParam[Lake]) -> dg.MaterializeResult[None]:
    """Write a row to the lake of the run, and say what the rest of the code takes for the lake."""
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("one"), transaction_ids=["one"])
    settings = Settings()
    return dg.MaterializeResult(
        metadata={"root": str(settings.root), "currency": settings.base_currency}
    )


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    """One cheap asset over the house's own resources; the environment names the first lake."""
    monkeypatch.setenv("LAKE_ROOT", str(tmp_path / "first"))
    monkeypatch.setenv("BASE_CURRENCY", "EUR")
    monkeypatch.setenv("MEMORY_LIMIT", "1GB")
    job = dg.define_asset_job("some", selection=[some_things])
    own = resources()
    return dg.Definitions(assets=[some_things], jobs=[job], resources=own.resources)


def launched(house: dg.Definitions, **lake: str) -> dg.ExecuteInProcessResult:
    config: dict[str, Any] = {"run_clock": {"config": {"day": "2026-06-30"}}}
    if lake:
        config["lake"] = {"config": lake}
    return house.resolve_job_def("some").execute_in_process(run_config={"resources": config})


def test_a_run_is_of_the_lake_that_the_environment_names(
    house: dg.Definitions, tmp_path: Path
) -> None:
    told = launched(house).asset_materializations_for_node("bronze__things")[0].metadata
    assert Lake(tmp_path / "first").exists(TABLE)
    assert told["root"].value == str(tmp_path / "first")


def test_a_run_may_name_another_lake_and_another_currency(
    house: dg.Definitions, tmp_path: Path
) -> None:
    second = str(tmp_path / "second")
    ended = launched(house, root=second, base_currency="CHF")
    told = ended.asset_materializations_for_node("bronze__things")[0].metadata
    assert (told["root"].value, told["currency"].value) == (second, "CHF")
    assert Lake(tmp_path / "second").exists(TABLE)
    assert not (tmp_path / "first").exists()
    assert (os.environ["LAKE_ROOT"], os.environ["BASE_CURRENCY"]) == (
        str(tmp_path / "first"),
        "EUR",
    )


def test_what_a_run_does_not_name_is_what_the_environment_says(
    house: dg.Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BASE_CURRENCY", "CHF")
    ended = launched(house, root=str(tmp_path / "second"))
    told = ended.asset_materializations_for_node("bronze__things")[0].metadata
    assert told["currency"].value == "CHF"


def test_a_lake_that_a_run_makes_has_todays_format(house: dg.Definitions, tmp_path: Path) -> None:
    launched(house)
    recorded = recorded_versions(Lake(tmp_path / "first"))
    assert recorded["version"].to_list() == [UPGRADES[-1].version]
    assert recorded["release"].to_list() == [release()]


def test_a_run_on_a_newer_lake_fails_with_the_reason(house: dg.Definitions, tmp_path: Path) -> None:
    record_version(Lake(tmp_path / "first"), 99, upgrade="later", release="9.0.0", now=NOON)
    with pytest.raises(dg.DagsterError) as failed:
        launched(house)
    assert isinstance(failed.value.__cause__, FormatError)
    assert "has format 99, given to it by release 9.0.0" in str(failed.value.__cause__)
    assert not Lake(tmp_path / "first").exists(TABLE)


def test_the_launchpad_shows_each_field_with_what_it_means_and_where_it_comes_from(
    house: dg.Definitions,
) -> None:
    schema: Any = house.resolve_job_def("some").run_config_schema
    fields = schema.config_type.fields["resources"].config_type.fields["lake"].config_type.fields
    shown = fields["config"].config_type.fields
    assert set(shown) == {"root", "base_currency", "memory_limit"}
    assert "Folder of the lake" in shown["root"].description
    assert shown["root"].default_value == {"env": "LAKE_ROOT"}
    assert not any(field.is_required for field in shown.values())


def test_outside_a_run_the_resource_gives_the_lake_and_guards_nothing(tmp_path: Path) -> None:
    resource = LakeResource(
        root=str(tmp_path / "lake"),
        base_currency="EUR",
        memory_limit="1GB",
        run_clock=RunClock(),
    )
    with dg.build_resources({"lake": resource}) as given:
        assert given.lake == Lake(tmp_path / "lake")
    assert not (tmp_path / "lake").exists()
