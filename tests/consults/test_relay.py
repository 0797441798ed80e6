"""The call through a media node: who may have it, on which node, and what happens without one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import create_app
from app.consults import commands, queries
from app.consults.models import Call, Consult
from app.consults.operations import closing, relay
from app.kernel import db
from tests.consults.caller import Line, until
from tests.consults.meeting import Hall, Meeting
from tests.media.running import Plain, Running, running
from tests.support.portal import Portal, Someone

ANSWER = "v=0\r\n"
SECRET = "nearside_media_secret.txt"


@pytest.fixture(scope="module")
def instance(hall: Hall) -> Path:
    """Where the running portal keeps its secrets, and looks for nodes."""
    return hall._directory


@pytest.fixture
def node(instance: Path) -> Iterator[Running]:
    """One node beside the portal."""
    with running(instance, (instance / SECRET).read_text()) as started:
        yield started


@pytest.fixture
def open_line(quiet_meeting: Meeting) -> Iterator[Callable[[Someone], Line]]:
    """Sockets that are closed at the end."""
    with ExitStack() as stack:

        def opened(someone: Someone) -> Line:
            line = Line(quiet_meeting, someone)
            stack.callback(line.close)
            return line

        yield opened


def both(meeting: Meeting, open_line: Callable[[Someone], Line]) -> tuple[Line, Line]:
    patient, clinician = open_line(meeting.patient), open_line(meeting.clinician)
    patient.enter()
    clinician.enter()
    return patient, clinician


def want(line: Line, action: str, **more: Any) -> dict[str, Any]:
    return line.ask("relay", action=action, **more)


def check(line: Line, action: str, **more: Any) -> dict[str, Any]:
    """Ask for the check call, in which nobody needs a visit."""
    said = {"connection": line.connection, "action": action, **more}
    answer: dict[str, Any] = line.client.call("consults:check", said, timeout=10)
    return answer


def node_of(meeting: Meeting) -> str | None:
    with meeting.portal.inside():
        return db.session().scalar(
            select(Call.node)
            .join(Consult, Consult.id == Call.consult_id)
            .where(Consult.appointment_id == meeting.appointment)
        )


def health(node: Running) -> dict[str, Any]:
    one = Plain(node.path)
    one.request("GET", "/health")
    said: dict[str, Any] = json.loads(one.getresponse().read())
    one.close()
    return said


def test_two_people_meet_in_one_room_at_their_own_places(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    first, second = want(patient, "join"), want(clinician, "join")
    assert (first["place"], first["others"]) == (0, [])
    assert (second["place"], second["others"]) == (1, [0])
    assert first["offer"].startswith("v=0")
    assert "leg" not in first
    assert node_of(quiet_meeting) == "node-0"
    assert want(patient, "answer", sdp=ANSWER) == {}
    again = want(patient, "restart")
    assert again["offer"] != first["offer"]
    # The clinic of these tests has no TURN server.
    assert again["iceServers"] == want(patient, "servers")["iceServers"] == []
    assert want(patient, "show", pictures=False) == {}
    assert want(patient, "leave") == {}
    assert want(patient, "leave") == {}
    assert want(patient, "restart")["refused"] == "Gone"
    assert (health(node)["rooms"], health(node)["legs"]) == (1, 1)


def test_joining_again_replaces_the_older_connection(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, _ = both(quiet_meeting, open_line)
    want(patient, "join")
    want(patient, "join")
    assert health(node)["legs"] == 1


def test_an_answer_that_is_none_is_refused_in_words(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, _ = both(quiet_meeting, open_line)
    want(patient, "join")
    said = want(patient, "answer", sdp="no description")
    assert said == {"refused": "Unfit", "words": str(relay.UNFIT)}


def test_a_page_that_is_not_in_the_call_gets_no_connection(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    waiting = open_line(quiet_meeting.patient)
    assert want(waiting, "join")["refused"] == "Replaced"
    waiting.enter()
    assert want(patient, "join")["refused"] == "Replaced"
    clinician.ask("leave")
    assert want(clinician, "join")["refused"] == "Replaced"
    assert health(node)["legs"] == 0


def test_nobody_has_the_legs_of_another(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    want(patient, "join")
    clinician.connection = patient.connection
    for action in ("answer", "restart", "show"):
        assert want(clinician, action, sdp=ANSWER)["refused"] == "Gone"
    want(clinician, "leave")
    assert health(node)["legs"] == 1


def test_a_visit_that_is_early_has_a_check_call_but_no_call(hall: Hall, node: Running) -> None:
    meeting = hall.meeting(ago=-timedelta(hours=2))
    line = Line(meeting, meeting.patient)
    line.enter(joining=False)
    assert want(line, "join")["refused"] == "Closed"
    assert check(line, "join")["place"] == 0
    assert check(line, "answer", sdp=ANSWER) == {}
    assert want(line, "restart")["refused"] == "Gone"
    assert check(line, "restart")["offer"].startswith("v=0")
    assert check(line, "leave") == {}
    line.close()
    assert health(node)["legs"] == 0


def test_a_person_checks_with_one_connection_at_a_time(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, again = open_line(quiet_meeting.patient), open_line(quiet_meeting.patient)
    clinician = open_line(quiet_meeting.clinician)
    for line in (patient, again):
        assert check(line, "join")["others"] == []
    assert health(node)["legs"] == 1
    # Nobody is in the room of another.
    found = check(clinician, "join")
    assert (found["place"], found["others"], found["iceServers"]) == (0, [], [])
    assert (health(node)["rooms"], health(node)["legs"]) == (2, 2)


def test_finishing_the_visit_puts_everybody_out_of_the_room(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running, instance: Path
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    want(patient, "join")
    want(clinician, "join")
    portal = quiet_meeting.portal
    known = portal.app.extensions["settings"]
    portal.app.extensions["settings"] = replace(
        known, media_control=instance / "media", media_secret=(instance / SECRET).read_text()
    )
    with portal.inside():
        visit = queries.visit(portal.actor(quiet_meeting.clinician), quiet_meeting.appointment)
        assert visit is not None
        closing.finish(visit)
    portal.app.extensions["settings"] = known
    assert health(node)["legs"] == 0
    assert want(patient, "join")["refused"] == "Closed"


@pytest.mark.parametrize("action", ["", "kick", "JOIN", "join "])
def test_an_action_that_is_none_is_refused(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], action: str
) -> None:
    patient, _ = both(quiet_meeting, open_line)
    assert want(patient, action) == {"refused": "BadPayload"}


def test_without_a_node_the_portal_says_so_and_the_call_goes_on(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line]
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    for said in (want(patient, "join"), check(patient, "join")):
        assert said == {"refused": "Absent", "words": str(relay.ABSENT)}
    signal = {"kind": "description", "body": json.dumps({"type": "offer", "sdp": "v=0\r\n"})}
    assert clinician.ask("signal", to=patient.connection, **signal) == {"sent": True}


def test_a_node_that_was_started_anew_is_joined_again_at_once(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    want(patient, "join")
    want(clinician, "join")
    node.kill()
    node.again()
    assert want(patient, "restart")["refused"] == "Gone"
    assert want(patient, "join")["others"] == []
    assert want(clinician, "join")["others"] == [0]


def test_a_node_that_is_just_being_started_is_waited_for(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    want(patient, "join")
    away = node.path.with_suffix(".away")
    node.path.rename(away)
    back = threading.Timer(0.5, lambda: away.rename(node.path))
    back.start()
    assert want(clinician, "join")["others"] == [0]
    back.join()


def test_a_node_that_is_gone_for_good_makes_way_for_another(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line], node: Running, instance: Path
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    want(patient, "join")
    want(clinician, "join")
    with running(instance, (instance / SECRET).read_text(), index=1) as other:
        node.kill()
        assert want(patient, "join")["others"] == []
        assert node_of(quiet_meeting) == "node-1"
        until(lambda: clinician.heard("consults:moved"), "the other being told")
        assert patient.heard("consults:moved") == []
        assert want(clinician, "join")["others"] == [0]
        assert health(other)["rooms"] == 1


def test_a_new_call_goes_to_the_node_with_the_most_room(
    hall: Hall, quiet_meeting: Meeting, node: Running, instance: Path
) -> None:
    lines = []
    with running(instance, (instance / SECRET).read_text(), index=1) as other:
        for _ in range(2):
            meeting = hall.meeting()
            line = Line(meeting, meeting.patient)
            lines.append(line)
            line.enter()
            assert want(line, "join")["place"] == 0
        assert [health(one)["rooms"] for one in (node, other)] == [1, 1]
    for line in lines:
        line.close()


def test_one_person_cannot_ask_without_end(
    quiet_meeting: Meeting, open_line: Callable[[Someone], Line]
) -> None:
    patient, clinician = both(quiet_meeting, open_line)
    ((most, _),) = relay.TRIES.windows
    with quiet_meeting.portal.inside():
        for _ in range(most):
            relay.TRIES.take(str(quiet_meeting.patient.id))
    said = want(patient, "leave")
    assert said["refused"] == "TooMany"
    assert said["words"]
    assert want(clinician, "leave") == {}


def doctor(portal: Portal, **changed: Any) -> str:
    app = create_app(replace(portal.app.extensions["settings"], **changed))
    answer = app.test_cli_runner().invoke(args=["doctor"])
    app.extensions["database"].engine.dispose()
    assert answer.exit_code == 0
    return answer.output


def test_the_doctor_tells_how_the_nodes_do(hall: Hall, instance: Path, node: Running) -> None:
    told = {"media_control": instance / "media", "media_secret": (instance / SECRET).read_text()}
    assert "Media node node-0: ready, load 0%." in doctor(hall.portal, **told)
    node.kill()
    said = doctor(hall.portal, **told)
    assert "Media node node-0: does not answer." in said
    assert commands.NONE in said
    assert commands.UNTOLD in doctor(hall.portal)
