"""Reading the program's own text: its calls, its templates, its scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure.tree import ROOT, label, parsed, python

# What a script says in a comment is not what it does.
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)


def calls(*folders: str) -> Iterator[tuple[str, Path, ast.Call]]:
    """Every call below these folders: its name as written, its file, the call."""
    for path in python(*(folders or ("app",))):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), path, node


def called(*names: str, folders: tuple[str, ...] = ("app",)) -> list[str]:
    """Where any of these is called, as an editor opens it."""
    return [label(path, node) for name, path, node in calls(*folders) if name in names]


def imports(*folders: str) -> Iterator[tuple[str, Path]]:
    """Every module imported below these folders, at the top or inside a function."""
    for path in python(*(folders or ("app",))):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                yield from ((one.name, path) for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module, path
                yield from ((f"{node.module}.{one.name}", path) for one in node.names)


def importers(*modules: str) -> dict[str, set[str]]:
    """Which files of the portal import these modules, or anything below them."""
    found: dict[str, set[str]] = {}
    for name, path in imports():
        for module in modules:
            if name == module or name.startswith(f"{module}."):
                found.setdefault(module, set()).add(path.relative_to(ROOT).as_posix())
    return found


def is_constant(node: ast.expr) -> bool:
    """Whether an expression is put together from literals and names in capitals alone."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id.isupper()
    if isinstance(node, ast.JoinedStr):
        return all(is_constant(one) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        return is_constant(node.value)
    if isinstance(node, ast.BinOp):
        return is_constant(node.left) and is_constant(node.right)
    return False


def templates() -> list[Path]:
    """Every template."""
    return sorted((ROOT / "templates").rglob("*.html"))


def scripts() -> list[tuple[str, str]]:
    """Every script of ours with its text, comments left out."""
    found = sorted((ROOT / "static" / "js").rglob("*.js"))
    assert found
    return [(path.name, COMMENT.sub("", path.read_text(encoding="utf-8"))) for path in found]


def script_matches(pattern: str) -> list[str]:
    """Where scripts contain this, as `file: what`."""
    return [f"{name}: {one[0]}" for name, text in scripts() for one in re.finditer(pattern, text)]
