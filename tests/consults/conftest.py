"""Visits that are due, for the tests of the consult: one server for each module, fresh people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.consults.meeting import Hall, Meeting
from tests.consults.three import Three
from tests.support.browser import Visitors
from tests.support.portal import Portal, Templates


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


@pytest.fixture
def three(portal: Portal) -> Iterator[Three]:
    """A visit to which others may come; inside the portal, on its embedded database."""
    found = Three(portal)
    with portal.inside():
        yield found


@pytest.fixture
def three_on_each(portal_on_each: Portal) -> Iterator[Three]:
    """The same on each engine in turn, for what constraints and locks decide."""
    found = Three(portal_on_each)
    with portal_on_each.inside():
        yield found
