"""Whoever gets a frame is told what one row of it is."""

import ast
import re
from pathlib import Path

ROOMS = ("pipelines", "features", "models", "quality")
FRAME = re.compile(r"\b(DataFrame|LazyFrame|pa\.Table)\b")
GRAIN = re.compile(r"\brows?\b|\blines?\b|`[\w.]*[A-Z][A-Z_]+`|\bschema\b", re.IGNORECASE)


def public_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions of a module and methods of its classes that others may call."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bodies = [tree.body, *(node.body for node in classes if not node.name.startswith("_"))]
    functions = [node for body in bodies for node in body if isinstance(node, ast.FunctionDef)]
    return [node for node in functions if not node.name.startswith("_")]


def silent_frames(source: str) -> list[str]:
    """Functions that give a frame, and whose docstring names neither a row nor a schema."""
    return [
        node.name
        for node in public_functions(ast.parse(source))
        if node.returns is not None
        and FRAME.search(ast.unparse(node.returns))
        and not GRAIN.search(ast.get_docstring(node) or "")
    ]


def test_each_function_that_gives_a_frame_names_its_grain(repository: Path) -> None:
    files = [path for room in ROOMS for path in sorted((repository / room).rglob("*.py"))]
    silent = {
        path.relative_to(repository).as_posix(): silent_frames(path.read_text()) for path in files
    }
    assert {path: names for path, names in silent.items() if names} == {}


def test_a_frame_without_a_grain_is_found() -> None:
    source = 'def paid(x: int) -> pl.DataFrame:\n    """What was paid."""\n'
    assert silent_frames(source) == ["paid"]
    assert silent_frames(source.replace("paid.", "paid, one row per payment.")) == []
