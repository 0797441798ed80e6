"""One node process: opens its port and its control socket, serves, drains, ends."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from aiohttp import web

from app.media import logs
from app.media.control import Control, Forwarder, connections
from app.media.logs import Log
from app.media.settings import NodeSettings, Tls

CANNOT_LISTEN = 4
BACKLOG = 128
# New objects that call for a look at the newest, such looks for one at the older, and so on.
COLLECTED_AFTER = (20_000, 10, 50)
PATIENCE_SECONDS = 2.0
log = Log("process")


class Node(Forwarder, Protocol):
    """A forwarder with a life: it opens its port, ends when its rooms are empty, closes."""

    async def start(self) -> None:
        """Open the UDP port; raises OSError where it cannot be had."""

    async def drain(self) -> None:
        """Take no new rooms; returns when the last has emptied."""

    async def close(self) -> None:
        """End every leg and let go of the port."""


Make = Callable[[NodeSettings, int], Node]


def run(settings: NodeSettings, index: int, make: Make, *, tethered: bool = False) -> int:
    """Live until told to end; answers the exit code.

    A tethered node also ends when its standard input does: its supervisor has died.
    """
    logs.install(index)
    return asyncio.run(_live(settings, index, make, tethered=tethered))


async def _live(settings: NodeSettings, index: int, make: Make, *, tethered: bool) -> int:
    node = make(settings, index)
    control = Control(node)
    runner = web.AppRunner(control.app, access_log=None, shutdown_timeout=PATIENCE_SECONDS)
    ending, ended = _signs(tethered=tethered)
    _settle()
    try:
        await node.start()
        await runner.setup()
        server = await _listen(settings, index, runner)
    except OSError as trouble:
        log.warning("cannot_listen", error=type(trouble).__name__, code=trouble.errno)
        await node.close()
        await runner.cleanup()
        return CANNOT_LISTEN
    log.info("node_started", pid=os.getpid(), port=settings.port(index))
    await ending.wait()
    control.draining = True
    log.info("node_drains", seconds=settings.drain_seconds)
    await _first(node.drain(), ended.wait(), settings.drain_seconds)
    server.close()
    await runner.cleanup()
    await node.close()
    if settings.tls is None:
        settings.socket(index).unlink(missing_ok=True)
    log.info("node_ended")
    return 0


def _settle() -> None:
    """Have the collector of garbage leave alone what stays, and look at the rest seldom.

    No packet leaves garbage behind; what the collector would read through meanwhile, everything
    ever imported and each packet kept, holds all packets up for milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def _signs(*, tethered: bool) -> tuple[asyncio.Event, asyncio.Event]:
    """Two events: drain (the first signal), and end at once (the second, or a lost tether)."""
    loop = asyncio.get_running_loop()
    ending, ended = asyncio.Event(), asyncio.Event()

    def told() -> None:
        (ended if ending.is_set() else ending).set()

    def cut() -> None:
        if not os.read(sys.stdin.fileno(), 64):
            loop.remove_reader(sys.stdin.fileno())
            ending.set()
            ended.set()

    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told)
    if tethered:
        loop.add_reader(sys.stdin.fileno(), cut)
    return ending, ended


async def _first(drained: Awaitable[object], ended: Awaitable[object], seconds: float) -> None:
    """Wait for either, but not for ever; whatever is left is cut off."""
    waits = {asyncio.ensure_future(drained), asyncio.ensure_future(ended)}
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def _listen(settings: NodeSettings, index: int, runner: web.AppRunner) -> asyncio.Server:
    """Open the control socket; raises OSError where that cannot be."""
    loop, make = asyncio.get_running_loop(), connections(runner)
    if settings.tls is not None:
        tls = settings.tls
        return await loop.create_server(make, tls.host, tls.port + index, ssl=mutual(tls))
    return await loop.create_unix_server(make, sock=_private(settings.socket(index)))


def _private(path: Path) -> socket.socket:
    """A Unix socket that its owner alone may speak to; one left by a dead node makes way."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError), socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise FileExistsError(f"{path.name} is in use")
    listener = socket.socket(socket.AF_UNIX)
    # Set before the name exists: there is no moment in which others could connect.
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    return listener


def mutual(tls: Tls) -> ssl.SSLContext:
    """TLS 1.3 that asks the client for a certificate of the one authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tls.client_ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(str(tls.certificate), str(tls.key))
    return context
