"""Clinics behind the real web server: a fresh one for a journey, a lived-in one to look at."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.lived_in import Lived, lived_in
from tests.support.browser import TIMEOUT_MILLISECONDS
from tests.support.clinic import Clinic, opened
from tests.support.portal import Templates

# Two people's browsers, a server and a call share two processors here.
expect.set_options(timeout=TIMEOUT_MILLISECONDS)


@pytest.fixture(scope="module")
def open_clinic() -> Iterator[Clinic]:
    """Seeded as `make run` seeds it, and served."""
    with opened() as found:
        yield found
        sys.stdout.write(found.server.log)  # Shown when a test has failed.
        found.app.extensions["database"].engine.dispose()


@pytest.fixture(scope="session")
def lived(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """With patients who have answered, measured, written, met and been given plans."""
    with lived_in(templates, tmp_path_factory.mktemp("lived")) as found:
        yield found
