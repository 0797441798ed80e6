"""Processes that a call depends on, to be killed while it goes."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

from tests.media.running import answers
from tests.support.companion import Companion
from tests.support.server import Server

ROOT = Path(__file__).parents[3]
SECRET = "nearside_media_secret.txt"
PATIENCE_SECONDS = 20.0


class Nodes:
    """The supervisor of one media node, as a clinic runs it."""

    def __init__(self, instance: Path, here: str) -> None:
        self.path = instance / "media" / "node-0.sock"
        self.port = _free_port(here)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "NEARSIDE_INSTANCE": str(instance),
            "NEARSIDE_MEDIA_SECRET": (instance / SECRET).read_text(),
            # Firefox hears no answer that comes from another address than it asked.
            "NEARSIDE_MEDIA_BIND": here,
            "NEARSIDE_MEDIA_UDP_PORT": str(self.port),
            "NEARSIDE_MEDIA_PROCESSES": "1",
            "NEARSIDE_MEDIA_DRAIN_SECONDS": "0",
        }
        command = [sys.executable, "-m", "app.media"]
        self._companion = Companion(command, instance / "nodes.log", environment)
        self.stop = self._companion.stop

    def wait(self) -> None:
        """Until the node answers."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(self.path):
            assert self._companion.running, self._companion.tail()
            assert time.monotonic() < deadline, self._companion.tail()
            time.sleep(0.02)

    def kill(self) -> None:
        """End the node as a crash does; its supervisor is left to it."""
        lines = [json.loads(line) for line in self._companion.log.read_text().splitlines()]
        started = [line["pid"] for line in lines if line["event"] == "node_started"]
        os.kill(started[-1], signal.SIGKILL)


def kill_worker(server: Server) -> None:
    """End the process that serves pages and sockets as a crash does; gunicorn starts another."""
    (arbiter,) = _children(server.companion.guard)
    for worker in _children(arbiter):
        os.kill(worker, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in found.split()]


def _free_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
    return port
