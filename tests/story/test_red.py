"""After a run, Dagster's checks say what the controls on record say: each, and nothing better."""

from typing import Any

import dagster as dg
import pytest

from pipelines.lake.lake import Lake
from pipelines.records.control_log import controls_on
from pipelines.records.status import status
from pipelines.runs.mart_contracts import CONTROL, published
from quality.controls import CONTROLS
from quality.controls.status import control_status
from tests.conftest import House
from tests.dagster_records import records


@pytest.fixture(scope="module")
def checks(house: House) -> dict[Any, Any]:
    """The newest result of every check, by table and name."""
    with records(house.lake) as instance:
        storage = instance.event_log_storage
        wanted = [
            *(
                dg.AssetCheckKey(dg.AssetKey(list(control.about)), control.name)
                for control in CONTROLS
            ),
            *(
                dg.AssetCheckKey(dg.AssetKey(["gold", mart.name]), "stands_by_its_contract")
                for mart in published()
            ),
        ]
        found = storage.get_latest_asset_check_execution_by_key(wanted)
        return {
            key: record.event.dagster_event.asset_check_evaluation_data
            for key, record in found.items()
            if record.event and record.event.dagster_event
        }


def test_every_check_is_as_red_as_its_control(house: House, checks: dict[Any, Any]) -> None:
    lake = Lake(house.lake)
    day: Any = status(lake).controls["as_of"].max()
    said = controls_on(lake, day)
    for control in CONTROLS:
        found = control_status(control.name, said[control.name])
        check = checks[dg.AssetCheckKey(dg.AssetKey(list(control.about)), control.name)]
        assert check.passed == found.passed
        assert check.metadata["outcome"].value == found.outcome


def test_every_mart_keeps_its_contract_and_it_is_on_record(
    house: House, checks: dict[Any, Any]
) -> None:
    marts = {f"gold/{mart.name}" for mart in published()}
    broken = [
        (key.asset_key.path[1], check.metadata["failing"].value)
        for key, check in checks.items()
        if key.name == "stands_by_its_contract" and not check.passed
    ]
    assert broken == []
    controls = status(Lake(house.lake)).controls
    recorded = controls.filter(name=CONTROL)
    assert set(recorded["scope"]) == marts
    assert set(recorded["outcome"]) == {"passed"}
