"""A portal and its media nodes, and a patient who lives at the end of a line of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.consults.hard.running import Nodes
from tests.consults.meeting import Hall, Meeting
from tests.support.browser import Visitors, start
from tests.support.lines import Line
from tests.support.packages import chromium
from tests.support.played_lines import PlayedLine
from tests.support.portal import Templates

REAL = os.geteuid() == 0


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the portal of these tests keeps its things."""
    return tmp_path_factory.mktemp("hard")


@pytest.fixture(scope="package")
def the_line(place: Path) -> Iterator[Line | PlayedLine]:
    """The one line of these tests: a real one where we may make it."""
    with ExitStack() as stack:
        yield Line(stack, place) if REAL else PlayedLine()


@pytest.fixture(scope="package")
def hall(templates: Templates, place: Path, the_line: Line | PlayedLine) -> Iterator[Hall]:
    """The portal, reached from both ends of the line."""
    with ExitStack() as stack:
        also = the_line.here if isinstance(the_line, Line) else ""
        yield Hall(stack, templates, place, also)


@pytest.fixture(scope="package")
def the_nodes(hall: Hall, place: Path, the_line: Line | PlayedLine) -> Iterator[Nodes]:
    """The supervisor and its node."""
    here = the_line.here if isinstance(the_line, Line) else "127.0.0.1"
    nodes = Nodes(place, here)
    yield nodes
    nodes.stop()


@pytest.fixture
def nodes(the_nodes: Nodes) -> Nodes:
    """The same, answering."""
    the_nodes.wait()
    return the_nodes


@pytest.fixture(scope="package")
def far_browser(browser: Browser, place: Path, the_line: Line | PlayedLine) -> Iterator[Browser]:
    """The browser at the other end."""
    if isinstance(the_line, PlayedLine):
        yield browser
        return
    # By this name alone a page without TLS may use the camera, wherever the portal really is.
    found = f"--host-resolver-rules=MAP localhost {the_line.here}"
    far = start(browser.browser_type, found, program=the_line.program(chromium(), place))
    yield far
    far.close()


@pytest.fixture
def line(the_line: Line | PlayedLine) -> Iterator[Line | PlayedLine]:
    """The line, good at first."""
    yield the_line
    the_line.mend()


@pytest.fixture
def far(meeting: Meeting, far_browser: Browser, line: Line | PlayedLine) -> Iterator[Meeting]:
    """The meeting, as one comes to it over the line."""
    visitors = Visitors(far_browser)
    yield replace(meeting, visitors=visitors)
    visitors.leave()
    assert visitors.complaints == []
