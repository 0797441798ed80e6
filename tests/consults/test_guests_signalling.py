"""Guests at the live socket: who hears of whom, who may signal to whom, and the end of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from app.consults.queries import guests as seen
from tests.consults.caller import Line, until
from tests.consults.company import MARIA, TOMAS, asked_for, let_in, visit_of
from tests.consults.meeting import Hall, Meeting
from tests.media.running import Running, running
from tests.support.portal import Someone

OFFER = json.dumps({"type": "offer", "sdp": "v=0\r\n"})
SECRET = "nearside_media_secret.txt"


@pytest.fixture
def open_line(quiet_meeting: Meeting) -> Iterator[Callable[[Someone], Line]]:
    """Sockets that are closed at the end."""
    with ExitStack() as stack:

        def opened(someone: Someone) -> Line:
            line = Line(quiet_meeting, someone)
            stack.callback(line.close)
            return line

        yield opened


@pytest.fixture
def node(hall: Hall) -> Iterator[Running]:
    """One node beside the portal."""
    with running(hall._directory, (hall._directory / SECRET).read_text()) as started:
        yield started


def guest(meeting: Meeting, name: str = MARIA) -> Someone:
    return let_in(meeting.portal, meeting.clinician, meeting.appointment, name)


def people(told: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["seat"], one["name"], one["place"]) for one in told["others"]]


def test_four_hear_of_each_other_by_seat_and_signal_to_whom_they_wish(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line]
) -> None:
    meeting = quiet_meeting
    ana, imre = open_line(meeting.patient), open_line(meeting.clinician)
    maria, tomas = open_line(guest(meeting)), open_line(guest(meeting, TOMAS))
    for line in (ana, imre, maria):
        line.enter()
    told = tomas.enter(joining=False)
    assert people(told) == [
        (0, "Ana Sousa", "call"),
        (1, "Dr Imre Kovács", "call"),
        (2, MARIA, "call"),
    ]
    assert told["other"]["connection"] == imre.connection
    until(lambda: len(people(ana.heard("consults:here")[-1])) == 3, "the patient is told")
    heard = ana.heard("consults:here")[-1]
    assert people(heard)[1:] == [(2, MARIA, "call"), (3, TOMAS, "waiting")]
    assert heard["other"]["connection"] == imre.connection
    for one, other in ((maria, ana), (tomas, maria), (ana, tomas)):
        said = one.ask("signal", to=other.connection, kind="description", body=OFFER)
        assert said == {"sent": True}
        until(lambda other=other: other.heard("consults:signal"), "the signal")
        assert other.heard("consults:signal")[-1]["from"] == one.connection
    assert imre.heard("consults:signal") == []


def test_a_guest_of_another_visit_signals_to_nobody_here(
    hall: Hall, quiet_meeting: Meeting, open_line: Callable[[Someone], Line]
) -> None:
    ana = open_line(quiet_meeting.patient)
    ana.enter()
    stranger = open_line(guest(hall.meeting()))
    signal = {"to": ana.connection, "kind": "description", "body": OFFER}
    assert stranger.enter() == {"refused": "NotFound"}
    assert stranger.ask("signal", **signal) == {"refused": "NotFound"}
    assert ana.heard("consults:signal") == []


def test_guests_have_their_seats_at_the_node_and_lose_them_when_removed(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running, hall: Hall
) -> None:
    meeting = quiet_meeting
    ana, imre = open_line(meeting.patient), open_line(meeting.clinician)
    maria = open_line(guest(meeting))
    for seat, line in enumerate((ana, imre, maria)):
        line.enter()
        said = line.ask("relay", action="join")
        assert (said["place"], said["others"]) == (seat, list(range(seat)))
    (shown,) = imre.ask("guests", step="see")["guests"]
    assert (shown["name"], shown["seat"], shown["state"]) == (MARIA, 2, "opened")
    assert ana.ask("guests", step="remove", guest=shown["id"])["refused"] == "Refusal"
    (after,) = imre.ask("guests", step="remove", guest=shown["id"])["guests"]
    assert after["state"] == "removed"
    until(lambda: not maria.client.connected, "the guest's socket being closed")
    until(lambda: len(ana.heard("consults:here")[-1]["others"]) == 1, "the others being told")
    assert ana.ask("relay", action="restart")["offer"].startswith("v=0")
    assert imre.ask("relay", action="join")["others"] == [0]


def test_the_clinician_answers_in_the_call_and_both_pages_hear_of_it(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line]
) -> None:
    meeting = quiet_meeting
    ana, imre = open_line(meeting.patient), open_line(meeting.clinician)
    ana.enter()
    imre.enter()
    asked = str(asked_for(meeting.portal, meeting.patient, meeting.appointment))
    assert ana.ask("guests", step="approve", guest=asked)["refused"] == "Refusal"
    (told,) = imre.ask("guests", step="approve", guest=asked)["guests"]
    assert told == {"id": asked, "name": MARIA, "seat": 2, "state": "approved"}
    for line in (ana, imre):
        until(lambda line=line: line.heard("consults:guests"), "the hint")
        assert set(map(str, line.heard("consults:guests"))) == {"{}"}


@pytest.mark.parametrize(
    ("step", "which"), [("approve", "nobody"), ("let-in", ""), ("remove", "x" * 36)]
)
def test_a_step_that_is_none_is_refused(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], step: str, which: str
) -> None:
    imre = open_line(quiet_meeting.clinician)
    imre.enter()
    assert imre.ask("guests", step=step, guest=which) == {"refused": "BadPayload"}


def test_a_guest_takes_no_step_with_guests_and_asks_for_no_recording(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line]
) -> None:
    maria = open_line(guest(quiet_meeting))
    maria.enter()
    assert maria.ask("guests", step="see") == {"refused": "NotFound"}
    assert maria.ask("recording", step="ask")["refused"] == "Refusal"
    assert maria.ask("recording", step="see")["state"] == "none"


def test_one_visits_guest_is_not_answered_from_another(
    hall: Hall, quiet_meeting: Meeting, open_line: Callable[[Someone], Line]
) -> None:
    other = hall.meeting()
    theirs = str(asked_for(other.portal, other.patient, other.appointment))
    imre = open_line(quiet_meeting.clinician)
    imre.enter()
    assert imre.ask("guests", step="approve", guest=theirs)["refused"] == "Refusal"
    with other.portal.inside():
        one = visit_of(other.portal, other.clinician, other.appointment)
        assert [found.state.value for found in seen.guests(one)] == ["asked"]
