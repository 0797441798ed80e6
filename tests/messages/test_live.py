"""Hints over real sockets of the real server, and the guard before them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import websocket

from app.accounts import operations as accounts
from app.kernel.actor import Role
from app.kernel.live import JOIN_SECONDS
from app.messages import operations
from tests.messages.served import PATH, Closed, Peer, Served
from tests.support.portal import Someone

SOON = 2.0
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
REFUSED = 403


@pytest.fixture
def opened(served: Served) -> Iterator[list[Peer]]:
    """Sockets to close when the test ends; then wait until the server has noticed."""
    peers: list[Peer] = []
    yield peers
    for one in peers:
        one.close()


def connect(served: Served, opened: list[Peer], someone: Someone) -> Peer:
    peer = served.open(someone)
    opened.append(peer)
    return peer.join()


def refusal(served: Served, someone: Someone | None, **changed: object) -> int:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        served.open(someone, **changed)
    return refused.value.status_code


def newcomer(served: Served) -> Someone:
    """A patient of the clinic's team whom no other test knows."""
    return served.portal.patient(served.clinic.clinician, served.clinic.coordinator)


def test_hint_reaches_the_patient_and_their_team_and_nobody_else(
    served: Served, opened: list[Peer]
) -> None:
    portal, clinic = served.portal, served.clinic
    stranger = portal.patient(portal.person(Role.COORDINATOR))
    colleague = portal.person(Role.CLINICIAN)
    patient = newcomer(served)
    near = [connect(served, opened, one) for one in (patient, clinic.clinician, clinic.coordinator)]
    far = [connect(served, opened, one) for one in (stranger, colleague, clinic.administrator)]
    assert patient.patient_id is not None
    with portal.inside():
        operations.send(portal.actor(patient), patient.patient_id, "only for my team")
    for peer in near:
        assert peer.event() == [
            "changed",
            {"changed": "messages", "id": str(patient.patient_id)},
        ]
    assert all(peer.is_silent(0.7) for peer in far)


def test_socket_of_an_ended_session_closes_within_two_seconds(
    served: Served, opened: list[Peer]
) -> None:
    patient = newcomer(served)
    peer = connect(served, opened, patient)
    bystander = connect(served, opened, served.clinic.clinician)
    with served.portal.inside():
        accounts.end_every_session(patient.id)
    assert peer.closes_within(SOON)
    assert not bystander.closes_within(0.5)
    assert refusal(served, patient) == REFUSED


def test_socket_that_never_joins_is_closed_soon(served: Served, opened: list[Peer]) -> None:
    patient = newcomer(served)
    silent, joined = served.open(patient), connect(served, opened, patient)
    opened.append(silent)
    assert silent.closes_within(JOIN_SECONDS + SOON)
    assert not joined.closes_within(0.3)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "http://localhost", "https://localhost:{port}"],
)
def test_another_origin_is_refused_at_once(served: Served, origin: str) -> None:
    began = time.monotonic()
    said = origin.format(port=served.server.port)
    assert refusal(served, served.clinic.patient, origin=said) == REFUSED
    assert time.monotonic() - began < 1.0


def test_missing_origin_is_refused(served: Served) -> None:
    assert refusal(served, served.clinic.patient, suppress_origin=True) == REFUSED


def test_nobody_and_a_made_up_session_are_refused(served: Served) -> None:
    assert refusal(served, None) == REFUSED
    assert refusal(served, None, cookie="__Host-session=made-up") == REFUSED


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_other_methods_are_refused_even_to_those_signed_in(
    served: Served, method: str, transport: str
) -> None:
    path = f"/socket.io/?EIO=4&transport={transport}"
    cookie = served.cookie(served.clinic.patient)
    assert served.knock(method, path, Cookie=cookie, **UPGRADE) == REFUSED


@pytest.mark.parametrize(
    "path", ["/socket.io/?EIO=4&transport=polling", "/socket.io/", "/socket.io", PATH]
)
def test_polling_is_refused_even_to_those_signed_in(served: Served, path: str) -> None:
    assert served.knock(path=path, Cookie=served.cookie(served.clinic.patient)) == REFUSED


def test_polling_dressed_as_an_upgrade_is_refused(served: Served) -> None:
    cookie = served.cookie(served.clinic.patient)
    path = "/socket.io/?EIO=4&transport=polling"
    assert served.knock(path=path, Cookie=cookie, **UPGRADE) in {400, REFUSED}


def test_five_sockets_a_person_and_not_one_more(served: Served, opened: list[Peer]) -> None:
    patient = newcomer(served)
    for _ in range(5):
        connect(served, opened, patient)
    assert refusal(served, patient) == REFUSED
    opened.pop().close()
    assert _opens_again(served, opened, patient)


def test_sockets_that_never_join_count_as_well(served: Served, opened: list[Peer]) -> None:
    patient = newcomer(served)
    opened += [served.open(patient) for _ in range(5)]
    assert refusal(served, patient) == REFUSED


def test_ten_sockets_opened_at_once_are_five(served: Served, opened: list[Peer]) -> None:
    patient = newcomer(served)

    def attempt(_number: int) -> Peer | None:
        try:
            return served.open(patient).join()
        except (websocket.WebSocketBadStatusException, PermissionError, Closed):
            return None

    with ThreadPoolExecutor(10) as pool:
        won = [one for one in pool.map(attempt, range(10)) if one]
    opened += won
    assert len(won) == 5


def test_pages_answer_while_every_socket_is_taken(served: Served, opened: list[Peer]) -> None:
    people = [newcomer(served) for _ in range(4)]
    for person in people:
        for _ in range(5):
            try:
                opened.append(served.open(person))
            except websocket.WebSocketBadStatusException:
                break
    began = time.monotonic()
    assert served.knock(path="/health") == 200
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(
    "frame",
    [
        "42" + "[" * 3000,
        "42{",
        '42["unfinished"',
        "4nonsense",
        "42[]",
        '42["messages:typing", {"patient": 1, "patient": 2}]',
        '42["messages:typing", {"patient": NaN}]',
        '42["messages:typing", {"patient": 1e999}]',
        '42["messages:typing", {"patient": "\\ud800"}]',
        '42["messages:typing", ' + "[" * 40 + "]" * 40 + "]",
    ],
    ids=repr,
)
def test_frame_that_cannot_be_read_ends_its_socket_quietly(served: Served, frame: str) -> None:
    peer = served.open(served.clinic.patient).join()
    peer.raw.send(frame)
    assert peer.closes_within(SOON)
    peer.close()
    assert "Traceback" not in served.server.log


def test_flood_of_anonymous_posts_leaves_the_server_answering(served: Served) -> None:
    def attack(_number: int) -> int:
        return served.knock("POST", "/socket.io/?EIO=4&transport=polling", **UPGRADE)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(attack, range(40))) == {REFUSED}
    began = time.monotonic()
    assert served.knock(path="/health") == 200
    assert time.monotonic() - began < 1.0


def _opens_again(served: Served, opened: list[Peer], someone: Someone) -> bool:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        try:
            opened.append(served.open(someone).join())
        except (websocket.WebSocketBadStatusException, PermissionError):
            time.sleep(0.1)
        else:
            return True
    return False
