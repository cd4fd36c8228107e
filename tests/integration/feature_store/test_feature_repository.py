"""Feast's own commands over the packaged definitions, and what the imports cost."""

import os
import subprocess
import sys
from pathlib import Path

import yaml
from feast import FeatureStore
from feast.repo_operations import get_repo_files

from features.definitions.services import SERVICES
from features.definitions.tables import feature_tables
from features.store import CONFIGURATION, Store, definitions, opened

REPOSITORY = CONFIGURATION.parents[1]


def test_feast_sees_one_file_of_the_package() -> None:
    assert [path.name for path in get_repo_files(CONFIGURATION.parent)] == ["_repo.py"]


def test_feast_apply_registers_every_view_once_as_its_contract_says(tmp_path: Path) -> None:
    (tmp_path / "features" / "_online").mkdir(parents=True)
    feast = Path(sys.executable).with_name("feast")
    subprocess.run(
        [feast, "-c", CONFIGURATION.parent, "apply", "--skip-source-validation"],
        env={**os.environ, "LAKE_ROOT": str(tmp_path), "PYTHONPATH": str(REPOSITORY)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=300,
    )
    settings = yaml.safe_load(CONFIGURATION.read_text().replace("${LAKE_ROOT}", str(tmp_path)))
    configuration = tmp_path / "feature_store.yaml"
    configuration.write_text(yaml.safe_dump(settings))
    registered = FeatureStore(fs_yaml_file=configuration)
    found = {
        view.name: {field.name for field in view.features}
        for view in registered.list_feature_views()
    }
    assert found == {
        table.view: {each.name for each in table.features} for table in feature_tables()
    }
    assert {each.name for each in registered.list_feature_services()} == set(SERVICES)


def test_what_feast_holds_is_what_the_contracts_say(store: Store) -> None:
    with opened(store, {}) as feast:
        for table in store.tables():
            view = feast.get_feature_view(table.view)
            assert [field.name for field in view.features] == [each.name for each in table.features]
            assert view.ttl == table.ttl
            assert view.entities == [table.entity]
            assert view.batch_source.path == f"features/{table.name}"
            assert view.batch_source.created_timestamp_column == "known_at"
        assert {each.name for each in feast.list_feature_services()} == set(SERVICES)


def test_every_definition_has_a_name_of_its_own(store: Store) -> None:
    names = [(type(each).__name__, each.name) for each in definitions(store.contracts)]
    assert len(names) == len(set(names))


def test_nothing_is_reported_to_anyone() -> None:
    settings = yaml.safe_load(CONFIGURATION.read_text())
    assert settings["openlineage"] == {"enabled": False}
    assert settings["mlflow"] == {"enabled": False}
    assert settings["data_quality_monitoring"] == {"auto_baseline": False}


def test_the_rooms_functions_are_imported_without_feast() -> None:
    code = (
        "import sys, features.history, features.parity;"
        "import features.online.materialize, features.online.serving;"
        "sys.exit('feast' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True, timeout=120)
