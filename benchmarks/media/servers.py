"""The servers that are compared, each pinned to one core: what they share, and our node."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.media.tokens import Claims, fresh_nonce, sign
from benchmarks.media.addresses import Place
from benchmarks.media.crowd import Person, Remote

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 15.0
TOKEN_SECONDS = 50
WAITS, WAIT_SECONDS = 20, 0.5
SERVER_CORE, CROWD_CORE = 0, 1
FIRST_SERVED = -20
LAST_FINE = 299


class Refusal(RuntimeError):
    """A server answered that it would not."""


class Server:
    """A running server: its process, its processor time, its memory."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def seconds(self) -> float:
        """Processor time of all its threads so far, in user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def megabytes(self) -> float:
        """Resident memory."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", text)
        return int(found[1]) / 1024 if found else 0.0

    def rest(self) -> None:
        """Take no processor time until `resume`: it is another one's turn."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        os.kill(self.pid, signal.SIGCONT)

    async def meet(self, person: Person) -> Remote:
        """Exchange descriptions for one participant."""
        raise NotImplementedError


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("node")
        self._path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


class Node(Server):
    """Our node. Participants are alone in a room and hear themselves, or are in pairs."""

    def __init__(self, pid: int, path: Path, secret: bytes) -> None:
        super().__init__(pid)
        self._path, self._secret = path, secret

    def raw(self, method: str, path: str, said: Mapping[str, object] | None = None) -> str:
        """One question to the control socket; raises Refusal."""
        connection = UnixConnection(self._path)
        connection.request(method, path, json.dumps(said) if said else None)
        answer = connection.getresponse()
        found = answer.read().decode()
        connection.close()
        if answer.status > LAST_FINE:
            raise Refusal(found)
        return found

    def ask(self, method: str, path: str, **said: object) -> dict[str, Any]:
        """The same, with an answer in JSON."""
        found: dict[str, Any] = json.loads(self.raw(method, path, said))
        return found

    def figure(self, name: str) -> float:
        """One of its metrics."""
        text = self.raw("GET", "/metrics")
        found = re.search(rf"^nearside_media_{name} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else float("nan")

    def token(self, room: str, participant: str, place: int) -> str:
        """A token for a minute."""
        expires = int(time.time()) + TOKEN_SECONDS
        claims = Claims(room, participant, place, "patient", expires, fresh_nonce())
        return sign(claims, self._secret)

    def join(self, room: str, place: int, *, echo: bool = False, simulcast: bool = False) -> Any:
        """Join a room: the leg and its offer."""
        return self.ask(
            "POST",
            "/join",
            token=self.token(room, f"person-{place}", place),
            connection=secrets.token_hex(8),
            echo=echo,
            simulcast=simulcast,
        )

    async def _let_in(self, room: str, place: int, *, echo: bool) -> Any:
        """Join, as a browser does: a node that is busy with many who come at once asks to wait."""
        for _ in range(WAITS):
            with suppress(Refusal):
                return self.join(room, place, echo=echo)
            await asyncio.sleep(WAIT_SECONDS)
        return self.join(room, place, echo=echo)

    async def meet(self, person: Person) -> Remote:
        """Join: an echo room, or the room of the pair."""
        pairs = person.crowd.pairs
        room, place = divmod(person.number, 2) if pairs else (person.number, 0)
        joined = await self._let_in(f"room-{room}", place, echo=not pairs)
        answer = "\r\n".join(
            ["v=0", f"a=fingerprint:sha-256 {person.fingerprint}", "m=audio 9 X 111", "a=mid:a"]
        )
        self.ask("POST", f"/legs/{joined['leg']}/answer", sdp=answer)
        return Remote.read(joined["offer"])


@contextmanager
def node(place: Place, *, bind: str | None = None, **environment: str) -> Iterator[Node]:
    """One node process on one core."""
    secret = secrets.token_urlsafe(40)
    with tempfile.TemporaryDirectory(prefix="nearside-bench-") as folder:
        told = {
            "NEARSIDE_MEDIA_CONTROL": folder,
            "NEARSIDE_MEDIA_SECRET": secret,
            "NEARSIDE_MEDIA_PROCESSES": "1",
            "NEARSIDE_MEDIA_BIND": bind or place.server,
            "NEARSIDE_MEDIA_MAX_LEGS": "2000",
            "NEARSIDE_MEDIA_RECORDINGS": f"{folder}/recordings",
        }
        program = [sys.executable, "-m", "app.media"]
        with process(program, os.environ | told | environment) as started:
            path = Path(folder) / "node-0.sock"
            wait(path.exists, started)
            yield Node(_last_child(started.pid), path, secret.encode())


@contextmanager
def process(
    command: list[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A program and all its children on the server's core, ended with everything it began."""
    started = subprocess.Popen(
        ["taskset", "-c", str(SERVER_CORE), *command],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        favour(started.pid, FIRST_SERVED)
        yield started
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def favour(pid: int, nice: int) -> None:
    """Serve a program before others, where we may: what else the machine does must not count."""
    if os.geteuid() != 0:
        return
    os.setpriority(os.PRIO_PROCESS, pid, nice)
    # Linux weighs sessions first, and only then the processes of each.
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():
        group.write_text(str(nice))


def wait(is_there: Callable[[], bool], started: subprocess.Popen[bytes]) -> None:
    """Until a server can be asked; raises Refusal when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not is_there():
        if started.poll() is not None or time.monotonic() > deadline:
            raise Refusal(f"{started.args!r} did not start")
        time.sleep(0.02)


def _last_child(pid: int) -> int:
    """The process that forwards, where the one we started watches over it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[-1]) if children else pid
