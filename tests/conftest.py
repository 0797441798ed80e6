"""Databases, servers and browsers for every test that asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support import browser as browsers
from tests.support import server as servers
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
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a browser is a browser test, whether or not it says so."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
