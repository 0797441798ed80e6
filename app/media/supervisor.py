"""Keeps the node processes running: starts them, starts a dead one again, ends them in good order.

It loads neither the control server nor the media libraries, so that it is up at once and small.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence

from app.media.logs import Log
from app.media.settings import NodeSettings

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 10.0
# Whoever lived this long died of something else than the last time.
SOUND_SECONDS = 30.0
# What a node may need to end once its calls are over.
ENDING_SECONDS = 5.0
BAD_SETTINGS = 3
ENDED_BADLY = 1
log = Log("supervisor")

Command = Callable[[int], Sequence[str]]


class Supervisor:
    """All nodes of one machine; `command` says how a node is started."""

    def __init__(self, settings: NodeSettings, command: Command) -> None:
        self._settings = settings
        self._command = command
        self._running: dict[int, Process] = {}
        self._ending = asyncio.Event()
        self._code = 0

    async def run(self, *, tethered: bool = False) -> int:
        """Live until told to end; answers the exit code: 0 when every node ended well."""
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, self._end, sign)
        if tethered:
            loop.add_reader(sys.stdin.fileno(), self._cut)
        log.info("supervisor_started", count=self._settings.processes)
        keepers = [
            asyncio.create_task(self._keep(index)) for index in range(self._settings.processes)
        ]
        await asyncio.gather(*keepers)
        log.info("supervisor_ended", code=self._code)
        return self._code

    async def _keep(self, index: int) -> None:
        """One node, started again and again, ever later while it dies at once."""
        wait = FIRST_WAIT_SECONDS
        while not self._ending.is_set():
            began = time.monotonic()
            code = await self._live(index)
            if self._ending.is_set():
                # A node that was told so before it could listen to signals has ended well too.
                well = code in {0, -signal.SIGTERM}
                self._code = self._code or (0 if well else ENDED_BADLY)
                return
            if code == BAD_SETTINGS:
                # It would be told the same again.
                self._code = BAD_SETTINGS
                self._end(signal.SIGTERM)
                return
            lived = time.monotonic() - began
            wait = FIRST_WAIT_SECONDS if lived > SOUND_SECONDS else wait
            log.warning("node_died", node=index, code=code, seconds=round(lived, 1))
            await self._pause(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    async def _live(self, index: int) -> int:
        """Run one node to its end; it holds our end of a pipe, and ends with us."""
        process = await asyncio.create_subprocess_exec(
            *self._command(index), stdin=PIPE, stdout=DEVNULL
        )
        self._running[index] = process
        if self._ending.is_set():  # Told to end while it was being started.
            process.terminate()
        try:
            return await self._outlive(process)
        finally:
            del self._running[index]
            if process.stdin is not None:
                process.stdin.close()

    async def _outlive(self, process: Process) -> int:
        """Wait for its end; once it was told to end, not longer than it may drain."""
        ended = asyncio.create_task(process.wait())
        told = asyncio.create_task(self._ending.wait())
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        try:
            async with asyncio.timeout(
                None if ended.done() else self._settings.drain_seconds + ENDING_SECONDS
            ):
                return await ended
        except TimeoutError:
            log.warning("node_killed", pid=process.pid)
            process.kill()
            return await process.wait()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        except TimeoutError:
            return

    def _end(self, sign: signal.Signals) -> None:
        """The first signal drains every node, the second ends them at once."""
        log.info("supervisor_told_to_end", signal=sign.name)
        if self._ending.is_set():
            self._untie()
            return
        self._ending.set()
        for process in self._running.values():
            if process.returncode is None:
                process.terminate()

    def _untie(self) -> None:
        """Let go of the nodes' tethers. Signals will not do: two that come at once become one."""
        for process in self._running.values():
            if process.stdin is not None:
                process.stdin.close()

    def _cut(self) -> None:
        """Whoever started us has died: end without waiting for calls."""
        if os.read(sys.stdin.fileno(), 64):
            return
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        self._ending.set()
        self._untie()
