"""Which test or document answers for which requirement of ASVS 5.0.

`scope.json` names the requirements in scope with the way each is looked at: B in use from outside,
I from inside, S in the source, D in a document, O at the operator's. `manifest.json` answers each:
with tests, with a section of a document, or with the plain reason why it is open.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
# What the standard lets stand in a document, and what only an operator can show.
BY_DOCUMENT = frozenset({"D", "O"})
CHAPTERS = {
    1: "Encoding and cleaning",
    2: "Checking and business rules",
    3: "The browser's side",
    4: "Requests and sockets",
    5: "Files",
    6: "Signing in",
    7: "Sessions",
    8: "Who may do what",
    9: "Signed tokens",
    11: "Cryptography",
    12: "Lines between machines",
    13: "Configuration",
    14: "Protecting data",
    15: "Code and its parts",
    16: "Records and errors",
    17: "Calls",
}


@dataclass(frozen=True)
class Answer:
    """What is said of one requirement: `tests`, `document` (a file and a section), or `open`."""

    id: str
    method: str
    says: str
    tests: tuple[str, ...] = ()
    document: str = ""
    open: str = ""

    @property
    def chapter(self) -> int:
        """The number before the first point."""
        return int(self.id[1:].partition(".")[0])

    @property
    def mapped(self) -> bool:
        """Whether a test or a document answers for it."""
        return not self.open


@cache
def scope() -> dict[str, str]:
    """Every requirement in scope, with its way of looking."""
    found: dict[str, str] = json.loads((HERE / "scope.json").read_text(encoding="utf-8"))
    return found


@cache
def entries() -> dict[str, dict[str, Any]]:
    """The manifest as it is written; an id that stands in it twice raises ValueError."""
    text = (HERE / "manifest.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text, object_pairs_hook=_once)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"named twice: {sorted(twice)}")
    return dict(pairs)


def answers() -> list[Answer]:
    """What is said of every requirement in scope that the manifest names, in their order."""
    return [
        Answer(
            id=one,
            method=method,
            says=entries()[one]["says"],
            tests=tuple(entries()[one].get("tests", ())),
            document=entries()[one].get("document", ""),
            open=entries()[one].get("open", ""),
        )
        for one, method in scope().items()
        if one in entries()
    ]


def section_exists(document: str) -> bool:
    """Whether `docs/security.md#keys` names a heading with words of its own below it."""
    name, _, wanted = document.partition("#")
    path = ROOT / name
    if not path.is_file() or not wanted:
        return False
    parts = re.split(r"^#{1,4} (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    titled = zip(parts[1::2], parts[2::2], strict=True)
    return any(slug(title) == wanted and body.strip() for title, body in titled)


def slug(title: str) -> str:
    """A heading as an address names it."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).strip().replace(" ", "-")


def function_of(node: str) -> str:
    """The test without what it was asked with: `a.py::test_b[x]` is `a.py::test_b`."""
    return node.partition("[")[0]
