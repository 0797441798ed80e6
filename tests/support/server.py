"""The real web server, in a process of its own, as production runs it."""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.companion import Companion
from tests.support.ports import free_port

START_SECONDS = 30.0
ROOT = Path(__file__).parents[2]
# What a started server needs of the developer's shell; the rest is the test's to say.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


class DidNotStart(RuntimeError):
    """The server ended or stayed silent; the message carries its log."""


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    url: str
    port: int
    companion: Companion

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self.companion.log.read_text(errors="replace")


@contextmanager
def running(  # noqa: PLR0913 - each is a thing of its own, and given by name
    environment: Mapping[str, str],
    directory: Path,
    *,
    port: int | None = None,
    health: str = "/health",
    host: str = "localhost",
    also: str = "",
    application: str = "wsgi:app",
    config: Path = ROOT / "gunicorn.conf.py",
) -> Iterator[Server]:
    """Start gunicorn with this environment and no other; stop it and its children at the end.

    Only the port is not the test's to know beforehand, and the origin that people reach it by.
    `also` is one more address to listen at, for whoever comes over a network.
    """
    port = port or free_port()
    url = f"http://{host}:{port}"
    reached_by = {"NEARSIDE_PORT": str(port), "NEARSIDE_ORIGIN": url}
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    companion = Companion(
        [
            *(sys.executable, "-m", "gunicorn", "--config", str(config)),
            *("--chdir", str(ROOT), "--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
            *(("--bind", f"{also}:{port}") if also else ()),
            application,
        ],
        log=directory / f"server-{port}.log",
        environment=inherited | reached_by | dict(environment),
    )
    try:
        _wait(companion, port, host, health)
        yield Server(url, port, companion)
    finally:
        companion.stop()


def _wait(companion: Companion, port: int, host: str, health: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while (status := _ask(port, host, health)) != http.client.OK:
        if not companion.running or time.monotonic() > deadline:
            raise DidNotStart(f"{health} answered {status or 'nothing'}:\n{companion.tail()}")
        time.sleep(0.05)


def _ask(port: int, host: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
