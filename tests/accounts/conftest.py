"""A served clinic for the tests that need a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.messages.served import Served, serving
from tests.support.portal import Templates


@pytest.fixture
def served(templates: Templates, tmp_path: Path) -> Iterator[Served]:
    """The real web server and a clinic of this test's own."""
    with serving(templates, tmp_path) as found:
        yield found
