"""A care team is looked after by its clinicians, and never left without one."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from app.appointments import operations as visits
from app.care import queries
from app.care.operations import teams
from app.care.queries import teams as seen
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from tests.care import circle
from tests.support.portal import Clinic, Portal


def test_clinician_adds_a_colleague_who_sees_the_patient_at_once(clinic: Clinic) -> None:
    other = clinic.portal.person(Role.CLINICIAN, "Dr Nadia Haddad")
    page = f"/patients/{clinic.patient.patient_id}"
    colleague = clinic.portal.visit(other)
    assert colleague.get(page).status_code == 404
    sent = clinic.portal.visit(clinic.clinician).send(f"{page}/team/add", colleague=str(other.id))
    assert sent.headers["Location"] == f"{page}/team"
    assert clinic.patient.name in colleague.get(page).text
    shown = clinic.portal.visit(clinic.patient).get("/care-team").text
    assert "Dr Nadia Haddad" in shown
    assert "The whole clinical record" in shown


def test_nobody_is_added_without_being_chosen_and_nobody_twice(clinic: Clinic) -> None:
    page = f"/patients/{clinic.patient.patient_id}/team/add"
    doctor = clinic.portal.visit(clinic.clinician)
    assert "Please choose somebody from the list." in doctor.send(page, colleague="").text
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside(), pytest.raises(Refusal):
        teams.add(actor, circle.patient_of(clinic), clinic.coordinator.id)
    for someone in (clinic.administrator, clinic.patient):
        with clinic.portal.inside(), pytest.raises(Refusal):
            teams.add(actor, circle.patient_of(clinic), someone.id)


def test_whoever_is_taken_off_sees_nothing_from_then_on(clinic: Clinic) -> None:
    place = circle.place_of(clinic, clinic.coordinator)
    marta, page = clinic.portal.visit(clinic.coordinator), f"/patients/{clinic.patient.patient_id}"
    assert marta.get(f"{page}/messages").status_code == 200
    clinic.portal.visit(clinic.clinician).send(f"/team-members/{place}/remove")
    for path in (page, f"{page}/messages", f"{page}/team"):
        assert marta.get(path).status_code == 404
    assert clinic.patient.name not in marta.get("/patients").text
    assert clinic.patient.name not in marta.get("/inbox").text


def test_last_clinician_cannot_leave(clinic: Clinic) -> None:
    place = circle.place_of(clinic, clinic.clinician)
    doctor = clinic.portal.visit(clinic.clinician)
    refused = doctor.send(f"/team-members/{place}/remove")
    assert "Nobody else treats this patient." in refused.text
    circle.colleague(clinic, Role.CLINICIAN)
    assert doctor.send(f"/team-members/{place}/remove").headers["Location"] == "/patients"
    assert doctor.get(f"/patients/{clinic.patient.patient_id}").status_code == 404


def test_nobody_leaves_a_patient_whom_they_are_about_to_meet(clinic: Clinic) -> None:
    circle.colleague(clinic, Role.CLINICIAN)
    with clinic.portal.inside():
        number = visits.book(
            patient_id=circle.patient_of(clinic),
            clinician_id=clinic.clinician.id,
            starts_at=clock.now() + timedelta(days=1),
            minutes=20,
        )
    place = circle.place_of(clinic, clinic.clinician)
    doctor = clinic.portal.visit(clinic.clinician)
    assert (
        "They have a visit with this patient ahead."
        in doctor.send(f"/team-members/{place}/remove").text
    )
    with clinic.portal.inside():
        visits.cancel(clinic.portal.actor(clinic.clinician), number, version=1)
    assert doctor.send(f"/team-members/{place}/remove").status_code == 303
    # What was, is no longer theirs to see either.
    assert doctor.get(f"/visits/{number}/calendar").status_code == 404


def test_two_clinicians_who_take_each_other_off_leave_one_behind(portal_on_each: Portal) -> None:
    clinic = portal_on_each.clinic()
    other = portal_on_each.person(Role.CLINICIAN)
    with portal_on_each.inside():
        teams.add(portal_on_each.actor(clinic.clinician), circle.patient_of(clinic), other.id)
    pairs = [
        (portal_on_each.actor(one), circle.place_of(clinic, two))
        for one, two in ((clinic.clinician, other), (other, clinic.clinician))
    ]
    start = threading.Barrier(len(pairs))

    def leave(pair: tuple[object, object]) -> None:
        actor, place = pair
        with portal_on_each.inside():
            start.wait(10)
            try:
                teams.remove(actor, place)  # type: ignore[arg-type]  # a pair as made above
            except Refusal:
                refused.append(place)

    refused: list[object] = []
    threads = [threading.Thread(target=leave, args=(pair,)) for pair in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    with portal_on_each.inside():
        left = queries.team_with(circle.patient_of(clinic), Role.CLINICIAN)
    assert (len(left), len(refused)) == (1, 1)


def test_coordinator_reads_the_team_and_changes_nothing(clinic: Clinic) -> None:
    page = f"/patients/{clinic.patient.patient_id}/team"
    marta = clinic.portal.visit(clinic.coordinator)
    shown = marta.get(page).text
    assert clinic.clinician.name in shown
    assert "Take off the team" not in shown
    assert marta.get(f"{page}/add").status_code == 404
    with clinic.portal.inside():
        found = seen.members(circle.patient_of(clinic))
    assert [one.clinical for one in found] == [True, False]
