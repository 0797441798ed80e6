"""What the portal writes down about itself: each step of signing in, each refusal, each fault."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.accounts import operations as accounts
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.logs import KEYS
from app.kernel.models import AuditEvent
from tests.accounts.steps import half_way, new_codes
from tests.asvs import source
from tests.structure.tree import ROOT
from tests.support.portal import PASSWORD, Clinic, Portal, Someone

SIGNING = "accounts.%"
# Run apart, because the log is set up once per process. Each step says what it was on its output.
PROGRAM = """
import json, sys
from pathlib import Path
from flask_socketio import SocketIOTestClient
from app.kernel.actor import Role
from app.kernel.settings import Environment
from tests.doors.walk import events
from tests.support.portal import COOKIE, ORIGIN, Portal, migrate

directory = Path(sys.argv[1])
url = f"sqlite:///{directory}/portal.db"
migrate(url, directory)
portal = Portal(url, directory, Environment.TEST)
clinic = portal.clinic()
stranger = portal.patient()
visitor = portal.visit(clinic.clinician)
said = {"clinician": str(clinic.clinician.id), "administrator": str(clinic.administrator.id)}

def note(name, answer):
    said[name] = [answer.status_code, answer.headers["X-Request-Id"]]

note("another's chart", visitor.get(f"/patients/{stranger.patient_id}"))
note("another role's page", visitor.get("/people"))
note("nowhere", visitor.get("/nowhere"))
elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
note("forged", visitor.post("/sign-out", {}, headers=elsewhere))
visitor.get("/\\x1b[31mred\\r\\nforged: line")
visitor.get("/settings", headers={"User-Agent": "x\\x1b[2J"})
cookie = f"{COOKIE}={portal._tokens[clinic.administrator.id]}"
headers = {"Host": ORIGIN.removeprefix("https://"), "Cookie": cookie}
socket = SocketIOTestClient(portal.app, portal.app.extensions["live"].server, headers=headers)
event = next(one for one in events() if Role.ADMINISTRATOR not in one.access.roles)
said["event"] = event.name
said["event answered"] = socket.emit(event.name, {}, callback=True)
socket.disconnect()
portal.close()
print(json.dumps(said))
"""


def written(portal: Portal, someone: Someone) -> list[AuditEvent]:
    """What is written down about this person's account, oldest first."""
    with portal.inside():
        asked = select(AuditEvent).where(
            AuditEvent.entity_id == someone.id, AuditEvent.tag.like(SIGNING)
        )
        return list(db.session().scalars(asked.order_by(AuditEvent.at, AuditEvent.id)))


def told(portal: Portal, someone: Someone) -> list[tuple[str, str]]:
    """The tags and what they add, without those of making the account."""
    made = {"accounts.person_created", "accounts.authenticator_enrolled"}
    return [
        (one.tag.partition(".")[2], str(next(iter(one.detail.values()), "")))
        for one in written(portal, someone)
        if one.tag not in made
    ]


def test_every_step_of_signing_in_is_written_down(portal: Portal) -> None:
    """Wrong and right, with the step and the factor that was used."""
    ana = portal.person(Role.PATIENT)
    before = told(portal, ana)
    codes = new_codes(portal, ana)
    visitor = portal.visit()
    visitor.send("/sign-in", email=ana.email, password="not the right one")
    visitor.send("/sign-in", email=ana.email, password=PASSWORD)
    visitor.send("/sign-in/code", code="000000")
    visitor.send("/sign-in/code", code=portal.code(ana))
    visitor.send("/sign-out", page="/settings")
    again = half_way(portal, ana)
    again.send("/sign-in/recovery", recovery_code="AAAA")
    again.send("/sign-in/recovery", recovery_code=codes[0])
    assert told(portal, ana)[len(before) :] == [
        ("sign_in_failed", "password"),
        ("sign_in_failed", "authenticator"),
        ("signed_in", "authenticator"),
        ("signed_out", "1"),
        ("sign_in_failed", "recovery-code"),
        ("signed_in", "recovery-code"),
    ]


def test_try_for_nobody_is_written_down_without_the_address_that_was_typed(portal: Portal) -> None:
    portal.visit().send("/sign-in", email="ghost@nearside.test", password="not the right one")
    with portal.inside():
        asked = select(AuditEvent).where(AuditEvent.tag == accounts.SIGN_IN_FAILED.name)
        (event,) = db.session().scalars(asked)
    assert event.entity_id is None
    assert "ghost" not in json.dumps(event.detail)


def test_each_event_says_when_who_what_and_in_which_request(clinic: Clinic) -> None:
    portal = clinic.portal
    moment = datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC)
    with clock.standing_at(moment):
        actor = portal.actor(clinic.clinician)
        answer = portal.visit(clinic.clinician).get(f"/patients/{clinic.patient.patient_id}")
    assert answer.status_code == 200
    with portal.inside():
        asked = select(AuditEvent).where(AuditEvent.request_id == answer.headers["X-Request-Id"])
        (event,) = db.session().scalars(asked)
    assert event.at == moment
    assert event.at.utcoffset() == timedelta(0)
    assert event.actor_id == clinic.clinician.id
    assert event.session_id == actor.session_id
    assert event.patient_id == clinic.patient.patient_id
    assert event.tag == "record.seen"
    assert isinstance(event.entity_id, UUID)
    assert event.detail["door"] == "care.chart"


@dataclass(frozen=True)
class Told:
    """What a portal answered, and what it wrote into its log meanwhile."""

    said: dict[str, Any]
    log: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.splitlines()]

    def refused(self, name: str) -> list[dict[str, Any]]:
        """The refusals in the log of one request."""
        number = self.said[name][1]
        found = [one for one in self.lines if one["event"] == "refused"]
        return [one for one in found if one.get("request_id") == number]


@pytest.fixture(scope="module")
def told_apart(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A portal of its own, in which people try what is not theirs."""
    directory: Path = tmp_path_factory.mktemp("log")
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(directory)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return Told(json.loads(ran.stdout.splitlines()[-1]), ran.stderr)


@pytest.mark.parametrize(
    ("name", "door"),
    [("another's chart", "care.chart"), ("another role's page", "accounts.people")],
)
def test_whoever_is_refused_at_a_door_is_named_in_the_log(
    told_apart: Told, name: str, door: str
) -> None:
    (line,) = told_apart.refused(name)
    assert told_apart.said[name][0] == line["status"] == 404
    assert line["entity_id"] == told_apart.said["clinician"]
    assert line["endpoint"] == door
    assert line["level"] == "warning"


def test_page_that_is_not_there_refuses_nobody(told_apart: Told) -> None:
    assert told_apart.refused("nowhere") == []


def test_forged_form_is_in_the_log(told_apart: Told) -> None:
    (line,) = told_apart.refused("forged")
    assert told_apart.said["forged"][0] == line["status"] == 403
    assert line["endpoint"] == "accounts.sign_out"


def test_refused_event_is_in_the_log(told_apart: Told) -> None:
    """An event that is another role's, asked for over an open socket."""
    assert told_apart.said["event answered"] == {"refused": "NotFound"}
    (line,) = [one for one in told_apart.lines if one.get("event_name")]
    assert line["event"] == "refused"
    assert line["event_name"] == told_apart.said["event"]
    assert line["error"] == "NotFound"
    assert line["entity_id"] == told_apart.said["administrator"]


def test_log_is_one_object_a_line_whatever_is_asked_for(told_apart: Told) -> None:
    assert len(told_apart.lines) > 5
    for line in told_apart.lines:
        assert set(line) <= KEYS
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
        assert {"event", "level", "timestamp"} <= set(line)
    assert "\x1b" not in told_apart.log
    assert "forged" not in told_apart.log


def test_nothing_is_logged_but_through_the_one_log() -> None:
    """No file of its own, no second handler: what is said goes to standard error alone."""
    writers = source.importers("logging.handlers", "syslog")
    assert writers == {}
    made = ("logging.FileHandler", "logging.basicConfig", "logging.StreamHandler", "addHandler")
    found = {
        path.relative_to(ROOT).as_posix()
        for name, path, _node in source.calls("app")
        if name.endswith(made)
    }
    assert found <= {"app/kernel/logs.py", "app/media/logs.py"}
    assert source.called("logging.FileHandler", "print") == []
