"""A small node in a process of its own, on the socket that a portal looks for."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 20.0


class Running:
    """One node's process."""

    def __init__(self, environ: Mapping[str, str], path: Path, index: int) -> None:
        self.environ = {"PATH": os.environ["PATH"], **environ}
        self.path = path
        self.index = index
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.media.small_node", str(self.index)],
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.path):
            assert process.poll() is None, "the node ended by itself"
            assert time.monotonic() < deadline, "the node did not start in time"
            time.sleep(0.02)
        return process

    def kill(self) -> None:
        """End it as a crash does: its socket stays behind, with nobody listening."""
        self.process.kill()
        self._bury()

    def stop(self) -> None:
        """Cut its tether."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self._bury()

    def again(self) -> None:
        """Start it anew at the same place."""
        self.process = self._start()

    def _bury(self) -> None:
        self.process.wait(START_SECONDS)
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()


def answers(path: Path) -> bool:
    """Whether somebody listens at a socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


class Plain(http.client.HTTPConnection):
    """HTTP to a node's socket, for a test's own questions."""

    def __init__(self, path: Path) -> None:
        super().__init__("node", timeout=5)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(5)
        self.sock.connect(str(self.path))


@contextmanager
def running(instance: Path, secret: str, index: int = 0, **more: str) -> Iterator[Running]:
    """A small node whose control socket is where the portal of this instance expects it."""
    environ = {"NEARSIDE_INSTANCE": str(instance), "NEARSIDE_MEDIA_SECRET": secret, **more}
    node = Running(environ, instance / "media" / f"node-{index}.sock", index)
    try:
        yield node
    finally:
        if node.process.poll() is None:
            node.stop()
