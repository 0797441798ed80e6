"""A coordinator arranges; the clinical record opens to them only where a clinician said so."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.kernel import db
from app.kernel.actor import Role, Stage
from app.kernel.models import AuditEvent, Outbox
from app.plans.operations import reviewing
from app.plans.rules.lines import Words
from app.results import operations as results
from app.results import queries
from tests.care import circle
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.walk import Door, doors
from tests.plans import drafts
from tests.questionnaires import life
from tests.results import readings
from tests.support.portal import Clinic, Portal

NOTE, LINE, WHY = "note-canary", "line-canary", "why-canary"
# What everybody answers here in their own words.
ANSWER = life.WORDS.splitlines()[-1]
CANARIES = {NOTE, ANSWER, LINE, WHY}
SHOWN = [door for door in doors() if door.method == "GET" and door.access.stage is Stage.FULL]
THEIRS = [door for door in SHOWN if Role.COORDINATOR in door.access.roles]


@pytest.fixture
def lived_in(portal: Portal) -> Scene:
    """A clinic whose patient answered and measured, with a plan that a clinician worked on."""
    clinic = portal.clinic()
    with portal.inside():
        life.complete(portal.actor(clinic.patient))
        actor, typed = portal.actor(clinic.patient), readings.pressure("192", "118", minutes_ago=2)
        sure = readings.token(actor, typed)
        results.record(actor, typed, note=NOTE, sure=sure)
    plan_id = drafts.review_at_hand(clinic)
    with portal.inside():
        doctor = portal.actor(clinic.clinician)
        words = Words(LINE, "", WHY, "", "")
        reviewing.add(doctor, plan_id, words, drafts.today(), drafts.today())
    return Scene(portal, clinic, portal.clinic())


def read(scene: Scene, door: Door) -> str:
    """What the coordinator is shown at a door, of the patient whom they coordinate."""
    asker = Asker(scene)
    path = asker.path(door, Role.COORDINATOR, own=True)
    answer = asker.ask(door, asker.visitor(Role.COORDINATOR), path)
    assert answer.status_code in {200, 303, 400, 404, 409, 422}, door
    return answer.text


def test_no_door_shows_a_coordinator_what_is_clinical_before_a_clinician_says_so(
    lived_in: Scene,
) -> None:
    assert {"care.chart", "messages.inbox", "results.attend"} <= {one.endpoint for one in THEIRS}
    for door in THEIRS:
        found = {one for one in CANARIES if one in read(lived_in, door)}
        assert found == set(), f"{door} shows a coordinator {found}"
    circle.grant(lived_in.mine)
    shown = " ".join(read(lived_in, door) for door in THEIRS)
    assert {one for one in CANARIES if one in shown} == CANARIES


def test_dangerous_reading_reaches_the_coordinator_with_its_number_alone(lived_in: Scene) -> None:
    clinic = lived_in.mine
    chart = clinic.portal.visit(clinic.coordinator).get(f"/patients/{clinic.patient.patient_id}")
    assert "192 over 118 mmHg" in chart.text
    assert "See to it" in chart.text
    assert "All readings" not in chart.text
    assert "Charts and all readings" not in chart.text


def urgent_pages(clinic: Clinic) -> str:
    """Every dangerous reading that waits, as the coordinator is shown it."""
    marta = clinic.portal.visit(clinic.coordinator)
    with clinic.portal.inside():
        waiting = queries.urgent(clinic.portal.actor(clinic.coordinator))
    assert waiting
    return " ".join(marta.get(f"/urgent-readings/{one.reading.id}").text for one in waiting)


def test_words_beside_a_dangerous_reading_wait_for_the_grant(lived_in: Scene) -> None:
    assert "192 over 118 mmHg" in urgent_pages(lived_in.mine)
    assert NOTE not in urgent_pages(lived_in.mine)
    circle.grant(lived_in.mine)
    assert NOTE in urgent_pages(lived_in.mine)


def test_grant_is_taken_back_by_the_next_request(lived_in: Scene) -> None:
    clinic = lived_in.mine
    page = f"/patients/{clinic.patient.patient_id}/results"
    marta, doctor = (clinic.portal.visit(one) for one in (clinic.coordinator, clinic.clinician))
    place = circle.place_of(clinic, clinic.coordinator)
    assert marta.get(page).status_code == 404
    assert doctor.send(f"/team-members/{place}/grant").status_code == 303
    assert NOTE in marta.get(page).text
    team = f"/patients/{clinic.patient.patient_id}/team"
    assert doctor.send(f"/team-members/{place}/revoke", page=team).status_code == 303
    assert marta.get(page).status_code == 404


def test_grant_and_its_end_are_written_down_and_shown_to_the_patient(clinic: Clinic) -> None:
    place = circle.place_of(clinic, clinic.coordinator)
    doctor, ana = (clinic.portal.visit(one) for one in (clinic.clinician, clinic.patient))
    assert "opened it to them" not in ana.get("/care-team").text
    doctor.send(f"/team-members/{place}/grant")
    assert f"{clinic.clinician.name} opened it to them." in ana.get("/care-team").text
    team = f"/patients/{clinic.patient.patient_id}/team"
    doctor.send(f"/team-members/{place}/revoke", page=team)
    assert "opened it to them" not in ana.get("/care-team").text
    with clinic.portal.inside():
        asked = select(AuditEvent).where(AuditEvent.tag.startswith("care.clinical_record"))
        found = db.session().scalars(asked.order_by(AuditEvent.at)).all()
    assert [one.tag.rpartition("_")[2] for one in found] == ["granted", "revoked"]
    assert {one.patient_id for one in found} == {clinic.patient.patient_id}
    assert {one.entity_id for one in found} == {clinic.coordinator.id}
    assert {one.actor_id for one in found} == {clinic.clinician.id}


def test_only_a_clinician_of_the_team_opens_the_record_and_only_to_a_coordinator(
    clinic: Clinic,
) -> None:
    place = circle.place_of(clinic, clinic.coordinator)
    own = circle.place_of(clinic, clinic.clinician)
    stranger = clinic.portal.clinic().clinician
    for someone in (clinic.coordinator, clinic.patient, clinic.administrator, stranger):
        assert clinic.portal.visit(someone).get(f"/team-members/{place}/grant").status_code == 404
    doctor = clinic.portal.visit(clinic.clinician)
    assert doctor.get(f"/team-members/{own}/grant").status_code == 404


def told(clinic: Clinic, subject: str) -> bool:
    """Whether the coordinator's open pages hear of this subject."""
    with clinic.portal.inside():
        hints = [one.payload for one in db.session().scalars(select(Outbox))]
    rooms = [one["rooms"] for one in hints if one.get("changed") == subject]
    assert rooms
    return any(f"person:{clinic.coordinator.id}" in one for one in rooms)


def test_open_pages_of_a_coordinator_hear_of_readings_only_with_the_grant(clinic: Clinic) -> None:
    with clinic.portal.inside():
        results.record(clinic.portal.actor(clinic.patient), readings.weight("80"))
    assert not told(clinic, "results")
    circle.grant(clinic)
    with clinic.portal.inside():
        results.record(clinic.portal.actor(clinic.patient), readings.weight("81", minutes_ago=9))
    assert told(clinic, "results")
