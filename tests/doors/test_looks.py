"""No page shows a patient's data without an event that says who saw it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.kernel import db
from app.kernel.actor import Role, Stage
from app.kernel.looks import REASONS, SEEN
from app.kernel.models import AuditEvent
from tests.doors.asking import Asker
from tests.doors.objects import Scene
from tests.doors.test_matrix import READING, cases, name
from tests.doors.walk import Door, application
from tests.support.portal import ORIGIN, Clinic

SHOWING = [door for door in READING if door.access.stage is Stage.FULL]
# Names and addresses of accounts, no health data: what an administrator works with.
NO_RECORD = {
    "accounts.people",
    "accounts.sign_out_everywhere",
    "accounts.close_account",
    "accounts.reopen_account",
    "care.waiting_to_regain",
    "care.check_identity",
}
# An open page's script reads on here; the page's own view is the one that counts.
GOING_ON = {
    "messages.mine_since": "messages.mine",
    "messages.conversation_since": "messages.conversation",
    "messages.inbox_since": "messages.inbox",
    "consults.film": "consults.recording",
}


@pytest.fixture
def asker(scene: Scene) -> Asker:
    return Asker(scene)


def looks(asker: Asker, answer: TestResponse) -> list[AuditEvent]:
    """The events of one answer."""
    with asker.portal.inside():
        asked = select(AuditEvent).where(
            AuditEvent.tag == SEEN.name,
            AuditEvent.request_id == answer.headers["X-Request-Id"],
        )
        return list(db.session().scalars(asked))


@contextmanager
def patients_read() -> Iterator[set[UUID]]:
    """Whose rows the portal reads meanwhile, from any table that knows a patient."""
    found: set[UUID] = set()

    def note(_session: Session, row: Any) -> None:
        patient = getattr(row, "patient_id", None)
        if patient and patient != row.id:  # Doors ask for the patient's own row: who is who?
            found.add(patient)

    event.listen(Session, "loaded_as_persistent", note)
    try:
        yield found
    finally:
        event.remove(Session, "loaded_as_persistent", note)


@pytest.mark.parametrize(("door", "role"), cases(SHOWING), ids=name)
def test_whoever_is_shown_a_patients_data_is_written_down(
    asker: Asker, door: Door, role: Role
) -> None:
    path, visitor = asker.path(door, role, own=True), asker.visitor(role)
    with patients_read() as read:
        answer = asker.ask(door, visitor, path)
    if answer.status_code != 200 or door.endpoint in NO_RECORD | set(GOING_ON):
        return
    found = looks(asker, answer)
    seen = {one.patient_id for one in found}
    assert read <= seen, f"{door} shows what no event tells"
    patient = asker.scene.mine.patient
    if role is not Role.PATIENT and patient.name in answer.text:
        assert patient.patient_id in seen, f"{door} names a patient, and no event tells"
    assert len(found) == len(seen), "one event for each patient"
    assert {one.actor_id for one in found} <= {asker.scene.someone(role).id}
    assert all(one.detail["door"] == door.endpoint for one in found)
    assert all(one.detail["why"] == REASONS.get(role, role.value) for one in found)


def test_every_page_that_reads_on_belongs_to_one_that_counts() -> None:
    app = application()
    for inner, page in GOING_ON.items():
        assert page in app.view_functions
        assert app.view_functions[inner].__wrapped__.watched is app.view_functions[inner]


def test_pages_with_a_thing_of_a_patient_say_which(asker: Asker) -> None:
    clinic = asker.scene.mine
    visitor = asker.visitor(Role.CLINICIAN)
    (chart,) = looks(asker, visitor.get(f"/patients/{clinic.patient.patient_id}"))
    assert chart.entity_id == clinic.patient.patient_id
    assert "patient" in chart.detail["kinds"]
    door = next(one for one in SHOWING if one.endpoint == "plans.review")
    path = asker.path(door, Role.CLINICIAN, own=True)
    (review,) = looks(asker, asker.ask(door, visitor, path))
    assert str(review.entity_id) in path
    assert review.detail["kinds"] == ["plan"]


def test_page_that_only_names_its_reader_is_no_look(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    asker = Asker(Scene(clinic.portal, clinic, clinic))
    assert looks(asker, visitor.get("/settings")) == []


def test_page_asked_for_its_head_alone_shows_nothing(asker: Asker) -> None:
    visitor = asker.visitor(Role.CLINICIAN)
    path = f"/patients/{asker.scene.mine.patient.patient_id}"
    head = visitor.client.head(path, base_url=ORIGIN)
    assert (head.status_code, head.data) == (200, b"")
    assert looks(asker, head) == []
    assert len(looks(asker, visitor.get(path))) == 1


def test_open_page_reads_on_without_a_new_event_until_there_is_something_new(
    clinic: Clinic,
) -> None:
    asker = Asker(Scene(clinic.portal, clinic, clinic))
    patient, staff = clinic.portal.visit(clinic.patient), clinic.portal.visit(clinic.coordinator)
    page = f"/patients/{clinic.patient.patient_id}/messages"
    assert looks(asker, staff.get(f"{page}/since?after=0")) == []
    patient.send("/messages", body="Good morning")
    (found,) = looks(asker, staff.get(f"{page}/since?after=0"))
    assert found.detail["kinds"] == ["message"]
    assert looks(asker, staff.get(f"{page}/since?after=1")) == []


def test_page_that_cannot_be_written_down_is_not_shown(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.clinician)
    page = f"/patients/{clinic.patient.patient_id}"
    assert clinic.patient.name in visitor.get(page).text
    with clinic.portal.inside(), db.database().engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_event RENAME TO elsewhere"))
    answer = visitor.get(page)
    assert answer.status_code == 503
    assert clinic.patient.name not in answer.text


def test_page_that_is_not_found_is_no_look(clinic: Clinic) -> None:
    asker = Asker(Scene(clinic.portal, clinic, clinic))
    other = clinic.portal.patient()
    answer = clinic.portal.visit(clinic.clinician).get(f"/patients/{other.patient_id}")
    assert answer.status_code == 404
    assert looks(asker, answer) == []
