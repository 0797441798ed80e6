"""One served clinic for all tests of a module: starting a server takes a while."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.messages.served import Served, serving
from tests.support.portal import Templates


@pytest.fixture(scope="module")
def served(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real web server and its clinic."""
    with serving(templates, tmp_path_factory.mktemp("served")) as found:
        yield found
