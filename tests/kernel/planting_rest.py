"""What people write off the beaten track, so that every sealed column holds something."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pyotp
from sqlalchemy import select

from app.accounts import operations as accounts
from app.accounts import queries as people
from app.accounts.operations import addressing, authenticators, holding
from app.kernel import db
from app.kernel.actor import Actor, Role, Stage
from app.kernel.crypto.sealed import sealed_attributes
from app.plans.operations import drafting
from app.records import operations as records
from app.results import operations as results
from tests.accounts.device import passkey_of
from tests.care import helping, inviting
from tests.consults.company import invited
from tests.doors.objects import FACTORIES, Case
from tests.genes import reports
from tests.plans import drafts
from tests.results.readings import pressure
from tests.support.portal import PASSWORD, Clinic, Portal

Canary = Callable[[str], str]
# A shorter one may stand somewhere by chance.
LONG_ENOUGH = 8


def write(clinic: Clinic, canary: Canary) -> None:
    """In visits, plans, the record of access and the steps of signing in."""
    case = Case(clinic.portal, clinic, Role.CLINICIAN, True, "", {})
    visit = FACTORIES["appointment"](case)
    invited(clinic.portal, clinic.clinician, visit, canary("name of a guest"))
    FACTORIES["recording"](case)
    mistaken = reports.add(clinic, laboratory=canary("laboratory"))
    reports.add(clinic)
    reports.mark(clinic, mistaken, canary("why a report was a mistake"))
    _ask(clinic, case, canary)
    _learn_anew(clinic)
    _invite(clinic, canary)
    _step(clinic, canary)
    with clinic.portal.inside():
        passkey_of(clinic.patient)
        addressing.ask(
            clinic.portal.actor(clinic.patient), f"{canary('next e-mail')}@nearside.test"
        )


def _ask(clinic: Clinic, case: Case, canary: Canary) -> None:
    look = FACTORIES["look"](case)
    with clinic.portal.inside():
        asked = records.ask(case.patient_id, look, canary("question about a look"))
        answer = canary("answer to it")
        records.answer(case.actor(Role.CLINICIAN), asked, clinic.patient.id, answer)


def _learn_anew(clinic: Clinic) -> None:
    """New evidence beside a review that is open."""
    patient = clinic.patient.patient_id
    assert patient is not None
    drafts.review_at_hand(clinic)
    with clinic.portal.inside():
        results.record(clinic.portal.actor(clinic.patient), pressure("204", "118"))
        drafting.draft(patient)


def _invite(clinic: Clinic, canary: Canary) -> None:
    name, email = canary("name of an invited patient"), canary("e-mail of an invited patient")
    inviting.invited(
        *(clinic.portal, clinic.coordinator, clinic.clinician),
        name=name,
        email=f"{email}@nearside.test",
    )
    _invite_carer(clinic, canary)


def _invite_carer(clinic: Clinic, canary: Canary) -> None:
    name, email = canary("name of an invited carer"), canary("e-mail of an invited carer")
    wanted = helping.wanted(email=f"{email}@nearside.test", name=name)
    helping.invite(clinic.portal, clinic.patient, wanted)


def _step(clinic: Clinic, canary: Canary) -> None:
    """Another phone on its way, a form that waits for a code, codes not yet written down."""
    portal = clinic.portal
    with portal.inside():
        actor = portal.actor(clinic.coordinator)
        authenticators.begin_replacement(actor)
        holding.hold(actor, "/messages", [("body", canary("form that waits for a code"))])
        _newcomer(portal)


def _newcomer(portal: Portal) -> None:
    number = accounts.create_person(
        email="newcomer@nearside.test",
        name="Rosa Lima",
        role=Role.COORDINATOR,
        password=PASSWORD,
        zone="UTC",
    )
    with db.writing():
        token = accounts.open_session(number, Stage.PASSWORD)
    found = people.session_of(token)
    assert found is not None
    names = (number, found[0].id, Role.COORDINATOR, "Rosa Lima", "UTC", "en", Stage.PASSWORD)
    actor = Actor(*names)
    secret = accounts.begin_enrolment(actor)
    accounts.confirm_enrolment(actor, pyotp.TOTP(secret).now(), tells=False)


def gather(portal: Portal, planted: dict[str, str]) -> list[str]:
    """A sealed text of each column becomes a canary; answers the columns that hold none."""
    unplanted: list[str] = []
    with portal.inside():
        for attribute in sealed_attributes():
            texts: dict[UUID, str] = {
                row.id: attribute.open(getattr(row, attribute.column), row.id, attribute.owner(row))
                for row in db.session().scalars(select(attribute.model).where(attribute.is_set))
            }
            long = {number: one for number, one in texts.items() if len(one) >= LONG_ENOUGH}
            if long:  # One of each column: every one is looked for in every file.
                planted[str(attribute)] = max(long.values(), key=len)
            else:
                unplanted.append(str(attribute))
    return unplanted
