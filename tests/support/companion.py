"""A server started for the tests that cannot outlive them.

A guard process starts the program and reads from a pipe that only the tests hold open. When they
end, however they end, the pipe closes, and the guard stops the program and all it started.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

GRACE_SECONDS = 10.0


class Companion:
    """One program under a guard; its output goes to a log."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        environment: dict[str, str] | None = None,
        user: str = "",
        stop: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.log = log
        guard = [sys.executable, __file__, user, str(int(stop)), *command]
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                guard,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
            )

    @property
    def guard(self) -> int:
        """The number of the process that watches over the program."""
        return self._guard.pid

    @property
    def running(self) -> bool:
        """Whether the program is still there."""
        return self._guard.poll() is None

    def stop(self) -> None:
        """End the program and wait until it is gone."""
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.close()
        self._guard.wait(timeout=2 * GRACE_SECONDS)

    def tail(self, lines: int = 30) -> str:
        """The end of the log, for the message of a failure."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def guard(user: str, stop: int, command: list[str], held_open: IO[bytes]) -> int:
    """Run the command until it ends or the pipe closes, then end its whole process group."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        user=user or None,
        group=user or None,
        extra_groups=[] if user else None,
    )
    while child.poll() is None:
        if select.select([held_open], [], [], 0.1)[0] and not held_open.read(1):
            break
    if child.poll() is None:
        child.send_signal(stop)
    try:
        status = child.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        status = -signal.SIGKILL
    _end_group(child.pid)
    return abs(status)


def _end_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return  # everything had already ended


if __name__ == "__main__":
    sys.exit(guard(sys.argv[1], int(sys.argv[2]), sys.argv[3:], sys.stdin.buffer))
