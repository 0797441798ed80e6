"""`make run`'s command: people, codes, a clean end, and no second copy of itself."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.demo.rules import PEOPLE
from tests.media.running import answers
from tests.support.ports import free_port

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
CODE = re.compile(r"code (\d{6})")


@contextmanager
def started(instance: Path, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """The demo in a process of its own, ended as by Ctrl-C."""
    environment = os.environ | {
        "NEARSIDE_ENVIRONMENT": "demo",
        "NEARSIDE_INSTANCE": str(instance),
        "NEARSIDE_PORT": str(port),
        **more,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        try:
            yield demo
        finally:
            end(demo)


def end(demo: subprocess.Popen[str]) -> str:
    """Press Ctrl-C, and read its last words."""
    if demo.poll() is None:
        demo.send_signal(signal.SIGINT)
    said = demo.stdout.read() if demo.stdout and not demo.stdout.closed else ""
    demo.wait(PATIENCE)
    return said


def until_codes(demo: subprocess.Popen[str]) -> str:
    """What it prints until everybody has their code."""
    assert demo.stdout is not None
    said, deadline = "", time.monotonic() + PATIENCE
    while len(CODE.findall(said)) < len(PEOPLE) and time.monotonic() < deadline:
        line = demo.stdout.readline()
        if not line:
            break
        said += line
    return said


def test_demo_shows_five_people_ends_cleanly_and_keeps_its_data(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port) as demo:
        first = until_codes(demo)
        last = end(demo)
    assert "First start" in first
    assert f"http://localhost:{port}" in first
    assert len(CODE.findall(first)) == 5
    assert "Everything is kept" in last
    assert demo.returncode == 0
    with started(tmp_path, port) as again:
        second = until_codes(again)
    assert "First start" not in second
    assert len(CODE.findall(second)) == 5


def test_second_copy_of_the_same_clinic_says_so(tmp_path: Path) -> None:
    with started(tmp_path, free_port()) as demo:
        assert len(CODE.findall(until_codes(demo))) == 5
        with started(tmp_path, free_port()) as second:
            said, _ = second.communicate(timeout=PATIENCE)
            assert "running already" in said


def test_second_copy_is_kept_away_while_the_first_still_opens_the_clinic(tmp_path: Path) -> None:
    with started(tmp_path, free_port()) as demo:
        assert demo.stdout is not None
        assert "First start" in demo.stdout.readline()
        with started(tmp_path, free_port()) as second:
            said, _ = second.communicate(timeout=PATIENCE)
            assert "running already" in said
        assert len(CODE.findall(until_codes(demo))) == 5


def test_first_start_that_was_interrupted_begins_again(tmp_path: Path) -> None:
    with started(tmp_path, free_port()) as demo:
        assert demo.stdout is not None
        assert "First start" in demo.stdout.readline()
        deadline = time.monotonic() + PATIENCE
        while not (tmp_path / "demo.db").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        demo.send_signal(signal.SIGKILL)
    with started(tmp_path, free_port()) as again:
        said = until_codes(again)
    assert "First start" in said
    assert len(CODE.findall(said)) == 5


def node_of(instance: Path) -> Path:
    return instance / "media" / "node-0.sock"


def wait_for(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def children(of: int) -> dict[int, str]:
    """The processes that this one started, and how they were called."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            words = path.joinpath("cmdline").read_bytes().decode().split("\0")
        except (OSError, IndexError):
            continue
        if parent == of:
            found[int(path.name)] = " ".join(words)
    return found


def test_demo_has_a_media_node_beside_it_that_comes_back_and_ends_with_it(tmp_path: Path) -> None:
    with started(tmp_path, free_port()) as demo:
        until_codes(demo)
        wait_for(lambda: answers(node_of(tmp_path)), "the media node")
        (keeper,) = [pid for pid, words in children(demo.pid).items() if "app.media" in words]
        os.kill(keeper, signal.SIGKILL)
        wait_for(lambda: not answers(node_of(tmp_path)), "the node to follow its keeper")
        wait_for(lambda: answers(node_of(tmp_path)), "another media node")
        assert "Everything is kept" in end(demo)
    wait_for(lambda: not answers(node_of(tmp_path)), "the node to end")


def test_demo_starts_where_no_media_node_can(tmp_path: Path) -> None:
    with started(tmp_path, free_port(), NEARSIDE_MEDIA_BIND="192.0.2.1") as demo:
        assert len(CODE.findall(until_codes(demo))) == 5
        log = tmp_path / "media.log"
        wait_for(lambda: log.exists() and "cannot_listen" in log.read_text(), "the refusal")
        assert not answers(node_of(tmp_path))
        assert "Everything is kept" in end(demo)
