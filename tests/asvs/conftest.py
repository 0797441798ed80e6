"""Two clinics, and every page of theirs opened once by everybody who may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.kernel.settings import Environment
from tests.asvs.walking import Opened, every_page
from tests.doors.objects import Scene
from tests.support.portal import Portal, Templates


@pytest.fixture(scope="module")
def scene(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two clinics that share a portal and nothing else."""
    directory = tmp_path_factory.mktemp("asvs")
    portal = Portal(templates.sqlite(directory / "portal.db"), directory, Environment.TEST)
    yield Scene(portal, portal.clinic(), portal.clinic())
    portal.close()


@pytest.fixture(scope="module")
def opened(scene: Scene) -> list[Opened]:
    """Each page that can be read, as each person who may read it."""
    return every_page(scene)
