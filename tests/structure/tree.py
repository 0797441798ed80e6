"""What the structure tests read: the files git would ship, parsed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
ISLANDS = ("clinical", "media")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def shipped() -> tuple[Path, ...]:
    """Every file that is tracked or about to be; what git ignores is nobody's concern."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (ROOT / name for name in output.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python(*folders: str) -> list[Path]:
    """The Python files below these folders, or everywhere."""
    wanted = [ROOT / folder for folder in folders] or [ROOT]
    return [
        path
        for path in shipped()
        if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in wanted)
    ]


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), filename=str(path))


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def label(path: Path, node: ast.AST | None = None) -> str:
    """Where something is, the way an editor opens it."""
    place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{place}:{getattr(node, 'lineno', 1)}"
