"""One word, one thing: no two public classes of one name in the rooms that ship."""

import ast
from collections import defaultdict
from pathlib import Path

ROOMS = ("pipelines", "quality", "models", "features")


def classes_by_name(repository: Path) -> dict[str, list[str]]:
    """Public classes at the top of a module: name, and the modules that define one so named."""
    found: dict[str, list[str]] = defaultdict(list)
    for room in ROOMS:
        for file in sorted((repository / room).rglob("*.py")):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(str(file.relative_to(repository)))
    return dict(found)


def test_no_two_public_classes_share_a_name(repository: Path) -> None:
    found = classes_by_name(repository)
    assert len(found) > 100
    assert {name: files for name, files in found.items() if len(files) > 1} == {}
