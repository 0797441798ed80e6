"""A demo clinic in a temporary directory, served as production serves it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from app import create_app
from app.demo import operations as demo
from app.demo.rules import PEOPLE
from app.kernel.actor import Role
from app.kernel.settings import Environment, Settings
from tests.support.ports import free_port
from tests.support.server import Server, running

COOKIE = "__Host-session"


@dataclass(frozen=True)
class Clinic:
    """A running portal and, in this process, the same application on the same database."""

    app: Flask
    server: Server
    environment: dict[str, str]
    directory: Path

    def cookie(self, role: Role) -> str:
        """The cookie of a signed-in demo person."""
        email = next(person.email for person in PEOPLE if person.role is role)
        with self.app.app_context():
            token = demo.full_session(email)
        return f"{COOKIE}={token}"

    def visit(self) -> str:
        """The address of the visit that is due in the demo clinic."""
        with self.app.app_context():
            return f"/visits/{demo.next_visit()}"


@contextmanager
def opened() -> Iterator[Clinic]:
    """Seed, serve, and clean up."""
    with TemporaryDirectory(prefix="nearside-bench-") as name:
        directory, port = Path(name), free_port()
        environment = {
            "NEARSIDE_ENVIRONMENT": Environment.DEMO.value,
            "NEARSIDE_INSTANCE": name,
            "NEARSIDE_ORIGIN": f"http://localhost:{port}",
            "NEARSIDE_SECRET_KEY": secrets.token_urlsafe(48),
            "NEARSIDE_DATA_KEYS": f"bench:{secrets.token_hex(32)}",
        }
        app = create_app(Settings.from_environment(environment))
        app.test_cli_runner().invoke(args=["migrate"], catch_exceptions=False)
        with app.app_context():
            demo.seed()
            demo.book_a_visit()
        app.extensions["worker"].drain()
        with running(environment, directory, port=port) as server:
            yield Clinic(app, server, environment, directory)
