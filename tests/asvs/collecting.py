"""A plugin of pytest that writes down which tests there are, for `--collect-only`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

# Where the list goes; the caller says so in the environment.
WHERE = "ASVS_COLLECTED"
LEFT_OUT = ("skip", "skipif", "xfail")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Write each test's marks that matter here: `browser`, and whatever leaves a test out."""
    kinds = (*LEFT_OUT, "browser")
    found = {
        item.nodeid: [kind for kind in kinds if item.get_closest_marker(kind)]
        for item in session.items
    }
    Path(os.environ[WHERE]).write_text(json.dumps(found), encoding="utf-8")
