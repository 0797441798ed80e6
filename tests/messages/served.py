"""A clinic behind the real web server, and sockets that knock on it from outside."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import websocket
from playwright.sync_api import Page

from app.kernel.settings import Environment
from tests.support.browser import Visitors
from tests.support.portal import COOKIE, Clinic, Portal, Someone, Templates, settings
from tests.support.ports import free_port
from tests.support.server import Server, running

PATH = "/socket.io/?EIO=4&transport=websocket"
MOST_SOCKETS = 16
PATIENCE_SECONDS = 10.0


class Closed(Exception):
    """The server ended the socket."""


class Peer:
    """A Socket.IO client of a few lines, so that nothing is done for us unseen."""

    def __init__(self, raw: websocket.WebSocket) -> None:
        self.raw = raw
        self._receive("0", PATIENCE_SECONDS)

    def join(self) -> Peer:
        """Ask for the portal's events; raises PermissionError when refused."""
        self.raw.send("40")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (packet := self._receive("4", deadline - time.monotonic())).startswith("40"):
            if packet.startswith("44"):
                self.close()
                raise PermissionError(packet)
        return self

    def event(self, seconds: float = PATIENCE_SECONDS) -> Any:
        """The next event, as [name, data]."""
        return json.loads(self._receive("42", seconds)[2:])

    def is_silent(self, seconds: float) -> bool:
        """Whether no event arrives for so long."""
        try:
            self.event(seconds)
        except TimeoutError:
            return True
        return False

    def closes_within(self, seconds: float) -> bool:
        """Whether the server ends the socket itself in time, whatever the client does."""
        try:
            while True:
                self._receive("", seconds)
        except Closed:
            return True
        except TimeoutError:
            return False

    def close(self) -> None:
        """Hang up; a socket that the server has ended still has to be let go."""
        self.raw.close()
        self.raw.shutdown()

    def _receive(self, start: str, seconds: float) -> str:
        """The next packet that begins so; heartbeats are answered on the way."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.raw.settimeout(left)
            try:
                packet = self.raw.recv()
            except websocket.WebSocketTimeoutException:
                break
            except (websocket.WebSocketException, OSError) as error:
                raise Closed(str(error)) from error
            if packet == "2":
                self.raw.send("3")
            elif not packet:  # What an ended WebSocket reads as; packets 1 and 41 only ask.
                raise Closed("end of stream")
            elif str(packet).startswith(start):
                return str(packet)
        raise TimeoutError(f"no {start!r} within {seconds} s")


@dataclass(frozen=True)
class Served:
    """A clinic, and the server on its database."""

    clinic: Clinic
    server: Server

    @property
    def portal(self) -> Portal:
        """The same database, reached from the test's own process."""
        return self.clinic.portal

    def cookie(self, someone: Someone | None) -> str:
        """The person's session, as a header says it."""
        return f"{COOKIE}={self.portal._tokens[someone.id]}" if someone else ""

    def open(self, someone: Someone | None, **changed: Any) -> Peer:
        """A WebSocket of this person's page; raises WebSocketBadStatusException when refused."""
        options = {"origin": self.server.url, "cookie": self.cookie(someone)} | changed
        raw = websocket.create_connection(
            f"ws://localhost:{self.server.port}{PATH}", timeout=PATIENCE_SECONDS, **options
        )
        return Peer(raw)

    def knock(self, method: str = "GET", path: str = PATH, **headers: str) -> int:
        """The status of a plain request to the socket path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        known = {"Host": f"localhost:{self.server.port}", "Origin": self.server.url}
        try:
            connection.request(method, path, headers=known | headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def browse(self, visitors: Visitors, someone: Someone, path: str, **options: Any) -> Page:
        """This person's browser on a page, signed in."""
        page = visitors.arrive(self.server.url, **options)
        page.context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": self.portal._tokens[someone.id],
                    "url": f"https://localhost:{self.server.port}",
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
        page.goto(path)
        return page


@contextmanager
def serving(templates: Templates, directory: Path) -> Iterator[Served]:
    """A clinic with one of each role, served as production serves it."""
    url, port = templates.sqlite(directory / "served.db"), free_port()
    portal = Portal(url, directory, Environment.TEST)
    known = settings(url, directory, Environment.TEST)
    environment = {
        "NEARSIDE_ENVIRONMENT": "test",
        "NEARSIDE_INSTANCE": str(directory),
        "NEARSIDE_DATABASE_URL": url,
        "NEARSIDE_ORIGIN": f"http://localhost:{port}",
        "NEARSIDE_SECRET_KEY": known.secret_key,
        "NEARSIDE_DATA_KEYS": ",".join(f"{name}:{key.hex()}" for name, key in known.data_keys),
        "NEARSIDE_MAX_SOCKETS": str(MOST_SOCKETS),
    }
    try:
        with running(environment, directory, port=port) as server:
            yield Served(portal.clinic(), server)
    finally:
        portal.close()
