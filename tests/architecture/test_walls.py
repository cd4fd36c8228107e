"""The walls between the rooms, where import-linter does not reach."""

import ast
import importlib.util
import re
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOMS = ("pipelines", "features", "models", "quality")
MOST_FILES = 16
"""Files of its own in one folder; more of them want a room each."""


def _sources(repository: Path, *rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((repository / room).rglob("*.py"))]


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_our_rooms_are_ours_and_not_a_dependency_of_the_same_name(
    room: str, repository: Path
) -> None:
    spec = importlib.util.find_spec(room)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(repository)
    assert set(packages_distributions().get(room, ["countinghouse"])) == {"countinghouse"}


def test_dagster_is_imported_only_in_defs_and_definitions(repository: Path) -> None:
    defs = repository / "pipelines" / "defs"
    door = repository / "pipelines" / "definitions.py"
    guests = [
        path
        for path in _sources(repository, *ROOMS, "notebooks", "benchmarks")
        if _imported(path) & {"dagster", "dagster_dbt"}
        and path != door
        and not path.is_relative_to(defs)
    ]
    assert guests == []


def test_delta_is_imported_only_in_the_lake_and_read_by_features(repository: Path) -> None:
    allowed = (repository / "pipelines" / "lake", repository / "features")
    strangers = [
        path
        for path in _sources(repository, *ROOMS, "notebooks")
        if "deltalake" in _imported(path) and not any(path.is_relative_to(a) for a in allowed)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("library", "room"),
    [("great_expectations", "quality"), ("feast", "features"), ("sklearn", "models")],
)
def test_each_library_has_one_home(library: str, room: str, repository: Path) -> None:
    strangers = [
        path
        for path in _sources(repository, *ROOMS, "notebooks")
        if library in _imported(path) and not path.is_relative_to(repository / room)
    ]
    assert strangers == []


def test_the_environment_enters_at_one_door(repository: Path) -> None:
    door = repository / "pipelines" / "settings.py"
    readers = [
        path
        for path in _sources(repository, *ROOMS)
        if path != door
        and any(
            isinstance(node, ast.Attribute)
            and node.attr in {"environ", "getenv"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
        )
    ]
    assert readers == []


def test_no_file_grows_past_three_hundred_lines(repository: Path) -> None:
    long = {
        str(path.relative_to(repository)): lines
        for path in _sources(repository, *ROOMS)
        if (lines := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert long == {}


def test_every_package_says_in_two_sentences_what_belongs_in_it(repository: Path) -> None:
    packages = [path for path in _sources(repository, *ROOMS) if path.name == "__init__.py"]
    said = {path: ast.get_docstring(_tree(path)) or "" for path in packages}
    short = [path for path, text in said.items() if len(re.findall(r"[.!?](?:\s|$)", text)) < 2]
    assert short == []


def test_no_folder_holds_more_than_a_reader_takes_in_at_a_glance(repository: Path) -> None:
    rooms = (*ROOMS, "notebooks", "benchmarks", "tests")
    folders = Counter(
        path.parent.relative_to(repository).as_posix()
        for path in _sources(repository, *rooms)
        if path.name != "__init__.py"
    )
    assert {folder: count for folder, count in folders.items() if count > MOST_FILES} == {}


def test_only_the_command_the_definitions_and_the_settings_are_loose(repository: Path) -> None:
    loose = {path.name for path in (repository / "pipelines").glob("*.py")}
    assert loose == {"__init__.py", "cli.py", "definitions.py", "settings.py"}


def test_text_reaches_a_terminal_through_one_door(repository: Path) -> None:
    pipelines = repository / "pipelines"
    doors = {
        pipelines / "output" / "terminal.py",
        pipelines / "output" / "printable.py",  # what streams do with letters they lack
        # A process of its own, whose output is a pipe of ours.
        pipelines / "feeds" / "contract_tables" / "parquet_decoder.py",
    }
    own = [path for path in _sources(repository, *ROOMS) if path not in doors]
    strangers = [path for path in own if _writes_to_a_terminal(ast.parse(path.read_text("utf-8")))]
    assert strangers == []


CONSOLES = {"rich.console", "rich.markup", "rich.live", "rich.logging", "rich.traceback"}
STREAMS = {("sys", "stdout"), ("sys", "stderr"), ("Text", "from_markup")}
STREAMS |= {("typer", "echo"), ("typer", "secho"), ("click", "echo"), ("rich", "print")}


def _writes_to_a_terminal(tree: ast.Module) -> bool:
    """Whether a module prints, echoes, has a console of its own or holds a standard stream."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in CONSOLES:
            return True
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in STREAMS:
                return True
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            return True
    return False


def test_csv_that_people_open_is_written_in_one_place(repository: Path) -> None:
    door = repository / "pipelines" / "output" / "spreadsheet_text.py"
    simulated = repository / "pipelines" / "demo"  # files of other systems, as those write them
    writers = [
        path
        for path in _sources(repository, *ROOMS, "notebooks")
        if path != door
        and not path.is_relative_to(simulated)
        and {"write_csv", "sink_csv", "to_csv", "write_excel", "to_excel"}
        & {node.attr for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}
    ]
    assert writers == []


def test_no_page_offers_a_download_that_is_not_written_there(repository: Path) -> None:
    tables = [
        (path.name, node.lineno)
        for path in _sources(repository, "notebooks")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "mo.ui.table"
        and not any(
            word.arg == "show_download" and getattr(word.value, "value", True) is False
            for word in node.keywords
        )
    ]
    assert tables == []  # marimo's own CSV holds a stranger's formulas as they stand


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))
