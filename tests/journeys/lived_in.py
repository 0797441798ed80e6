"""A clinic that has been lived in: every page of it has something to show."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp
from playwright.sync_api import Page

from app.accounts import operations as accounts
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, HOLDERS, Actor, Role, Stage
from app.messages import operations as messages
from app.questionnaires import operations as questionnaires
from app.results import operations as results
from tests.care import circle
from tests.consults.meeting import DEVICES, book
from tests.doors.objects import FACTORIES, Case
from tests.doors.walk import Door
from tests.genes import reports
from tests.journeys.clinic import served_clinic
from tests.questionnaires import life
from tests.results import readings
from tests.support.browser import Visitors
from tests.support.portal import COOKIE, PASSWORD, Clinic, Portal, Someone, Templates
from tests.support.server import Server

# It opens for a colleague who reads the clinical record, where others ask about one who does not.
APART = {"care.grant_genes"}


@dataclass
class Lived:
    """The running portal and, for each role, people and things to look at."""

    portal: Portal
    server: Server
    # Two patients of one team: what the first was given is signed, what the second gets is not.
    given: Clinic
    waiting: Clinic
    visit: UUID
    _things: dict[tuple[str, Role, str], UUID] = field(default_factory=dict)
    _cookies: dict[tuple[str, Stage], str] = field(default_factory=dict)
    # Some pages are for those alone who gave a second factor a few minutes ago.
    _opened: dict[tuple[str, Stage], datetime] = field(default_factory=dict)

    def path(self, door: Door, role: Role | None) -> str:
        """The door's address, with things that this role may open."""
        path = door.path
        for name in door.names:
            # A link opens for whoever holds it.
            holder = role or Role.PATIENT
            path = path.replace(f"<uuid:{name}>", str(self._thing(name, holder, door.endpoint)))
        return path

    def someone(self, door: Door, role: Role | None) -> Someone | None:
        """Who stands before the door."""
        if role is None:
            return None
        if door.endpoint in {"accounts.enrol", "accounts.first_passkey", "accounts.own_password"}:
            return self._newcomer(role, lent=door.endpoint == "accounts.own_password")
        if door.endpoint == "accounts.recovery_codes":
            return self._enrolled(self._newcomer(role))
        found: Someone = getattr(self.given, role.value)
        return found

    def token(self, someone: Someone, stage: Stage) -> str:
        """A session as far as this stage."""
        key = (someone.email, stage)
        opened = self._opened.get(key)
        if opened is None or clock.now() - opened > FRESH_FOR / 2:
            with self.portal.inside(), db.writing():
                self._cookies[key] = accounts.open_session(someone.id, stage)
            self._opened[key] = clock.now()
        return self._cookies[key]

    def arrive(self, visitors: Visitors, token: str | None, **options: Any) -> Page:
        """A browser with this session."""
        page = visitors.arrive(self.server.url, permissions=DEVICES, **options)
        self.give(page, token)
        return page

    def give(self, page: Page, token: str | None) -> None:
        """Have this session, and no other, in a page's browser."""
        page.context.clear_cookies()
        if token:
            page.context.add_cookies(
                [
                    {
                        "name": COOKIE,
                        "value": token,
                        # Playwright reads "secure" from the address; Chromium counts localhost so.
                        "url": f"https://localhost:{self.server.port}",
                        "httpOnly": True,
                        "sameSite": "Lax",
                    }
                ]
            )

    def ask(self, path: str, token: str | None) -> tuple[int, str]:
        """The status and the kind of what stands at an address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=15)
        cookie = {"Cookie": f"{COOKIE}={token}"} if token else {}
        try:
            connection.request(
                "GET", path, headers={"Host": f"localhost:{self.server.port}"} | cookie
            )
            answer = connection.getresponse()
            return answer.status, (answer.getheader("Content-Type") or "").partition(";")[0]
        finally:
            connection.close()

    def _thing(self, name: str, role: Role, endpoint: str) -> UUID:
        # A carer opens what is the patient's: the same things, not others made anew.
        apart = endpoint if endpoint in APART else ""
        key = (name, Role.PATIENT if role in HOLDERS else role, apart)
        if key not in self._things:
            clinic = self.given if role in {*HOLDERS, Role.GUEST} else self.waiting
            case = Case(self.portal, clinic, role, True, endpoint, {})
            self._things[key] = FACTORIES[name](case)
            # News of it is told now, not to the page that is about to be looked at.
            self.portal.work()
        return self._things[key]

    def _newcomer(self, role: Role, *, lent: bool = False) -> Someone:
        """Someone who has a password and nothing else yet; a lent one may not be their own."""
        email = f"new-{role.value}-{len(self._cookies)}@nearside.test"
        with self.portal.inside():
            number = accounts.create_person(
                email=email,
                name="Rosa Lima",
                role=role,
                password=PASSWORD,
                zone="Europe/Lisbon",
                lent=lent,
            )
        return Someone(number, "Rosa Lima", email, role)

    def _enrolled(self, someone: Someone) -> Someone:
        """The same person, who has an authenticator now and codes to write down."""
        half_way = Actor(
            *(someone.id, someone.id, someone.role, someone.name),
            *("Europe/Lisbon", "en", Stage.PASSWORD),
        )
        with self.portal.inside():
            secret = accounts.begin_enrolment(half_way)
            accounts.confirm_enrolment(half_way, pyotp.TOTP(secret).at(clock.now()), tells=False)
        return someone


@contextmanager
def lived_in(templates: Templates, directory: Path) -> Iterator[Lived]:
    """Open the clinic and let some time pass in it."""
    with ExitStack() as stack:
        portal, server = stack.enter_context(served_clinic(templates, directory))
        given = portal.clinic()
        other = portal.patient(given.clinician, given.coordinator)
        waiting = Clinic(portal, other, given.clinician, given.coordinator, given.administrator)
        lived = Lived(portal, server, given, waiting, book(portal, given.patient, given.clinician))
        for clinic in (given, waiting):
            _live(clinic)
        portal.work()
        for name in ("plan", "answered"):
            lived._thing(name, Role.PATIENT, "")
        _begin_again(portal, given.patient)
        yield lived


def _begin_again(portal: Portal, patient: Someone) -> None:
    """One part of the questionnaire is answered anew, the rest is not."""
    part = "moving"
    given = life.PARTS[part]
    with portal.inside():
        shown = life.shown_by(part, given)
        questionnaires.save_part(portal.actor(patient), part, given, shown=shown, saves=0)


def _live(clinic: Clinic) -> None:
    """Measure, and write back and forth."""
    portal, patient = clinic.portal, clinic.patient
    assert patient.patient_id is not None
    circle.grant_genes(clinic)
    reports.add(clinic)
    with portal.inside():
        actor = portal.actor(patient)
        results.record(actor, readings.glucose("132", minutes_ago=90))
        results.record(actor, readings.glucose("118", minutes_ago=1800))
        results.record(actor, readings.weight("84.5", minutes_ago=3000))
        messages.send(actor, patient.patient_id, "Good morning. Does the new tablet make me cough?")
        answer = "It can. Please tell us how often, and bring it up at the visit."
        messages.send(portal.actor(clinic.coordinator), patient.patient_id, answer)
        messages.send(actor, patient.patient_id, "At night mostly.")
