"""What the documents say is so, and what is so is in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, parsed, python, shipped

SETTING = re.compile(r"NEARSIDE_[A-Z_]+")
FIRST_CELL = re.compile(r"^\|\s*`?([^|`]+?)`?\s*\|", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
MADE = re.compile(r"`make ([a-z-]+)`")


def first_cells(document: str) -> set[str]:
    """The first column of a document's tables."""
    return set(FIRST_CELL.findall((ROOT / document).read_text()))


def read_settings() -> set[str]:
    """The variables that the program reads, with the file form of each secret left aside."""
    sources = [*python("app"), ROOT / "gunicorn.conf.py"]
    names = {
        node.value
        for path in sources
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if SETTING.fullmatch(node.value)
    }
    assert names
    return names


def declared_tags() -> set[str]:
    """Every `audit.tag("name", ...)`."""
    return {
        node.args[0].value
        for path in python("app")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.tag"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def sealed_columns() -> set[str]:
    """`table.column` of every sealed attribute of a model."""
    return {
        f"{table}.{ast.literal_eval(call.args[0])}"
        for path in python("app")
        for model in ast.walk(parsed(path))
        if isinstance(model, ast.ClassDef) and (table := table_of(model))
        for call in ast.walk(model)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"Sealed", "Indexed"}
    }


def table_of(model: ast.ClassDef) -> str:
    """The table that a class describes, if it is a model."""
    values = [
        node.value.value
        for node in model.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__tablename__"
        if isinstance(node.value, ast.Constant)
    ]
    return str(values[0]) if values else ""


def documents() -> list[Path]:
    return [path for path in shipped() if path.suffix == ".md"]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_each_setting_is_in_the_table_and_nothing_else_is() -> None:
    named = {cell for cell in first_cells("docs/settings.md") if SETTING.fullmatch(cell)}
    assert named == read_settings()


def test_each_audit_event_is_in_the_table_and_nothing_else_is() -> None:
    assert first_cells("docs/audit.md") - {"tag", "---"} == declared_tags()


def test_each_sealed_column_is_in_the_table_and_nothing_else_is() -> None:
    assert first_cells("docs/sealed.md") - {"sealed column", "---"} == sealed_columns()


def test_the_fixed_names_exist_and_make_help_lists_them() -> None:
    assert {"help", "install", "run", "test", "bench", "lint"} <= make_targets()


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_what_exists(path: Path) -> None:
    text = path.read_text()
    missing = [target for target in LINK.findall(text) if not (path.parent / target).exists()]
    unknown = set(MADE.findall(text)) - make_targets()
    assert (missing, unknown) == ([], set())
