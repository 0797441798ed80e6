"""A demo clinic of this module's own, behind the real web server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.browser import TIMEOUT_MILLISECONDS
from tests.support.clinic import Clinic, opened

# Two people's browsers, a server and a call share two processors here.
expect.set_options(timeout=TIMEOUT_MILLISECONDS)


@pytest.fixture(scope="module")
def open_clinic() -> Iterator[Clinic]:
    """Seeded as `make run` seeds it, and served."""
    with opened() as found:
        yield found
        found.app.extensions["database"].engine.dispose()
