"""Rooms of a real node that record: what is asked of whom, and how such a recording ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.media import node as nodes
from app.media.node import Node
from app.media.recording.sealing import open_sealed
from app.media.recording.sink import DISK_FULL, Sink
from app.media.settings import NodeSettings
from app.media.upstream import Stream
from tests.media.asking import SECRET, Client, meet_at
from tests.media.bench import picture

KEY = bytes(range(32))
PATIENCE_SECONDS = 5.0


def made(tmp_path: Path) -> Node:
    return Node(
        NodeSettings(control=tmp_path, secret=SECRET, bind="127.0.0.1", recordings=tmp_path / "r")
    )


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        # What is awaited lies in the node, which tells nobody.
        while not holds():  # noqa: ASYNC110 - as said above
            await asyncio.sleep(0.01)


def played(tmp_path: Path, play: Callable[[Client, Node], Awaitable[None]]) -> None:
    node = made(tmp_path)

    async def whole(client: Client) -> None:
        await play(client, node)

    meet_at(node, tmp_path, whole)


async def record(client: Client, name: str = "visit", **more: str) -> tuple[int, dict[str, object]]:
    return await client.ask(
        "POST", "/rooms/room/recording", name=name, key=KEY.hex(), places="01", **more
    )


def recording(node: Node) -> Sink:
    sink = node._rooms["room"].sink
    assert isinstance(sink, Sink)
    return sink


def test_whose_picture_cannot_be_recorded_yet_is_asked_for_a_whole_one(tmp_path: Path) -> None:
    async def play(client: Client, node: Node) -> None:
        leg = node._engine.legs[str((await client.join(place=0))["leg"])]
        stream = leg.streams[7] = Stream(leg, "video", 7, "")
        stream.last_us = node._engine.now()
        assert await record(client) == (200, {})
        recording(node).write(0, "video", picture(0, key=False), time.monotonic())
        stream.wanted_keyframe = False
        await until(lambda: stream.wanted_keyframe)
        # Nobody waits for the picture of one who has stopped to send.
        stream.last_us -= 10_000_000
        stream.wanted_keyframe = False
        await asyncio.sleep(3 * nodes.LOOK_SECONDS)
        assert not stream.wanted_keyframe

    played(tmp_path, play)


def test_places_that_are_not_named_are_not_in_the_file(tmp_path: Path) -> None:
    async def play(client: Client, node: Node) -> None:
        await client.join()
        await record(client)
        for place in range(4):
            recording(node).write(place, "video", picture(0), time.monotonic())
        await until(lambda: len(recording(node).figures().streams) == 2)
        assert recording(node).figures().streams.keys() == {(0, "video"), (1, "video")}
        assert recording(node).figures().unreadable == 2

    played(tmp_path, play)


def test_a_recording_that_ended_by_itself_is_told_with_its_reason(tmp_path: Path) -> None:
    async def play(client: Client, node: Node) -> None:
        await client.join()
        await record(client)
        assert (await client.ask("GET", "/rooms/room"))[1]["recording"] is True
        recording(node)._end(DISK_FULL)
        said = (await client.ask("GET", "/rooms/room"))[1]
        assert (said["recording"], said["why"]) == (False, "disk-full")

    played(tmp_path, play)


def test_a_second_recording_of_a_room_is_refused(tmp_path: Path) -> None:
    async def play(client: Client, node: Node) -> None:
        await client.join()
        first, second = await asyncio.gather(record(client), record(client, "another"))
        assert sorted([first[0], second[0]]) == [200, 503]
        assert len(list((tmp_path / "r").iterdir())) == 1

    played(tmp_path, play)


def test_a_room_that_stays_empty_closes_its_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "EMPTY_SECONDS", 0.3)

    async def play(client: Client, node: Node) -> None:
        leg = (await client.join())["leg"]
        await record(client)
        await client.ask("DELETE", f"/legs/{leg}")
        began = time.monotonic()
        await until(lambda: not node._rooms)
        assert time.monotonic() - began > 0.2

    played(tmp_path, play)
    (file,) = (tmp_path / "r").iterdir()
    assert not open_sealed(file, KEY).cut


def test_a_node_that_ends_closes_its_recordings_properly(tmp_path: Path) -> None:
    async def play(client: Client, node: Node) -> None:
        await client.join()
        await record(client)

    played(tmp_path, play)
    (file,) = (tmp_path / "r").iterdir()
    assert not open_sealed(file, KEY).cut
