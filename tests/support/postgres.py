"""A private PostgreSQL cluster for one test process.

It lives in a temporary directory, listens on the loopback address only, forgets everything on a
crash (fsync is off) and is gone when the tests are.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import psycopg

from tests.support.companion import Companion
from tests.support.packages import Missing, postgres_programs
from tests.support.ports import free_port

ROLE = "nearside"
START_SECONDS = 30.0
# The server refuses to run as root; Debian's package brings this account.
UNPRIVILEGED = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class Cluster:
    """A running server, from which tests take databases."""

    def __init__(self) -> None:
        self.port = free_port()
        self._numbers = count(1)
        self._templates: dict[str, str] = {}
        self._user = UNPRIVILEGED if os.geteuid() == 0 else ""
        self._home = Path(tempfile.mkdtemp(prefix="nearside-pg-"))
        try:
            self._server = self._start()
        except BaseException:
            shutil.rmtree(self._home, ignore_errors=True)
            raise

    def stop(self) -> None:
        """End the server and remove its files."""
        self._server.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def create(self, template: str = "template0") -> str:
        """Make a database and return its address."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def clone(self, name: str, build: Callable[[str], None]) -> str:
        """Make a copy of a prepared database; the first call prepares it.

        `build` is given the address and must leave no connection open.
        """
        if name not in self._templates:
            url = self.create()
            build(url)
            self._templates[name] = url.rpartition("/")[2]
        return self.create(self._templates[name])

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def files(self, *folders: str) -> dict[str, bytes]:
        """What lies on the disk under these folders of its data, everything written out first."""
        self._execute("CHECKPOINT")
        found = [path for one in folders for path in (self._home / "data" / one).glob("**/*")]
        return {str(path): path.read_bytes() for path in found if path.is_file()}

    def url(self, database: str) -> str:
        """The address in SQLAlchemy's form."""
        return f"postgresql+psycopg://{ROLE}@127.0.0.1:{self.port}/{database}"

    def _start(self) -> Companion:
        programs = postgres_programs()
        data = self._home / "data"
        if self._user:
            shutil.chown(self._home, self._user, self._user)
        subprocess.run(
            [
                *(programs / "initdb", "--pgdata", data, "--username", ROLE, "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            user=self._user or None,
            cwd=self._home,
            check=True,
            capture_output=True,
        )
        options = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self._home)}
        server = Companion(
            [
                *(str(programs / "postgres"), "-D", str(data)),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            ],
            log=self._home / "server.log",
            user=self._user,
            stop=signal.SIGQUIT,  # "immediate": what it holds is thrown away with it
        )
        self._wait(server)
        return server

    def _wait(self, server: Companion) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._execute("SELECT 1")
            except psycopg.OperationalError as error:
                if not server.running or time.monotonic() > deadline:
                    said = server.tail()
                    server.stop()
                    raise Missing(f"PostgreSQL did not start:\n{said}") from error
                time.sleep(0.05)
            else:
                return

    def _execute(self, statement: str) -> None:
        address = f"host=127.0.0.1 port={self.port} user={ROLE} dbname=postgres"
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement.encode())
