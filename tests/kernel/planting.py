"""A portal in which people write canaries wherever they can write; says which, and waits.

It waits for a line on its input, so that the files are looked at while the database is open, with
everything that is in its write-ahead log.
"""

from __future__ import annotations

import json
import secrets
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import text

from app.accounts import operations as accounts
from app.care import operations as care
from app.care.operations import breaking
from app.care.rules import Sex
from app.kernel import db
from app.kernel.actor import Role
from app.kernel.settings import Environment
from app.plans.operations import reviewing
from app.plans.rules.lines import Words
from app.results import operations as results
from tests.care import circle
from tests.kernel import planting_rest as rest
from tests.plans import drafts
from tests.questionnaires import life
from tests.results.readings import weight
from tests.support.portal import Clinic, Portal, Someone

# Stands in the database as it is, to show that whoever looks would find what is there.
PLAIN = "plainly-visible-title"
BORN = date(1931, 7, 19)


class Canaries:
    """Words that are nowhere else in the world; `planted` lists them by what they are."""

    def __init__(self) -> None:
        self.planted = {"birth date": BORN.isoformat()}

    def __call__(self, what: str) -> str:
        """A new one."""
        return self.planted.setdefault(what, f"canary{secrets.token_hex(8)}")


def main(url: str, directory: str) -> None:
    """Plant, tell, and wait."""
    canary = Canaries()
    portal = Portal(url, Path(directory), Environment.TEST)
    everything(portal, canary)
    with portal.inside(), db.writing() as session:
        session.execute(text("UPDATE person SET title = :title"), {"title": PLAIN})
    unplanted = rest.gather(portal, canary.planted)
    told = {"planted": canary.planted, "unplanted": unplanted}
    print(json.dumps(told), flush=True)  # noqa: T201 - the test reads it
    sys.stdin.readline()


def everything(portal: Portal, canary: Canaries) -> Clinic:
    """A clinic in which a canary is written wherever somebody can write."""
    clinic = _clinic(portal, canary)
    _write_as_patient(clinic, canary)
    _write_as_clinician(clinic, canary)
    _break_the_glass(clinic, canary)
    _type_at_the_door(clinic, canary)
    portal.work()
    rest.write(clinic, canary)
    return clinic


def _clinic(portal: Portal, canary: Canaries) -> Clinic:
    clinician, coordinator = portal.person(Role.CLINICIAN), portal.person(Role.COORDINATOR)
    patient = portal.patient(clinician, coordinator, name=canary("name"), birth_date=BORN)
    with portal.inside():
        other = accounts.create_person(
            email=f"{canary('e-mail')}@nearside.test",
            name=f"Dr {canary('name of a clinician')}",
            role=Role.CLINICIAN,
            password="violet anchor seven kettles",
            zone="UTC",
        )
        care.join_team(patient.patient_id or other, other)
        unseen = accounts.create_person(
            email=f"{canary('e-mail of a patient')}@nearside.test",
            name="Somebody",
            role=Role.PATIENT,
            password="violet anchor seven kettles",
            zone="UTC",
        )
        care.register(unseen, birth_date=BORN, sex=Sex.MALE)
    officer = portal.person(Role.ADMINISTRATOR)
    return Clinic(portal, patient, clinician, coordinator, officer)


def _write_as_patient(clinic: Clinic, canary: Canaries) -> None:
    portal, patient = clinic.portal, clinic.patient
    visitor = portal.visit(patient)
    assert visitor.send("/messages", body=canary("message")).status_code == 303
    for part in life.PARTS:
        said = {"what_matters": canary("answer")} if part == "wellbeing" else {}
        life.answer(visitor, part, **said)
    with portal.inside():
        results.record(portal.actor(patient), weight("88"), note=canary("note of a reading"))


def _write_as_clinician(clinic: Clinic, canary: Canaries) -> None:
    plan_id = drafts.review_at_hand(clinic)
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.clinician)
        words = Words(canary("line of a plan"), canary("detail of a line"), "Why.", "", "")
        reviewing.add(actor, plan_id, words, drafts.today(), drafts.today())
        line = drafts.plan(actor, plan_id).lines[0]
        reviewing.reject(actor, line.id, canary("reason of a rejection"), line.version)


def _break_the_glass(clinic: Clinic, canary: Canaries) -> None:
    portal, patient = clinic.portal, clinic.patient
    other, reason = portal.person(Role.CLINICIAN), canary("reason of an emergency")
    opening = circle.open_now(portal, other, patient, reason)
    with portal.inside():
        officer = portal.actor(clinic.administrator)
        breaking.review(officer, opening, canary("finding of the privacy officer"))


def _type_at_the_door(clinic: Clinic, canary: Canaries) -> None:
    portal = clinic.portal
    stranger = portal.visit()
    email = f"{canary('unknown e-mail')}@nearside.test"
    refused = stranger.send("/sign-in", email=email, password=canary("wrong password"))
    assert refused.status_code == 422
    stranger.get(f"/sign-in?next=/{canary('address')}")
    _lose_a_form(portal, clinic.patient, canary)


def _lose_a_form(portal: Portal, someone: Someone, canary: Canaries) -> None:
    """Send a form after the session ended: what was typed is kept."""
    path = "/messages"
    visitor = portal.visit(someone)
    visitor.get(path)
    form = {**visitor.filled(path), "body": canary("form that was kept")}
    with portal.inside():
        accounts.end_every_session(someone.id)
    assert visitor.post(path, form).status_code == 303


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
