"""An administrator looks after accounts, and after nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts import operations, queries
from app.accounts.operations import administering
from app.accounts.operations.officers import appoint
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Role, Stage
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from tests.care import circle
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.walk import Door, doors
from tests.support.portal import PASSWORD, Clinic, Portal, Someone

CLINICAL = {Role.PATIENT, Role.CLINICIAN, Role.COORDINATOR}
OF_PATIENTS = [
    door
    for door in doors()
    if door.access.stage is Stage.FULL and Role.ADMINISTRATOR not in door.access.roles
]


def plain_administrator(portal: Portal) -> Someone:
    """An administrator who does not answer for privacy."""
    found = portal.person(Role.ADMINISTRATOR)
    with portal.inside():
        appoint(found.id, officer=False)
    return found


def test_administrator_finds_no_door_of_a_patient(clinic: Clinic) -> None:
    circle.grant(clinic)
    asker = Asker(Scene(clinic.portal, clinic, clinic))
    visitor = clinic.portal.visit(clinic.administrator)
    assert len(OF_PATIENTS) > 60
    for door in OF_PATIENTS:
        holder = min(door.access.roles & CLINICAL or door.access.roles)
        path = asker.path(door, holder, own=True)
        assert asker.ask(door, visitor, path).status_code == 404, door


def test_administrators_pages_name_no_health_data(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(plain_administrator(clinic.portal))
    for path in ("/", "/people", "/settings"):
        shown = visitor.get(path).text
        assert f"/patients/{clinic.patient.patient_id}" not in shown
        assert "/privacy" not in shown


def officers_doors() -> list[Door]:
    return [door for door in doors() if door.access.officer]


def test_administrator_who_is_no_privacy_officer_reads_no_question(clinic: Clinic) -> None:
    asker = Asker(Scene(clinic.portal, clinic, clinic))
    plain = clinic.portal.visit(plain_administrator(clinic.portal))
    officer = clinic.portal.visit(clinic.administrator)
    assert {"records.questions", "records.answer", "records.look_into"} == {
        door.endpoint for door in officers_doors()
    }
    for door in officers_doors():
        path = asker.path(door, Role.ADMINISTRATOR, own=True)
        assert asker.ask(door, plain, path).status_code == 404, door
        # A form without words is refused, which only whoever may send one is told.
        assert asker.ask(door, officer, path).status_code == (422 if door.method == "POST" else 200)


def test_closed_account_is_signed_out_and_cannot_sign_in_until_opened_again(
    clinic: Clinic,
) -> None:
    portal, marta = clinic.portal, clinic.coordinator
    hers, admin = portal.visit(marta), portal.visit(clinic.administrator)
    assert hers.get("/").status_code == 200
    assert admin.send(f"/people/{marta.id}/close").status_code == 303
    assert hers.get("/").status_code == 303
    assert "Closed" in admin.get("/people").text
    refused = portal.visit().send("/sign-in", email=marta.email, password=PASSWORD)
    assert "do not match" in refused.text
    assert admin.send(f"/people/{marta.id}/reopen").status_code == 303
    again = portal.visit().send("/sign-in", email=marta.email, password=PASSWORD)
    assert again.headers["Location"].endswith("/sign-in/code")
    with portal.inside():
        asked = select(AuditEvent.tag).where(AuditEvent.entity_id == marta.id)
        found = set(db.session().scalars(asked))
    assert {"accounts.closed", "accounts.reopened"} <= found


def test_nobody_closes_their_own_account(clinic: Clinic) -> None:
    admin = clinic.portal.visit(clinic.administrator)
    assert "your own account" in admin.send(f"/people/{clinic.administrator.id}/close").text
    assert admin.get("/people").status_code == 200


def test_erased_patient_is_not_opened_again(clinic: Clinic) -> None:
    runner = clinic.portal.app.test_cli_runner()
    assert runner.invoke(args=["care", "erase", clinic.patient.email, "--yes"]).exit_code == 0
    with clinic.portal.inside(), pytest.raises(Refusal):
        administering.reopen(clinic.portal.actor(clinic.administrator), clinic.patient.id)


def test_closing_asks_for_a_fresh_factor(clinic: Clinic) -> None:
    with clock.standing_at(clock.now() + FRESH_FOR * 1.1):
        visitor = clinic.portal.visit(clinic.administrator)
        answer = visitor.get(f"/people/{clinic.patient.id}/close")
    assert "/confirm" in answer.headers["Location"]


def test_operator_appoints_and_dismisses_privacy_officers(clinic: Clinic) -> None:
    def run(*words: str) -> str:
        return clinic.portal.app.test_cli_runner().invoke(args=["accounts", *words]).output

    assert "answers for privacy" in run("officer", clinic.administrator.email)
    assert "no longer" in run("officer", clinic.administrator.email, "--end")
    assert clinic.portal.visit(clinic.administrator).get("/privacy").status_code == 404
    doctor = clinic.portal.app.test_cli_runner().invoke(args=["doctor"]).output
    assert "Nobody answers for privacy." in doctor
    assert "Only an administrator" in run("officer", clinic.clinician.email)
    assert "Nobody signs in" in run("officer", "nobody@nearside.test")


def test_people_are_listed_by_role(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.administrator)
    visitor.get("/people")
    assert visitor.page is not None
    captions = ["".join(one.itertext()) for one in visitor.page.iter("caption")]
    assert captions == ["Patient", "Clinician", "Care coordinator", "Administrator"]
    with clinic.portal.inside():
        assert operations.end_every_session(clinic.patient.id) == 1
        assert queries.account(clinic.portal.actor(clinic.clinician), clinic.patient.id) is None
