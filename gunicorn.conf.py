"""How gunicorn serves Nearside: threads, because calls and sockets hold one each."""

from __future__ import annotations

import fcntl
import gc
import os
import sys
import time
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.workers import gthread

bind = os.environ.get("NEARSIDE_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("NEARSIDE_WEB_PROCESSES", "1"))
threads = int(os.environ.get("NEARSIDE_THREADS", "120"))
timeout = 60
graceful_timeout = 5
keepalive = 15
forwarded_allow_ips = os.environ.get("NEARSIDE_PROXY_ADDRESSES", "127.0.0.1")
control_socket_disable = True
# A new connection that says nothing waits this long in a thread, and then beside them: with the
# five seconds of its own, whoever opens two dozen a second would hold every thread there is.
gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.5
GARBAGE_AFTER_OBJECTS = 20_000
ALREADY_SERVED = "Nearside already runs on this SQLite database; use PostgreSQL for more."

_held = []


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
