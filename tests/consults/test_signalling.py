"""The signalling, met by peers that are no browsers, and by people who have no business there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest
import socketio.exceptions

from app.kernel.actor import Role
from tests.consults.caller import Caller, Line, until
from tests.consults.meeting import Meeting, comes, join, reaches, says
from tests.support.portal import Someone

OFFER = json.dumps({"type": "offer", "sdp": "v=0\r\n"})


@pytest.fixture
def open_line(quiet_meeting: Meeting) -> Iterator[Callable[..., Line]]:
    """Sockets that are closed at the end."""
    with ExitStack() as stack:

        def opened(someone: Someone, kind: type[Line] = Line) -> Line:
            line = kind(quiet_meeting, someone)
            stack.callback(line.close)
            return line

        yield opened


def test_two_peers_meet_through_the_portal(
    quiet_meeting: Meeting, open_line: Callable[..., Caller]
) -> None:
    patient = open_line(quiet_meeting.patient, Caller)
    clinician = open_line(quiet_meeting.clinician, Caller)
    patient.call()
    clinician.call()
    for peer in (patient, clinician):
        until(lambda peer=peer: peer.frames["video"] > 20, "twenty pictures")
        until(lambda peer=peer: peer.frames["audio"] > 20, "sound")
        assert peer.pc.connectionState == "connected"
        assert peer.pictures == {(640, 480)}


def test_a_peer_meets_a_browser(meeting: Meeting) -> None:
    clinician = meeting.arrive(meeting.clinician)
    join(clinician)
    reaches(clinician, "alone")
    patient = Caller(meeting, meeting.patient)
    patient.call()
    reaches(clinician, "connected")
    until(lambda: patient.frames["video"] > 10, "the browser's picture")
    assert patient.pc.connectionState == "connected"
    comes(clinician, "video")
    patient.close()


# While `late` holds, what the server answers to a page that enters is on its way.
OVERTAKEN = """
window.held = [];
const { get, set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", {
  get,
  set(hear) {
    set.call(this, (event) => {
      const held = window.late && String(event.data).includes('"iceServers"');
      if (held) window.held.push(() => hear(event));
      else hear(event);
    });
  },
});
"""


def test_an_answer_that_news_overtook_hides_nobody(meeting: Meeting) -> None:
    clinician = meeting.arrive(meeting.clinician, script=OVERTAKEN)
    reaches(clinician, "none")
    clinician.evaluate("window.late = true")
    join(clinician)
    clinician.wait_for_function("() => window.held.length")
    patient = Line(meeting, meeting.patient)
    patient.enter()
    reaches(clinician, "connecting")
    clinician.evaluate("() => { for (const one of window.held) one(); }")
    clinician.wait_for_timeout(100)
    reaches(clinician, "connecting")
    patient.close()


def test_others_cannot_enter_signal_or_report(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    portal = quiet_meeting.portal
    inside = open_line(quiet_meeting.patient)
    inside.enter()
    strangers = [
        portal.person(Role.COORDINATOR),
        portal.person(Role.ADMINISTRATOR),
        portal.person(Role.CLINICIAN),
        portal.patient(quiet_meeting.clinician),
    ]
    for someone in strangers:
        line = open_line(someone)
        signal = {"to": inside.connection, "kind": "description", "body": OFFER}
        assert line.enter() == {"refused": "NotFound"}
        assert line.ask("signal", **signal) == {"refused": "NotFound"}
        assert line.ask("state", connected=True) == {"refused": "NotFound"}
        assert line.ask("leave") == {"refused": "NotFound"}
        line.close()
    assert inside.heard("consults:signal") == []


def test_nobody_connects_without_a_session(quiet_meeting: Meeting) -> None:
    client = socketio.Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(quiet_meeting.server.url, transports=["websocket"])


NO_SIGNALS = [
    ("description", "not json"),
    ("description", json.dumps({"type": "rollback", "sdp": "v=0"})),
    ("description", json.dumps({"type": "offer", "sdp": "v=0", "more": 1})),
    ("description", json.dumps(["offer"])),
    ("candidate", json.dumps({"candidate": "x" * 1001})),
    ("candidate", json.dumps({"candidate": "x", "sdpMLineIndex": -1})),
    ("candidate", json.dumps({"sdpMid": "0"})),
    ("gossip", OFFER),
    ("description", json.dumps({"type": "offer", "sdp": "v=0" + "x" * 20_000})),
    ("description", 7),
]


def test_what_is_no_signal_is_refused_and_goes_nowhere(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    patient, clinician = _both(quiet_meeting, open_line)
    for kind, body in NO_SIGNALS:
        answer = clinician.ask("signal", to=patient.connection, kind=kind, body=body)
        assert answer == {"refused": "BadPayload"}, (kind, body)
    assert patient.heard("consults:signal") == []


def test_a_signal_reaches_the_other_person_alone(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    patient, clinician = _both(quiet_meeting, open_line)
    answer = clinician.ask("signal", to=patient.connection, kind="description", body=OFFER)
    assert answer == {"sent": True}
    until(lambda: patient.heard("consults:signal"), "the signal")
    (heard,) = patient.heard("consults:signal")
    assert heard == {
        "from": clinician.connection,
        "to": patient.connection,
        "kind": "description",
        "body": OFFER,
    }
    assert clinician.heard("consults:signal") == []


def test_a_page_is_told_who_else_has_the_room_open(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    patient, clinician = open_line(quiet_meeting.patient), open_line(quiet_meeting.clinician)
    assert patient.enter(joining=False)["others"] == []
    seen = clinician.enter()
    waiting = {"place": "waiting", "seat": 0, "name": "Ana Sousa"}
    assert seen["others"] == [{**_sent(patient), **waiting}]
    assert seen["other"] == {**_sent(patient), "place": "waiting"}
    until(lambda: patient.heard("consults:here"), "the patient being told")
    calling = {"place": "call", "seat": 1, "name": "Dr Imre Kovács"}
    assert patient.heard("consults:here")[-1]["others"] == [{**_sent(clinician), **calling}]


def _sent(line: Line) -> dict[str, object]:
    return {"connection": line.connection, "sound": True, "picture": True}


def test_a_signal_to_oneself_goes_nowhere(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    patient, _clinician = _both(quiet_meeting, open_line)
    answer = patient.ask("signal", to=patient.connection, kind="description", body=OFFER)
    assert answer == {"sent": False}


def test_signals_from_and_to_an_older_page_find_nobody(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    patient, clinician = _both(quiet_meeting, open_line)
    signal = {"kind": "description", "body": OFFER}
    old = clinician.connection
    clinician.connection = uuid4().hex
    assert clinician.ask("signal", to=patient.connection, **signal) == {"sent": False}
    clinician.enter()
    assert patient.ask("signal", to=old, **signal) == {"sent": False}
    assert patient.ask("signal", to=clinician.connection, **signal) == {"sent": True}


def test_joining_on_a_newer_page_tells_the_older(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    patient, clinician = _both(quiet_meeting, open_line)
    newer = open_line(quiet_meeting.patient)
    assert newer.enter(joining=False)["elsewhere"] is True
    assert patient.heard("consults:replaced") == []
    assert newer.enter()["elsewhere"] is False
    until(lambda: patient.heard("consults:replaced"), "the older page being told")
    # By that name a page knows a late word of its own from another page.
    assert patient.heard("consults:replaced") == [{"by": newer.connection}]
    assert patient.ask("state", connected=True) == {"refused": "Replaced"}
    until(lambda: clinician.heard("consults:here"), "the clinician being told")
    assert clinician.heard("consults:here")[-1]["other"]["connection"] == newer.connection


def test_a_vanished_page_is_told_to_the_other_and_comes_back(
    quiet_meeting: Meeting, open_line: Callable[..., Line]
) -> None:
    patient, clinician = _both(quiet_meeting, open_line)
    patient.close()
    until(lambda: _place(clinician) == "lost", "the loss")
    again = open_line(quiet_meeting.patient)
    assert again.enter()["call"] == "connecting"
    until(lambda: _place(clinician) == "call", "the return")


def _place(line: Line) -> str | None:
    heard = line.heard("consults:here")
    return heard[-1]["other"]["place"] if heard and heard[-1]["other"] else None


def _both(meeting: Meeting, open_line: Callable[..., Line]) -> tuple[Line, Line]:
    patient, clinician = open_line(meeting.patient), open_line(meeting.clinician)
    patient.enter()
    clinician.enter()
    return patient, clinician


def test_a_peer_that_falls_silent_is_called_anew_without_anybody_pressing(meeting: Meeting) -> None:
    """No media for three seconds: the page makes a new connection under a new name."""
    clinician = meeting.arrive(meeting.clinician)
    join(clinician)
    patient = Caller(meeting, meeting.patient)
    patient.call()
    reaches(clinician, "connected")
    first = patient.other
    patient.begin_again()
    says(clinician, "The connection is interrupted. We are connecting you again.")
    until(lambda: patient.frames["video"] > 10, "pictures over a new connection")
    reaches(clinician, "connected")
    assert patient.pc.connectionState == "connected"
    assert patient.other != first
    patient.close()
