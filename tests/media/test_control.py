"""The control server: what it answers, and that nothing said to it makes it fall over."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media import control
from app.media.refusals import SENTENCES
from tests.media.asking import Client, meet, token
from tests.media.mutations import mutated
from tests.media.small_node import SmallNode

ANSWER = "v=0\r\n"


def test_two_people_join_answer_restart_and_leave(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        first = await client.join(participant="ana", place=0)
        second = await client.join(participant="ben", place=1, role="clinician")
        assert (first["others"], second["others"]) == ([], [0])
        for one in (first, second):
            leg = one["leg"]
            assert await client.ask("POST", f"/legs/{leg}/answer", sdp=ANSWER) == (200, {})
        status, again = await client.ask("POST", f"/legs/{first['leg']}/restart")
        assert (status, again["offer"] == first["offer"]) == (200, False)
        shown = await client.ask("POST", f"/legs/{first['leg']}/show", pictures=False)
        assert shown == (200, {})
        status, room = await client.ask("GET", "/rooms/room")
        there = {"answered": True, "pictures": True}
        assert room == {
            "places": {"0": there | {"pictures": False}, "1": there},
            "recording": False,
        }
        assert await client.ask("DELETE", f"/legs/{first['leg']}") == (200, {})
        status, gone = await client.ask("DELETE", f"/legs/{first['leg']}")
        assert (status, gone["refused"]) == (404, "no-leg")

    meet(tmp_path, play)


def test_a_person_who_was_removed_stays_out_with_a_good_token(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        await client.join(participant="ana")
        assert (await client.ask("POST", "/rooms/room/remove", participant="ana"))[0] == 200
        status, said = await client.ask("POST", "/join", token=token(), connection="page")
        assert (status, said["refused"]) == (403, "removed")

    meet(tmp_path, play)


def test_a_recording_begins_and_ends(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        await client.join()
        begun = await client.ask("POST", "/rooms/room/recording", name="visit-1", key="ab" * 32)
        assert begun == (200, {})
        ended = await client.ask("DELETE", "/rooms/room/recording")
        assert ended == (200, {"file": "visit-1", "seconds": 1.5})
        status, said = await client.ask("DELETE", "/rooms/room/recording")
        assert (status, said["refused"]) == (409, "not-recording")

    meet(tmp_path, play)


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (lambda: "no token", "bad-token"),
        (lambda: token()[:-1] + "-", "bad-token"),
        (lambda: token(expires=int(time.time()) - 5), "expired"),
        (lambda: token(expires=int(time.time()) + 500), "bad-token"),
    ],
)
def test_a_bad_token_opens_nothing(tmp_path: Path, made: Callable[[], str], refused: str) -> None:
    async def play(client: Client) -> None:
        status, said = await client.ask("POST", "/join", token=made(), connection="page")
        assert (status, said) == (403, {"refused": refused, "words": SENTENCES[refused]})
        assert client.node.legs == {}

    meet(tmp_path, play)


def test_a_token_is_used_once(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        made = token()
        asked = [client.ask("POST", "/join", token=made, connection="page") for _ in range(5)]
        assert sorted(status for status, _ in await asyncio.gather(*asked)) == [200] + [403] * 4
        assert len(client.node.legs) == 1
        assert client.node.joins == 1

    meet(tmp_path, play)


def test_a_token_that_was_refused_for_now_can_be_used_later(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        leg = (await client.join(participant="ana"))["leg"]
        made = token(participant="ben")
        assert (await client.ask("POST", "/join", token=made, connection="page"))[0] == 503
        await client.ask("DELETE", f"/legs/{leg}")
        assert (await client.ask("POST", "/join", token=made, connection="page"))[0] == 200

    meet(tmp_path, play, most=1)


BODIES = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b"\xff\xfe",
    b'{"token": "x"}',
    b'{"token": "x", "connection": "y", "more": ""}',
    b'{"token": "x", "token": "x", "connection": "y"}',
    b'{"token": 1, "connection": "y"}',
    b'{"token": NaN, "connection": "y"}',
    b'{"token": 1e999, "connection": "y"}',
    b'{"token": ' + b"9" * 5000 + b', "connection": "y"}',
    b'{"token": null, "connection": "y"}',
    b'{"token": "x", "connection": "y", "echo": "yes"}',
    b'{"token": "x", "connection": "y", "echo": 1}',
    b'{"token": "x", "connection": ""}',
    b'{"token": "x", "connection": "../y"}',
    b'{"token": "x", "connection": "' + b"y" * 65 + b'"}',
    rb'{"token": "\ud800", "connection": "y"}',
    rb'{"token": "\u0000", "connection": "y"}',
    b'{"token": "' + b"x" * 50_000 + b'", "connection": "y"}',
    b'{"token": ' + b"[" * 20_000 + b"]" * 20_000 + b', "connection": "y"}',
    b"[" * 60_000,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:40]))
def test_a_body_that_is_not_asked_for_is_refused_in_a_sentence(tmp_path: Path, body: bytes) -> None:
    async def play(client: Client) -> None:
        status, said = await client.send("POST", "/join", body)
        assert (status, said["refused"]) == (400, "bad-request")
        assert str(said["words"]).endswith(".")

    meet(tmp_path, play)


def test_a_body_is_bounded(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        status, said = await client.send("POST", "/join", b" " * (control.LARGEST_BODY + 1))
        assert (status, said["refused"]) == (413, "too-large")
        assert (await client.ask("GET", "/health"))[0] == 200

    meet(tmp_path, play)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/legs/leg-1", 405),
        ("GET", "/join", 405),
        ("DELETE", "/legs/a%2Fb", 404),
        ("DELETE", "/legs/" + "x" * 65, 404),
        ("GET", "/rooms/r%C3%A4um", 404),
        ("PATCH", "/health", 405),
        ("POST", "/rooms/nobody/remove", 400),
        ("GET", "/rooms/nobody", 404),
        ("POST", "/rooms/nobody/recording", 400),
    ],
)
def test_an_address_that_is_not_there_is_refused_in_a_sentence(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async def play(client: Client) -> None:
        got, said = await client.ask(method, path)
        assert got == status
        assert set(said) == {"refused", "words"}

    meet(tmp_path, play)


@pytest.mark.parametrize("key", ["", "ab" * 31, "ab" * 33, "zz" * 32, "ab" * 31 + "é"])
def test_a_key_that_is_none_records_nothing(tmp_path: Path, key: str) -> None:
    async def play(client: Client) -> None:
        await client.join()
        status, _ = await client.ask("POST", "/rooms/room/recording", name="visit", key=key)
        assert status == 400
        assert client.node.recording == {}

    meet(tmp_path, play)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 40,
        b"HELLO\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /join HTTP/1.1\r\nHost: node\r\nContent-Length: -1\r\n\r\n",
        b"POST /join HTTP/1.1\r\nHost: node\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /join HTTP/1.1\r\nHost: node\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: node\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: node\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    ],
    ids=lambda sent: repr(sent[:30]),
)
def test_what_is_not_http_is_refused_and_hung_up_on(tmp_path: Path, sent: bytes) -> None:
    async def play(client: Client) -> None:
        got = await client.raw(sent)
        head, _, body = got.partition(b"\r\n\r\n")
        assert head.split()[1].startswith(b"4"), got
        assert set(json.loads(body)) == {"refused", "words"}
        assert (await client.ask("GET", "/health"))[0] == 200

    meet(tmp_path, play)


def test_clients_that_vanish_in_mid_request_cost_nothing(tmp_path: Path) -> None:
    half = b"POST /join HTTP/1.1\r\nHost: node\r\nContent-Length: 500\r\n\r\n" + b"{" * 100

    async def play(client: Client) -> None:
        await client.ask("GET", "/health")
        before = len(asyncio.all_tasks())
        for _ in range(100):
            await client.raw(half, wait=False)
        for _ in range(500):
            if len(asyncio.all_tasks()) <= before:
                break
            await asyncio.sleep(0.02)
        assert len(asyncio.all_tasks()) <= before
        assert client.node.legs == {}
        assert await client.join()

    meet(tmp_path, play)


def test_a_flood_of_joins_is_refused_and_passes(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        said = [
            await client.ask("POST", "/join", token="x", connection="y")
            for _ in range(int(control.JOINS_BURST) + 60)
        ]
        assert {status for status, _ in said} == {403, 429}
        assert {one["refused"] for status, one in said if status == 429} == {"too-fast"}
        assert (await client.ask("GET", "/health"))[0] == 200
        await asyncio.sleep(3 / control.JOINS_PER_SECOND)
        assert await client.join()

    meet(tmp_path, play)


def test_a_full_node_says_so(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        await client.join(participant="ana")
        status, said = await client.ask(
            "POST", "/join", token=token(participant="ben"), connection="page"
        )
        assert (status, said["refused"]) == (503, "full")

    meet(tmp_path, play, most=1)


def test_health_and_figures_tell_how_the_node_does(tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        await client.join(participant="ana", place=0)
        await client.join(participant="ben", place=1)
        assert await client.ask("GET", "/health") == (
            200,
            {"status": "ok", "load": 0.25, "rooms": 1, "legs": 2, "draining": False},
        )
        async with client.session.get("http://node/metrics") as answer:
            text = await answer.text()
        lines = text.splitlines()
        assert "nearside_media_legs 2" in lines
        assert "# TYPE nearside_media_joins_total counter" in lines
        assert 'nearside_media_packets_total{kind="audio"} 0' in lines
        assert "nearside_media_draining 0" in lines

    meet(tmp_path, play)


class Broken(SmallNode):
    async def restart(self, leg: str) -> dict[str, object]:
        raise ZeroDivisionError("a fault of the node")


def test_a_fault_of_ours_is_a_sentence_and_the_connection_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(client: Client) -> None:
        client.node.__class__ = Broken
        status, said = await client.ask("POST", "/legs/leg-1/restart")
        assert (status, said["refused"]) == (500, "trouble")
        assert (await client.ask("GET", "/health"))[0] == 200

    meet(tmp_path, play)


@settings(max_examples=10, deadline=None)
@given(st.lists(mutated(), min_size=40, max_size=60))
def test_no_mutated_request_makes_it_fall_over(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[str, str, bytes]]
) -> None:
    async def play(client: Client) -> None:
        await client.join()
        for method, path, body in requests:
            status, said = await client.send(method, path, body)
            assert status < 500, (method, path, body)
            assert status == 200 or set(said) == {"refused", "words"}
        assert (await client.ask("GET", "/health"))[0] == 200

    meet(tmp_path_factory.mktemp("n"), play)


@pytest.mark.parametrize("places", ["", "4", "00", "0 1", "-1", "²"])
def test_places_that_no_room_has_are_not_recorded(tmp_path: Path, places: str) -> None:
    async def play(client: Client) -> None:
        await client.join()
        said = {"name": "visit", "key": "ab" * 32, "places": places}
        assert (await client.ask("POST", "/rooms/room/recording", **said))[0] == 400
        assert client.node.recording == {}

    meet(tmp_path, play)
