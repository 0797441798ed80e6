"""Rules and medicine are told the time; they never look at a clock, a die or the surroundings."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.structure.tree import APP, label, parsed, python

FORBIDDEN_MODULES = {"time", "random", "secrets", "uuid", "os", "socket", "subprocess", "logging"}
CLOCK_READINGS = {"now", "utcnow", "today"}
CLOCK_TYPES = {"datetime", "date"}


def pure_modules() -> list[Path]:
    rules = [
        path
        for path in python("app")
        if path.relative_to(APP).parts[1:2] in {("rules.py",), ("rules",)}
    ]
    return rules + python("app/clinical")


def impurities(tree: ast.Module) -> list[ast.AST]:
    """Imports of what changes from moment to moment, and readings of the clock."""
    return [node for node in ast.walk(tree) if _imports_chance(node) or _reads_clock(node)]


def _imports_chance(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.partition(".")[0] in FORBIDDEN_MODULES for alias in node.names)
    if not isinstance(node, ast.ImportFrom) or [one.name for one in node.names] == ["UUID"]:
        return False  # The type of an id is no new id.
    return (node.module or "").partition(".")[0] in FORBIDDEN_MODULES


def _reads_clock(node: ast.AST) -> bool:
    """`datetime.now`, `dt.date.today`, called or handed on as a function."""
    if not isinstance(node, ast.Attribute) or node.attr not in CLOCK_READINGS:
        return False
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in CLOCK_TYPES


def test_rules_and_medicine_read_no_clock() -> None:
    found = [label(path, node) for path in pure_modules() for node in impurities(parsed(path))]
    assert found == []


def test_there_are_rules_and_medicine_to_look_at() -> None:
    rooms = {path.relative_to(APP).parts[0] for path in pure_modules()}
    assert {"clinical", "accounts", "plans", "consults"} <= rooms


@pytest.mark.parametrize(
    "offence",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import UTC, datetime\nread = datetime.utcnow",
        "import datetime\ndatetime.datetime.now(tz=None)",
        "import time",
        "from time import monotonic",
        "from os import environ",
        "import random",
        "from uuid import uuid4",
    ],
)
def test_a_look_at_the_clock_is_seen(offence: str) -> None:
    assert impurities(ast.parse(offence))


@pytest.mark.parametrize(
    "fine",
    ["def due(now): return now", "visit.now", "from datetime import date", "from uuid import UUID"],
)
def test_being_told_the_time_is_fine(fine: str) -> None:
    assert not impurities(ast.parse(fine))
