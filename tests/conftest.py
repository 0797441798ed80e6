"""Databases, servers and browsers for every test that asks for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.kernel.settings import Environment
from tests.support import browser as browsers
from tests.support import server as servers
from tests.support.portal import Clinic, Portal, Templates, migrate
from tests.support.postgres import Cluster

ENGINES = ("sqlite", "postgresql")
StartServer = Callable[[Mapping[str, str]], servers.Server]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A private PostgreSQL server, started for the first test that asks."""
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """An empty PostgreSQL database of this test's own."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite file of this test's own, not made yet."""
    return f"sqlite:///{tmp_path / 'nearside.db'}"


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest) -> str:
    """An empty database on each engine in turn: the test runs twice."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Migrated databases to copy."""
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def portal(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[Portal]:
    """The portal on SQLite, its embedded default; with people in it for who asks for a clinic."""
    if "clinic" in request.fixturenames:
        portal = templates.inhabited(tmp_path)
    else:
        url = templates.sqlite(tmp_path / "portal.db")
        portal = Portal(url, tmp_path, Environment.TEST)
    yield portal
    portal.close()


@pytest.fixture(params=ENGINES)
def portal_on_each(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[Portal]:
    """The portal on each engine in turn, for what databases do differently."""
    cluster: Cluster | None = None
    if request.param == "sqlite":
        url = templates.sqlite(tmp_path / "portal.db")
    else:
        cluster = request.getfixturevalue("postgres")
        url = cluster.clone("portal", lambda empty: migrate(empty, tmp_path))
    portal = Portal(url, tmp_path, Environment.TEST)
    yield portal
    portal.close()
    if cluster:
        cluster.drop(url)


@pytest.fixture
def clinic(portal: Portal) -> Clinic:
    """A portal with one person of each role."""
    return portal.clinic()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start the real web server with a given environment, as often as the test likes."""
    with ExitStack() as stack:
        yield lambda environment: stack.enter_context(servers.running(environment, tmp_path))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    with browsers.launched() as browser:
        yield browser


@pytest.fixture
def visitors(browser: Browser) -> Iterator[browsers.Visitors]:
    """People with a browser profile each; a script error or a blocked source fails the test."""
    visitors = browsers.Visitors(browser)
    yield visitors
    visitors.leave()
    assert visitors.complaints == []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever opens a browser is a browser test, whether or not it says so.

    A call over a line made to order is judged by what arrives: it has the machine to itself.
    """
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "browser" in asked:
            item.add_marker(pytest.mark.browser)
        if "the_line" in asked:
            item.add_marker(pytest.mark.alone)
    if hasattr(config, "workerinput"):
        _long_files_first(items)


def _long_files_first(items: list[pytest.Item]) -> None:
    """Of two workers neither is left waiting while the other is at a file that takes a minute."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, -tests[item.path]))
