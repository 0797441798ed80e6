"""The walls between rooms stand, and each of them has been pushed once to see it hold."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.structure.tree import APP, ROOT, label, parsed, python

ROOMS = "Imports between rooms fall one way"
FURNITURE = "Every room has the same furniture, and imports inside it fall one way"
PURE = "Rules and medicine know no web, no database and no clock"
TABLES = "A room's tables are its own"
MEDIA = "Only consults know the media node, and of it only tokens and the seal of recordings"
COMPOSITION = "Nobody inside imports the composition root"


@dataclass(frozen=True)
class Push:
    """One offence: a line put into a module, which is made if it is not there."""

    wall: str
    module: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.module}: {self.line or 'exists'}"

    def against(self, app: Path) -> None:
        """Do it to a copy of the house."""
        path = self._file(app, self.module)
        self._make(path)
        path.write_text(f"{path.read_text()}\n{self.line}\n")
        if target := self._target():
            self._make(self._file(app, target))

    def _target(self) -> str:
        """The module of ours that the line imports, if it is one."""
        words = self.line.split()
        return words[1].removeprefix("app.") if words and words[1].startswith("app.") else ""

    @staticmethod
    def _make(path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.touch()

    @staticmethod
    def _file(app: Path, module: str) -> Path:
        parts = app.joinpath(*module.split("."))
        return parts / "__init__.py" if parts.is_dir() else parts.with_suffix(".py")


PUSHES = [
    # Between rooms: upward, sideways, and a newcomer without a place.
    Push(ROOMS, "kernel.upward", "import app.web.navigation"),
    Push(ROOMS, "accounts.rules", "import app.care.queries"),
    Push(ROOMS, "care.queries", "import app.results.queries"),
    Push(ROOMS, "results.queries", "import app.records.queries"),
    Push(ROOMS, "appointments.queries", "import app.questionnaires.queries"),
    Push(ROOMS, "plans.queries", "import app.consults.queries"),
    Push(ROOMS, "messages.queries", "import app.plans.queries"),
    Push(ROOMS, "consults.queries", "import app.demo.pages"),
    Push(ROOMS, "clinical.island", "import app.kernel.refusal"),
    Push(ROOMS, "media.island", "import app.clinical.errors"),
    Push(ROOMS, "attic"),
    # Inside a room: each step of the stairs, and names that are no furniture.
    Push(FURNITURE, "plans.rules", "import app.plans.models"),
    Push(FURNITURE, "plans.models", "import app.plans.queries"),
    Push(FURNITURE, "plans.queries", "import app.plans.operations"),
    Push(FURNITURE, "plans.operations", "import app.plans.forms"),
    Push(FURNITURE, "plans.forms", "import app.plans.pages"),
    Push(FURNITURE, "consults.live", "import app.consults.pages"),
    Push(FURNITURE, "messages.jobs", "import app.messages.live"),
    Push(FURNITURE, "demo.operations", "import app.demo.commands"),
    *(
        Push(FURNITURE, f"{room}.utils")
        for room in (
            *("accounts", "care", "questionnaires", "results", "records", "appointments"),
            *("messages", "plans", "consults", "demo"),
        )
    ),
    Push(FURNITURE, "newcomer.helpers"),
    # Purity, also by a detour.
    Push(PURE, "plans.rules", "import flask"),
    Push(PURE, "results.rules", "import sqlalchemy.orm"),
    Push(PURE, "consults.rules", "import app.kernel.clock"),
    Push(PURE, "accounts.rules", "import app.kernel.db"),
    Push(PURE, "clinical.island", "import flask_babel"),
    Push(PURE, "clinical.units", "import sqlalchemy"),
    # Tables.
    Push(TABLES, "care.queries", "import app.accounts.models"),
    Push(TABLES, "plans.operations", "import app.results.models"),
    Push(TABLES, "demo.operations", "import app.plans.models"),
    # The media node and the composition root.
    Push(MEDIA, "plans.operations", "import app.media"),
    Push(MEDIA, "plans.operations", "import app.media.tokens"),
    Push(MEDIA, "consults.operations.relay", "import app.media.control"),
    Push(MEDIA, "consults.operations.recording", "import app.media.recording.sink"),
    Push(MEDIA, "records.operations", "import app.media.recording.sealing"),
    Push(MEDIA, "demo.commands", "import app.media.supervisor"),
    Push(COMPOSITION, "plans.pages", "from app import create_app"),
    Push(COMPOSITION, "kernel.jobs", "import app"),
]


def lint(folder: Path) -> tuple[bool, str]:
    """Run the contracts over the package `app` of this folder."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house, with the contracts it is under."""
    shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_wall_stands() -> None:
    kept, output = lint(ROOT)
    assert kept, output


@pytest.mark.parametrize("push", PUSHES, ids=str)
def test_a_wall_that_is_pushed_says_so(house: Path, push: Push) -> None:
    push.against(house / "app")
    kept, output = lint(house)
    assert not kept
    assert f"{push.wall} BROKEN" in output


def test_every_wall_is_pushed_at_least_once() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    walls = {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert {push.wall for push in PUSHES} == walls


def test_only_the_front_door_and_the_tests_build_the_application() -> None:
    found = [
        label(path, node)
        for path in python()
        if not path.is_relative_to(ROOT / "tests") and path != ROOT / "wsgi.py"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module == "app"
        if any(alias.name == "create_app" for alias in node.names)
    ]
    assert found == []
