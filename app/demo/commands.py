"""`flask --app wsgi demo`: the whole portal on this machine, with people to try it."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.accounts.rules import CODE_STEP_SECONDS
from app.demo import operations, queries, room
from app.demo.rules import PASSWORD
from app.kernel import clock, db
from app.kernel.actor import ROLE_LABELS
from app.kernel.commands import migrate
from app.kernel.settings import Settings

START_SECONDS = 30.0
STOP_SECONDS = 12.0
LONGEST_WAIT_SECONDS = 30.0


@click.command("demo")
@click.pass_context
@with_appcontext
def demo(context: click.Context) -> None:
    """Migrate, seed on first start, serve on localhost, and show the sign-in codes."""
    settings = current_app.extensions["settings"]
    port = int(settings.origin.rpartition(":")[2])
    if _answers(port):
        raise click.ClickException(
            f"Something already listens on port {port}. Try: make run NEARSIDE_PORT={port + 1}"
        )
    with _held_alone(settings.instance):
        _open_clinic(context, settings)
        operations.book_a_visit()
        db.database().engine.dispose()
        with _calls_through_a_node(settings) as look_after:
            _serve(port, settings.instance, settings.origin, look_after)


def _open_clinic(context: click.Context, settings: Settings) -> None:
    """Migrate, and seed once; a first start that was interrupted begins again from nothing."""
    context.invoke(migrate)
    if queries.is_seeded():
        return
    if queries.is_begun():
        db.database().engine.dispose()
        for file in settings.instance.glob("demo.db*"):
            file.unlink()
        context.invoke(migrate)
    click.echo("First start: opening a small demo clinic…")
    operations.seed()


@contextmanager
def _held_alone(instance: Path) -> Iterator[None]:
    """Keep every other copy away, from before the first table until the server has ended.

    The second lock is gunicorn.conf.py's own: a server may outlive a screen that was killed.
    """
    with (instance / "demo.lock").open("a") as screen, (instance / "web.lock").open("a") as server:
        try:
            fcntl.flock(screen, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(server, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(
                "This demo clinic is running already, at another port."
            ) from None
        fcntl.flock(server, fcntl.LOCK_UN)
        yield


@contextmanager
def _calls_through_a_node(settings: Settings) -> Iterator[Callable[[], None]]:
    """Run a media node beside the web server; yields what starts one again that has died.

    Without it calls go from browser to browser, so nothing waits for it.
    """
    node = MediaNode(settings)
    node.look_after()
    try:
        yield node.look_after
    finally:
        node.stop()


class MediaNode:
    """One media node for this machine's own browsers, tied to this process by a pipe."""

    def __init__(self, settings: Settings) -> None:
        self._log = settings.instance / "media.log"
        told = {
            "NEARSIDE_INSTANCE": str(settings.instance),
            "NEARSIDE_MEDIA_BIND": "127.0.0.1",
            "NEARSIDE_MEDIA_PROCESSES": "1",
            "NEARSIDE_MEDIA_DRAIN_SECONDS": "0",
        }
        known = {
            "NEARSIDE_MEDIA_CONTROL": str(settings.media_control),
            "NEARSIDE_MEDIA_SECRET": settings.media_secret,
        }
        self._environment = told | os.environ | known
        self._process: subprocess.Popen[bytes] | None = None
        self._next = self._wait = 0.0

    def look_after(self) -> None:
        """Start it, and start it again where it died, ever later while that does not help."""
        if self._process is not None and self._process.poll() is None:
            return
        if time.monotonic() < self._next:
            return
        self.stop()
        self._wait = min(2 * self._wait + 1, LONGEST_WAIT_SECONDS)
        self._next = time.monotonic() + self._wait
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.media", "--tethered"],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Let go of the pipe: the node ends by itself, at once."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _serve(port: int, instance: Path, origin: str, look_after: Callable[[], None]) -> None:
    """Run the web server beside this screen until it is interrupted."""
    server = _started(port, instance)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupt)
    try:
        while True:
            _wait(server, port, instance)
            _show(server, origin, look_after)
            click.echo("\nThe server ended by itself; see instance/web.log. Starting it again…")
            server = _started(port, instance)
    except KeyboardInterrupt:
        click.echo("\nStopping…")
    finally:
        _stop(server)
    click.echo("Stopped. Everything is kept; `make run` goes on from here.")


def _started(port: int, instance: Path) -> subprocess.Popen[bytes]:
    environment: Mapping[str, str] = os.environ | {"NEARSIDE_BIND": f"127.0.0.1:{port}"}
    with (instance / "web.log").open("a") as log:
        # A session of its own, so that Ctrl-C reaches this process alone and it ends the server.
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app"],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait(server: subprocess.Popen[bytes], port: int, instance: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise click.ClickException(f"The server did not start; see {instance / 'web.log'}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_healthy(port: int) -> bool:
    """Whether pages are served, not only the port open: gunicorn listens before it has loaded."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _show(server: subprocess.Popen[bytes], origin: str, look_after: Callable[[], None]) -> None:
    """Print the address and the codes, again whenever they change, for as long as it runs."""
    click.echo(f"\nNearside is at {origin}\n\nEveryone's password: {PASSWORD}\n")
    shown, lines = -1, 0
    while server.poll() is None:
        look_after()
        step = int(clock.now().timestamp()) // CODE_STEP_SECONDS
        if step != shown:
            if sys.stdout.isatty() and lines:
                click.echo(f"\x1b[{lines}A\x1b[J", nl=False)
            lines = _print_codes()
            shown = step
        time.sleep(0.25)


def _print_codes() -> int:
    moment = clock.now()
    left = CODE_STEP_SECONDS - int(moment.timestamp()) % CODE_STEP_SECONDS
    rows = [
        f"  {ROLE_LABELS[code.person.role]!s:<17} {code.person.name:<16} "
        f"{code.person.email:<22} code {code.digits}"
        for code in queries.codes(moment)
    ]
    click.echo("\n".join([*rows, f"  These codes change in {left} s. Ctrl-C stops everything."]))
    sys.stdout.flush()
    db.session().rollback()
    return len(rows) + 1


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@room.at_opening
def install(app: Flask) -> None:
    """Give the application the command under its plain name."""
    app.cli.add_command(demo)
