"""A portal in the demo configuration behind the real web server, its database within reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.kernel.settings import Environment
from tests.support.portal import Portal, Templates, settings
from tests.support.ports import free_port
from tests.support.server import Server, running


@contextmanager
def served_clinic(templates: Templates, directory: Path) -> Iterator[tuple[Portal, Server]]:
    """No people in it yet; the demo configuration, so that the style guide is there too."""
    url, port = templates.sqlite(directory / "clinic.db"), free_port()
    known = settings(url, directory, Environment.DEMO)
    environment = {
        "NEARSIDE_ENVIRONMENT": Environment.DEMO.value,
        "NEARSIDE_INSTANCE": str(directory),
        "NEARSIDE_DATABASE_URL": url,
        "NEARSIDE_ORIGIN": f"http://localhost:{port}",
        "NEARSIDE_SECRET_KEY": known.secret_key,
        "NEARSIDE_DATA_KEYS": ",".join(f"{name}:{key.hex()}" for name, key in known.data_keys),
    }
    portal = Portal(url, directory, Environment.DEMO)
    try:
        with running(environment, directory, port=port) as server:
            yield portal, server
    finally:
        portal.close()
