"""Node processes: started, started again, drained, and gone when whoever kept them is gone."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.media.settings import NodeSettings
from app.media.tokens import Claims, fresh_nonce, sign
from tests.media.running import ROOT, Plain, answers

SECRET = "d9Jq-6Zr2mXw8Ty4KvBn0PsLhFgUcEa1"
PATIENCE = 20.0


class Kept:
    """A supervisor in a process of its own, and what it logged."""

    def __init__(self, instance: Path, **more: str) -> None:
        self.control = instance / "media"
        self.log = instance / "media.log"
        environ = {
            "PATH": os.environ["PATH"],
            "NEARSIDE_INSTANCE": str(instance),
            "NEARSIDE_MEDIA_SECRET": SECRET,
            "NEARSIDE_MEDIA_PROCESSES": "2",
            **more,
        }
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.media.small_supervisor"],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.PIPE,
                stderr=log,
            )

    def socket(self, node: int) -> Path:
        return self.control / f"node-{node}.sock"

    def pid(self, node: int) -> int:
        """The process of a node, as it logged when it started the last time."""
        return [one for one in self.logged("node_started") if one["node"] == node][-1]["pid"]

    def logged(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line["event"] == event]

    def ask(self, node: int, method: str, path: str, **body: object) -> dict[str, Any]:
        one = Plain(self.socket(node))
        one.request(method, path, json.dumps(body) if body else None)
        said: dict[str, Any] = json.loads(one.getresponse().read())
        one.close()
        return said

    def join(self, node: int, room: str) -> dict[str, Any]:
        claims = Claims(room, "ana", 0, "patient", int(time.time()) + 50, fresh_nonce())
        token = sign(claims, SECRET.encode())
        return self.ask(node, "POST", "/join", token=token, connection="page")


@contextmanager
def kept(instance: Path, **more: str) -> Iterator[Kept]:
    one = Kept(instance, **more)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait(PATIENCE)
        if one.process.stdin is not None:
            one.process.stdin.close()


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def both(one: Kept) -> bool:
    return all(answers(one.socket(node)) for node in (0, 1))


def test_each_node_has_a_socket_for_its_owner_alone(tmp_path: Path) -> None:
    with kept(tmp_path) as one:
        until(lambda: both(one), "two nodes")
        for node in (0, 1):
            assert stat.S_IMODE(one.socket(node).stat().st_mode) == 0o600
            assert one.ask(node, "GET", "/health")["status"] == "ok"
        assert stat.S_IMODE(one.control.stat().st_mode) == 0o700


def test_a_node_that_dies_is_started_again_and_the_other_goes_on(tmp_path: Path) -> None:
    with kept(tmp_path) as one:
        until(lambda: both(one), "two nodes")
        one.join(1, "room")
        first = one.pid(0)
        os.kill(first, signal.SIGKILL)
        until(lambda: one.logged("node_died") and one.pid(0) != first, "a new node")
        until(lambda: answers(one.socket(0)), "its answer")
        assert one.ask(1, "GET", "/health")["legs"] == 1
        (died,) = one.logged("node_died")
        assert (died["node"], died["code"]) == (0, -signal.SIGKILL)


def test_told_to_end_it_waits_for_calls_and_takes_no_new_rooms(tmp_path: Path) -> None:
    with kept(tmp_path) as one:
        until(lambda: both(one), "two nodes")
        leg = one.join(0, "room")["leg"]
        one.process.send_signal(signal.SIGTERM)
        until(lambda: not answers(one.socket(1)), "the empty node to end")
        until(lambda: one.ask(0, "GET", "/health")["draining"], "the other to drain")
        assert one.join(0, "another")["refused"] == "draining"
        assert one.join(0, "room")["place"] == 0
        assert one.process.poll() is None
        assert one.ask(0, "DELETE", f"/legs/{leg}")["refused"] == "no-leg"
        assert one.ask(0, "DELETE", "/legs/leg-2") == {}
        assert one.process.wait(PATIENCE) == 0
        assert list(one.control.iterdir()) == []


def test_draining_is_bounded(tmp_path: Path) -> None:
    with kept(tmp_path, NEARSIDE_MEDIA_DRAIN_SECONDS="1") as one:
        until(lambda: both(one), "two nodes")
        one.join(0, "room")
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(PATIENCE) == 0


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with kept(tmp_path) as one:
        until(lambda: both(one), "two nodes")
        one.join(0, "room")
        one.process.send_signal(signal.SIGTERM)
        until(lambda: one.ask(0, "GET", "/health")["draining"], "draining")
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(PATIENCE) == 0


def test_nodes_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    with kept(tmp_path) as one:
        until(lambda: both(one), "two nodes")
        one.process.kill()
        one.process.wait(PATIENCE)
        until(lambda: not any(map(answers, map(one.socket, (0, 1)))), "the nodes to end")


def test_it_ends_with_whoever_it_is_tied_to(tmp_path: Path) -> None:
    with kept(tmp_path) as one:
        until(lambda: both(one), "two nodes")
        one.join(0, "room")
        assert one.process.stdin is not None
        one.process.stdin.close()
        assert one.process.wait(PATIENCE) == 0


def test_a_socket_in_use_is_left_alone_and_tried_again(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        until(lambda: both(first), "two nodes")
        with kept(tmp_path) as second:
            until(lambda: second.logged("cannot_listen"), "the second to be turned away")
            assert first.ask(0, "GET", "/health")["status"] == "ok"
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(PATIENCE) == 0


def test_a_node_that_dies_at_once_is_started_ever_later(tmp_path: Path) -> None:
    broken = {"SMALL_NODE": "tests.media.no_such_node", "NEARSIDE_MEDIA_PROCESSES": "1"}
    with kept(tmp_path, **broken) as one:
        until(lambda: len(one.log.read_text().split("node_died")) > 4, "four deaths")
        lines = [line for line in one.log.read_text().splitlines() if "node_died" in line]
        # Each try costs the start of an interpreter on top of the wait before it.
        assert len(lines) < 12
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(PATIENCE) == 0


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.media", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_settings_that_are_wrong_end_it_with_their_sentences() -> None:
    for words in ((), ("--node", "0")):
        done = run(*words, NEARSIDE_MEDIA_SECRET="short", NEARSIDE_MEDIA_UDP_PORT="x")
        assert done.returncode == 3
        assert "NEARSIDE_MEDIA_SECRET is missing or weak" in done.stderr
        assert "NEARSIDE_MEDIA_UDP_PORT must be" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_supervisor_loads_no_library_of_the_node_s() -> None:
    code = "import sys\nimport app.media.__main__\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"aiohttp", "aiortc", "av", "aioice", "pylibsrtp"} == set()


def test_a_path_for_every_node_is_in_the_control_directory(tmp_path: Path) -> None:
    settings = NodeSettings(control=tmp_path, secret=SECRET.encode())
    assert {settings.socket(node).parent for node in range(4)} == {tmp_path}
    assert len({settings.socket(node) for node in range(4)}) == 4
