"""Two clinics, made once for all doors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.kernel.settings import Environment
from tests.care import circle
from tests.doors.objects import Scene
from tests.support.portal import Portal, Templates


@pytest.fixture(scope="module")
def scene(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two clinics that share a portal and nothing else."""
    directory = tmp_path_factory.mktemp("doors")
    portal = Portal(templates.sqlite(directory / "portal.db"), directory, Environment.TEST)
    scene = Scene(portal, portal.clinic(), portal.clinic())
    for clinic in (scene.mine, scene.theirs):
        circle.grant_genes(clinic)  # What a coordinator reads without, tests/care asks.
    yield scene
    portal.close()
