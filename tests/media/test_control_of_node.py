"""The control server before the forwarding node itself, and how soon that is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.node import Node
from app.media.settings import NodeSettings
from tests.media.asking import SECRET, Client, meet_at, token
from tests.media.mutations import mutated
from tests.media.running import ROOT, Plain, answers

START_SECONDS = 1.0
PATIENCE_SECONDS = 20.0


def node(tmp_path: Path, **more: int) -> Node:
    return Node(NodeSettings(control=tmp_path, secret=SECRET, bind="127.0.0.1", **more))


def test_two_people_are_offered_their_places(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        first = await client.join(participant="ana", place=0)
        second = await client.join(participant="ben", place=1, role="clinician")
        assert (first["place"], second["place"], second["others"]) == (0, 1, [0])
        assert "a=mid:v1" in str(first["offer"])
        assert "a=ice-lite" in str(second["offer"])
        assert (await client.ask("GET", "/health"))[1]["legs"] == 2
        assert set((await client.ask("GET", "/rooms/room"))[1]["places"]) == {"0", "1"}
        leg = first["leg"]
        again = (await client.ask("POST", f"/legs/{leg}/restart"))[1]
        assert again["offer"] != first["offer"]
        assert await client.ask("POST", f"/legs/{leg}/show", pictures=False) == (200, {})
        assert await client.ask("DELETE", f"/legs/{leg}") == (200, {})
        assert (await client.ask("POST", f"/legs/{leg}/restart"))[1]["refused"] == "no-leg"
        assert (await client.ask("POST", "/rooms/room/remove", participant="ben")) == (200, {})
        assert (await client.ask("GET", "/health"))[1]["rooms"] == 0
        status, said = await client.ask(
            "POST", "/join", token=token(participant="ben", place=1), connection="page"
        )
        assert (status, said["refused"]) == (403, "removed")

    meet_at(node(tmp_path), tmp_path, play)


def test_a_full_node_takes_back_who_is_there_and_nobody_else(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        await client.join(participant="ana")
        assert await client.join(participant="ana")
        status, said = await client.ask(
            "POST", "/join", token=token(participant="ben", place=1), connection="page"
        )
        assert (status, said["refused"]) == (503, "full")

    meet_at(node(tmp_path, max_legs=1), tmp_path, play)


@pytest.mark.parametrize("sdp", ["", "v=0", "v=0\r\n" * 5000, "a=fingerprint:sha-256 AB", "\u2028"])
def test_an_answer_that_is_none_is_refused(tmp_path: Path, sdp: str) -> None:
    async def play(client: Client) -> None:
        leg = (await client.join())["leg"]
        status, said = await client.ask("POST", f"/legs/{leg}/answer", sdp=sdp)
        assert (status, said["refused"]) == (400, "bad-answer")

    meet_at(node(tmp_path), tmp_path, play)


def test_its_figures_can_be_read(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        async with client.session.get("http://node/metrics") as answer:
            text = await answer.text()
        assert "nearside_media_legs 0" in text.splitlines()
        assert "# TYPE nearside_media_forwarded_total counter" in text

    meet_at(node(tmp_path), tmp_path, play)


@settings(max_examples=5, deadline=None)
@given(st.lists(mutated(), min_size=40, max_size=60))
def test_no_mutated_request_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[str, str, bytes]]
) -> None:
    directory = tmp_path_factory.mktemp("n")

    async def play(client: Client) -> None:
        leg = (await client.join())["leg"]
        for method, path, body in requests:
            status, said = await client.send(method, path.replace("leg-1", str(leg)), body)
            assert status < 500 or said["refused"] in {"busy", "full"}, (method, path, body)
        assert (await client.ask("GET", "/health"))[0] == 200

    meet_at(node(directory), directory, play)


def processor_seconds(socket: Path) -> float:
    """What the node says that it has used so far."""
    one = Plain(socket)
    one.request("GET", "/metrics")
    lines = one.getresponse().read().decode().splitlines()
    one.close()
    (line,) = [line for line in lines if line.startswith("nearside_media_cpu_seconds_total ")]
    return float(line.split()[1])


def test_it_is_there_within_a_second(tmp_path: Path) -> None:
    """In processor time, so that a busy machine does not look like a slow node."""
    environ = {
        "PATH": os.environ["PATH"],
        "NEARSIDE_INSTANCE": str(tmp_path),
        "NEARSIDE_MEDIA_SECRET": SECRET.decode(),
        "NEARSIDE_MEDIA_BIND": "127.0.0.1",
    }
    socket = tmp_path / "media" / "node-0.sock"
    with subprocess.Popen(
        [sys.executable, "-m", "app.media", "--node", "0"],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(socket):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.005)
        assert processor_seconds(socket) < START_SECONDS
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_SECONDS) == 0


def test_no_web_worker_loads_what_the_node_needs() -> None:
    """The portal knows tokens and the seal of recordings; event loops and codecs stay outside."""
    code = (
        "import sys, json, tempfile\n"
        "from app import create_app\n"
        "from app.kernel.settings import Settings\n"
        "told = {'NEARSIDE_ENVIRONMENT': 'demo', 'NEARSIDE_INSTANCE': tempfile.mkdtemp()}\n"
        "create_app(Settings.from_environment(told))\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout)
    foreign = {"aiohttp", "aiortc", "aioice", "av", "pylibsrtp", "ifaddr"}
    assert {name.partition(".")[0] for name in loaded} & foreign == set()
    known = {name.removeprefix("app.media.") for name in loaded if name.startswith("app.media.")}
    assert known == {"tokens", "recording", "recording.sealing"}
