"""Public data beside the project, for tests that compare with it where it is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.counts import EXCUSED

DATA = Path(__file__).parents[3] / "shared" / "data"


def shared(name: str) -> Path:
    """The file under this name; the test is skipped, saying so, where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{EXCUSED}: {name}")
    return path


def read(name: str) -> Any:
    """The JSON of a file."""
    return json.loads(shared(name).read_text(encoding="utf-8"))


def cases(kind: str) -> list[Any]:
    """The published sample cases of one kind, for `pytest.mark.parametrize`.

    Where the data is absent, one case that is skipped and says so.
    """
    path = DATA / "clinical" / "sample_vectors.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{EXCUSED}: {kind}"))]
    found = json.loads(path.read_text(encoding="utf-8"))[kind]
    return [pytest.param(case, id=case["id"]) for case in found]
