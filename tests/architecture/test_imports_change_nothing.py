"""Importing a module of ours changes nothing outside it: no environment, no filter, no patch.

What libraries do to the process when they are imported is theirs. So everything from outside that
our modules name is imported first, then ours, in one fresh process; what differs is our doing.
"""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

ROOMS = ("pipelines", "features", "models", "quality", "notebooks")

DOORS = {
    "features/_repo.py",  # Feast looks for its objects among this module's attributes
}

REGISTRATIONS = {"app.add_typer", "app.command()", "app.command(hidden=True)"}
"""Calls that put our own objects into our own objects."""

SNAPSHOTS = Path(__file__).with_name("import_snapshots.py")


def _sources(repository: Path) -> list[Path]:
    found = (path for room in ROOMS for path in sorted((repository / room).rglob("*.py")))
    return [path for path in found if path.relative_to(repository).as_posix() not in DOORS]


def _module(path: Path, repository: Path) -> str:
    parts = path.relative_to(repository).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _from_outside(paths: list[Path]) -> list[str]:
    """Every module that ours import from elsewhere, at their top or inside a function."""
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return sorted(name for name in names if name.split(".")[0] not in (*ROOMS, "__future__"))


def test_importing_every_module_of_ours_leaves_the_process_as_it_was(
    repository: Path, tmp_path: Path
) -> None:
    paths = _sources(repository)
    ours = [_module(path, repository) for path in paths]
    assert len(ours) > 400
    ran = subprocess.run(
        [sys.executable, str(SNAPSHOTS)],
        input=json.dumps([_from_outside(paths), ours]),
        capture_output=True,
        text=True,
        # Next to nothing, so that whatever a module would set is new.
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(repository)},
        cwd=tmp_path,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["changed"] == {}
    assert found["patched"] == []
    assert found["typeguard"], "the import of Feast leaves typeguard patched"


def test_no_module_acts_when_it_is_imported(repository: Path) -> None:
    acting = {
        f"{path.relative_to(repository)}:{node.lineno}: {ast.unparse(node)[:60]}"
        for path in _sources(repository)
        for node in ast.parse(path.read_text("utf-8")).body
        if _acts(node)
    }
    assert acting == set()


def _acts(node: ast.stmt) -> bool:
    """Whether a statement at the top of a module does more than name something."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func) not in REGISTRATIONS
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
    return isinstance(node, ast.For | ast.While | ast.With | ast.Delete)
