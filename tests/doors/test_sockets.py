"""The doors of the live socket: the guard before it, the handshake, and every event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask_socketio import SocketIOTestClient

from app.accounts import operations as accounts
from app.care import queries as care
from app.care.queries import PatientView
from app.care.rules.consents import Purpose
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role, Stage
from app.kernel.refusal import Refusal
from app.kernel.room import Room
from tests.care import consenting
from tests.doors.asking import Asker
from tests.doors.objects import FACTORIES, Case, Scene
from tests.doors.walk import Event, events
from tests.support.portal import COOKIE, ORIGIN, Someone, Visitor

HOST = ORIGIN.removeprefix("https://")
UPGRADE = {"Origin": ORIGIN, "Host": HOST, "Upgrade": "websocket", "Connection": "Upgrade"}
SAMPLES: dict[object, object] = {str: "x", int: 1, bool: True}
# An event before its hour, of a page that another one replaced, or where no media node runs.
RULES_SAY_NO = {"Refusal", "Closed", "Replaced", "Absent"}
# What some words must look like.
WORDS: dict[str, object] = {
    "connection": "a-page-of-mine",
    "to": "a-page-of-theirs",
    "kind": "candidate",
    "action": "join",
    "step": "see",
    "body": '{"candidate": "", "sdpMid": "0", "sdpMLineIndex": 0}',
}


@pytest.fixture
def asker(scene: Scene) -> Asker:
    return Asker(scene)


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    """Close what a test opened: a person may hold five sockets at once."""
    yield
    for one in SocketIOTestClient.clients.values():
        if one.is_connected():
            one.disconnect()
    SocketIOTestClient.clients.clear()


def connect(asker: Asker, token: str | None) -> SocketIOTestClient:
    headers = {"Host": HOST} | ({"Cookie": f"{COOKIE}={token}"} if token else {})
    app = asker.portal.app
    return SocketIOTestClient(app, app.extensions["live"].server, headers=headers)


def say(socket: SocketIOTestClient, event: str, data: object) -> Any:
    return socket.emit(event, data, callback=True)


# ------------------------------------------------------------------ the guard


def handshake(visitor: Visitor, method: str = "GET", body: bytes = b"", **changed: str) -> int:
    path = "/socket.io/?EIO=4&transport=websocket"
    answer = visitor.client.open(
        path, method=method, base_url=ORIGIN, headers={**UPGRADE, **changed}, data=body
    )
    return answer.status_code


def test_signed_in_page_reaches_the_socket_server(asker: Asker) -> None:
    visitor = asker.visitor(Role.PATIENT)
    # There is no socket under the test client to upgrade, and the server says so itself.
    with pytest.raises(RuntimeError, match="Cannot obtain socket"):
        handshake(visitor)


@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ORIGIN + ".evil.example"},
        {"Host": "evil.example"},
        {"Upgrade": "h2c"},
    ],
    ids=str,
)
def test_guard_refuses_what_is_not_our_own_pages_upgrade(
    asker: Asker, changed: dict[str, str]
) -> None:
    visitor = asker.visitor(Role.PATIENT)
    assert handshake(visitor, **changed) == 403


def test_refusal_of_the_guard_may_be_neither_kept_nor_run(asker: Asker) -> None:
    answer = asker.visitor(None).client.get("/socket.io/", base_url=ORIGIN)
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_guard_refuses_an_upgrade_with_a_body(asker: Asker) -> None:
    assert handshake(asker.visitor(Role.PATIENT), body=b"12345") == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "HEAD"])
def test_guard_refuses_other_methods(asker: Asker, method: str) -> None:
    assert handshake(asker.visitor(Role.PATIENT), method) == 403


def test_guard_refuses_strangers_and_people_half_way_in(asker: Asker) -> None:
    assert handshake(asker.visitor(None)) == 403
    assert handshake(asker.visitor(Role.PATIENT, Stage.PASSWORD)) == 403


def test_guard_refuses_a_session_that_has_ended(asker: Asker) -> None:
    someone = asker.scene.mine.coordinator
    visitor = Visitor(asker.portal.app)
    token = asker.session(someone, Stage.FULL)
    visitor.client.set_cookie(COOKIE, token, domain=HOST, secure=True)
    visitor.send("/sign-out", page="/settings")
    visitor.client.set_cookie(COOKIE, token, domain=HOST, secure=True)
    assert handshake(visitor) == 403


# ------------------------------------------------------------------ the handshake


def test_stranger_cannot_connect(asker: Asker) -> None:
    assert not connect(asker, None).is_connected()


def test_password_alone_does_not_connect(asker: Asker) -> None:
    token = asker.session(asker.scene.mine.patient, Stage.PASSWORD)
    assert not connect(asker, token).is_connected()


def test_sixth_socket_of_one_person_is_refused(asker: Asker) -> None:
    token = asker.session(asker.scene.theirs.patient, Stage.FULL)
    opened = [connect(asker, token) for _ in range(6)]
    assert [one.is_connected() for one in opened] == [True] * 5 + [False]


# ------------------------------------------------------------------ the events of a test's room


@dataclass(frozen=True)
class About:
    patient: UUID
    words: str


def look(actor: Actor, about: About, patient: PatientView) -> dict[str, str]:
    if about.words == "refuse":
        raise Refusal("Not now, please.")
    if about.words == "break":
        raise LookupError("a fault in the room")
    return {"seen": patient.name, "by": actor.name}


@pytest.fixture(scope="module")
def shed(scene: Scene) -> Iterator[str]:
    room = Room("shed", "tests.doors.objects")
    room.event("look", access=signed_in(Role.CLINICIAN, patient=care.patient), shape=About)(look)
    app = scene.portal.app
    app._got_first_request = False
    room.open(app)
    yield "shed:look"
    app.extensions["live"].rules.pop("shed:look")


def test_event_answers_the_right_person(asker: Asker, shed: str) -> None:
    clinic = asker.scene.mine
    socket = connect(asker, asker.session(clinic.clinician, Stage.FULL))
    answer = say(socket, shed, {"patient": str(clinic.patient.patient_id), "words": ""})
    assert answer == {"seen": clinic.patient.name, "by": clinic.clinician.name}


@pytest.mark.parametrize("role", [Role.PATIENT, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_event_refuses_the_wrong_role(asker: Asker, shed: str, role: Role) -> None:
    clinic = asker.scene.mine
    socket = connect(asker, asker.session(asker.scene.someone(role), Stage.FULL))
    answer = say(socket, shed, {"patient": str(clinic.patient.patient_id), "words": ""})
    assert answer == {"refused": "NotFound"}


def test_event_does_not_find_another_persons_thing(asker: Asker, shed: str) -> None:
    scene = asker.scene
    socket = connect(asker, asker.session(scene.mine.clinician, Stage.FULL))
    for number in (scene.theirs.patient.patient_id, uuid4()):
        answer = say(socket, shed, {"patient": str(number), "words": ""})
        assert answer == {"refused": "NotFound"}


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"patient": "x", "words": ""}, {"patient": 1, "words": ""}]
)
def test_event_refuses_another_shape(asker: Asker, shed: str, data: object) -> None:
    socket = connect(asker, asker.session(asker.scene.mine.clinician, Stage.FULL))
    assert say(socket, shed, data) == {"refused": "BadPayload"}


def test_event_says_why_a_rule_refused(asker: Asker, shed: str) -> None:
    clinic = asker.scene.mine
    socket = connect(asker, asker.session(clinic.clinician, Stage.FULL))
    answer = say(socket, shed, {"patient": str(clinic.patient.patient_id), "words": "refuse"})
    assert answer == {"refused": "Refusal", "sentence": "Not now, please."}


def test_fault_in_an_event_is_answered_and_told_to_nobody(asker: Asker, shed: str) -> None:
    clinic = asker.scene.mine
    socket = connect(asker, asker.session(clinic.clinician, Stage.FULL))
    answer = say(socket, shed, {"patient": str(clinic.patient.patient_id), "words": "break"})
    assert answer == {"refused": "Trouble"}


def test_event_after_signing_out_is_refused_and_closes_the_socket(asker: Asker, shed: str) -> None:
    clinic = asker.scene.mine
    socket = connect(asker, asker.session(clinic.clinician, Stage.FULL))
    with asker.portal.inside():
        accounts.end_every_session(clinic.clinician.id)
    answer = say(socket, shed, {"patient": str(clinic.patient.patient_id), "words": ""})
    assert answer in ({"refused": "SignInNeeded"}, None, {})
    assert not socket.is_connected()


def test_event_of_an_open_socket_follows_what_the_patient_agrees_to(
    asker: Asker, shed: str
) -> None:
    clinic = asker.scene.theirs
    socket = connect(asker, asker.session(clinic.clinician, Stage.FULL))
    asked = {"patient": str(clinic.patient.patient_id), "words": ""}
    seen = {"seen": clinic.patient.name, "by": clinic.clinician.name}
    assert say(socket, shed, asked) == seen
    consenting.says(asker.portal, clinic.patient, Purpose.CARE, agreed=False)
    assert say(socket, shed, asked) == {"refused": "NotFound"}
    consenting.says(asker.portal, clinic.patient, Purpose.CARE, agreed=True)
    assert say(socket, shed, asked) == seen


def test_socket_that_talks_too_fast_is_closed(asker: Asker, shed: str) -> None:
    socket = connect(asker, asker.session(asker.scene.mine.clinician, Stage.FULL))
    for _ in range(200):
        if not socket.is_connected():
            break
        socket.emit(shed, {})
    assert not socket.is_connected()


# ------------------------------------------------------------------ the events of the rooms


def payload(asker: Asker, event: Event, role: Role, own: bool) -> dict[str, object]:
    """What a page would send, with ids of one clinic."""
    clinic = asker.scene.clinic(own)
    hints = event.hints()
    filled: dict[str, object] = {}
    made: dict[str, UUID] = {}
    for field in fields(event.shape):
        if field.name in event.access.loads:
            case = Case(asker.portal, clinic, role, own, event.name, dict(made))
            made[field.name] = FACTORIES[field.name](case)
            filled[field.name] = str(made[field.name])
        else:
            filled[field.name] = WORDS.get(field.name, SAMPLES[hints[field.name]])
    return filled


def someone_of(asker: Asker, role: Role) -> Someone:
    return asker.scene.someone(role)


def test_every_event_refuses_wrong_roles_and_foreign_things(asker: Asker) -> None:
    for event in events():
        right = [role for role in Role if not event.access.roles or role in event.access.roles]
        for role in Role:
            own = payload(asker, event, role if role in right else right[0], own=True)
            foreign = payload(asker, event, role if role in right else right[0], own=False)
            socket = connect(asker, asker.session(someone_of(asker, role), Stage.FULL))
            if role not in right:
                assert say(socket, event.name, own) == {"refused": "NotFound"}, event.name
            if event.access.loads:
                assert say(socket, event.name, foreign) == {"refused": "NotFound"}, event.name
            socket.disconnect()


def test_every_event_answers_its_own_people_without_trouble(asker: Asker) -> None:
    for event in events():
        for role in event.access.roles or Role:
            socket = connect(asker, asker.session(someone_of(asker, role), Stage.FULL))
            answer = say(socket, event.name, payload(asker, event, role, own=True))
            refused = answer.get("refused") if isinstance(answer, dict) else None
            assert refused in {None, *RULES_SAY_NO}, f"{event.name} as {role}: {answer}"
            socket.disconnect()


def test_every_event_asks_again_on_a_socket_whose_session_has_ended(asker: Asker) -> None:
    for event in events():
        for role in event.access.roles or Role:
            someone = someone_of(asker, role)
            socket = connect(asker, asker.session(someone, Stage.FULL))
            asked = payload(asker, event, role, own=True)
            first = say(socket, event.name, asked)
            assert not isinstance(first, dict) or first.get("refused") != "SignInNeeded"
            with asker.portal.inside():
                accounts.end_every_session(someone.id)
            said = say(socket, event.name, asked)
            assert said in ({"refused": "SignInNeeded"}, None, {}), f"{event.name} as {role}"
            assert not socket.is_connected(), event.name
