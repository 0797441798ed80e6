"""One portal for the tests of a file: what surrounds a page does not depend on who came before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.kernel.settings import Environment
from tests.support.portal import Portal, Templates


@pytest.fixture(scope="module")
def shared(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal that the tests of one file share, where none of them changes what another asks."""
    directory = tmp_path_factory.mktemp("shared")
    portal = Portal(templates.sqlite(directory / "portal.db"), directory, Environment.TEST)
    yield portal
    portal.close()
