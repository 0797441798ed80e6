"""How gunicorn serves Nearside: threads, because calls and sockets hold one each."""

from __future__ import annotations

import errno
import fcntl
import gc
import os
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.http import parser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers import gthread

bind = os.environ.get("NEARSIDE_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("NEARSIDE_WEB_PROCESSES", "1"))
threads = int(os.environ.get("NEARSIDE_THREADS", "120"))
timeout = 60
graceful_timeout = 5
keepalive = 15
forwarded_allow_ips = os.environ.get("NEARSIDE_PROXY_ADDRESSES", "127.0.0.1")
control_socket_disable = True
# A new connection that says nothing waits this long in a thread, and then beside them: with the
# five seconds of its own, whoever opens two dozen a second would hold every thread there is.
PAUSE_SECONDS = gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.5
# A request that was begun may keep its thread waiting so long, and longer only by what arrives.
WAIT_SECONDS = 8.0
SLOWEST_BYTES_A_SECOND = 16 * 1024
# Those who need more of it than a pause share a few threads, and leave the others to the rest.
MOST_WAITING = max(1, threads // 10)
GARBAGE_AFTER_OBJECTS = 20_000
ALREADY_SERVED = "Nearside already runs on this SQLite database; use PostgreSQL for more."

_held = []


class Arriving(SocketUnreader):
    """Reads what arrives, and hangs up on whoever sends a request drop by drop."""

    waiting = threading.BoundedSemaphore(MOST_WAITING)

    def __init__(self, sock: Any, max_chunk: int = 8192) -> None:
        super().__init__(sock, max_chunk)
        self.begin()

    def begin(self) -> None:
        """Another request begins on this connection."""
        self.left = WAIT_SECONDS

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece, waited for as long as this request still may."""
        began, pause = time.monotonic(), self.left - (WAIT_SECONDS - PAUSE_SECONDS)
        try:
            data = self._within(pause, size_hint)
            if data is None:
                data = self._patiently(self.left - max(pause, 0.0), size_hint)
        finally:
            # What the socket carries afterwards, such as a call, may be silent for long.
            self.sock.settimeout(None)
        arrived = len(data) / SLOWEST_BYTES_A_SECOND
        self.left = min(self.left - (time.monotonic() - began) + arrived, WAIT_SECONDS)
        return data

    def _patiently(self, seconds: float, size_hint: int | None) -> bytes:
        data = None
        if self.waiting.acquire(blocking=False):
            try:
                data = self._within(seconds, size_hint)
            finally:
                self.waiting.release()
        if data is None:
            raise ConnectionResetError(errno.ECONNRESET, "the rest of the request did not come")
        return data

    def _within(self, seconds: float, size_hint: int | None) -> bytes | None:
        if seconds <= 0:
            return None
        self.sock.settimeout(seconds)
        try:
            data: bytes = super().chunk(size_hint)
        except TimeoutError:
            return None
        return data


class Threads(gthread.ThreadWorker):
    """Threads that wait for no half request, and a loop that waits for nobody to hang up."""

    def handle(self, conn: Any) -> Any:
        """One request of a connection.

        A connection that ends is let go of here: the loop, which takes every new one, would wait
        two seconds for each client that does not close its side.
        """
        if isinstance(getattr(conn.parser, "unreader", None), Arriving):
            conn.parser.unreader.begin()
        going_on = super().handle(conn)
        if not going_on:
            with suppress(OSError):
                # The last bytes of an answer reach only a client that may still send.
                util.close_graceful(conn.sock.dup(), timeout=PAUSE_SECONDS)
                # The loop closes it for good, and finds nothing more to wait for.
                conn.sock.shutdown(socket.SHUT_RDWR)
        return going_on


parser.SocketUnreader = Arriving
worker_class = Threads


def post_worker_init(worker: Any) -> None:
    """Start the queue and the socket sweep beside the pages; hold SQLite for one process."""
    app = worker.wsgi
    settings = app.extensions["settings"]
    # What was loaded stays for good: looking through it again and again costs pages their time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER_OBJECTS, 20, 50)
    if settings.sqlite:
        _hold(settings.instance / "web.lock")
    if settings.run_jobs:
        app.extensions["worker"].start()
    app.extensions["live"].start()


def _hold(path: Any) -> None:
    """Take the database for this process; one that is on its way out may finish first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = path.open("a")
    deadline = time.monotonic() + graceful_timeout + 1
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                sys.stderr.write(f"{ALREADY_SERVED}\n")
                # With any other number gunicorn would start the next worker, for ever.
                sys.exit(Arbiter.WORKER_BOOT_ERROR)
            time.sleep(0.1)
        else:
            _held.append(lock)
            return


def worker_exit(_server: Any, worker: Any) -> None:
    """Let the queue finish the row in hand."""
    app = getattr(worker, "wsgi", None)
    if app is not None and app.extensions["settings"].run_jobs:
        app.extensions["worker"].stop()
