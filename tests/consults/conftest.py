"""A visit that is due, for the tests of the consult."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.consults.meeting import Meeting, open_meeting
from tests.support.browser import Visitors
from tests.support.portal import Templates


@pytest.fixture
def meeting(templates: Templates, tmp_path: Path, visitors: Visitors) -> Iterator[Meeting]:
    """The patient and the clinician of a visit that began a minute ago, on a real server."""
    with ExitStack() as stack:
        yield open_meeting(stack, templates, tmp_path, visitors)
