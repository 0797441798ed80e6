"""Visits that are due, for the tests of the consult: one server for each module, fresh people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.consults.meeting import Hall, Meeting
from tests.support.browser import Visitors
from tests.support.portal import Templates


@pytest.fixture(scope="module")
def hall(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The real server, and the same database from the test's own process."""
    with ExitStack() as stack:
        yield Hall(stack, templates, tmp_path_factory.mktemp("hall"))


@pytest.fixture
def quiet_meeting(hall: Hall) -> Meeting:
    """The patient and the clinician of a visit that began a minute ago."""
    return hall.meeting()


@pytest.fixture
def meeting(hall: Hall, visitors: Visitors) -> Meeting:
    """The same, with browsers at hand."""
    return hall.meeting(visitors)
