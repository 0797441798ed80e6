"""A patient takes a copy of their record: who may, when, how often, and who is told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from app.accounts.models import Person
from app.accounts.operations import notices
from app.accounts.rules import Happening
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Role
from app.kernel.models import AuditEvent, Outbox
from app.records.operations import COPIES
from tests.records.copies import ADDRESS, BUTTON_PAGE, Copy, copy_of, live, take
from tests.support.inspection import words
from tests.support.portal import ORIGIN, Clinic, Portal, Someone, Visitor

LATER = FRESH_FOR + timedelta(seconds=31)
FILES = {"record.json", "record.html", "seen.csv", "seen.json"}


def of_this(portal: Portal, tag: str) -> list[AuditEvent]:
    """The events with this tag, the earliest first."""
    with portal.inside():
        asked = select(AuditEvent).where(AuditEvent.tag == tag).order_by(AuditEvent.at)
        return list(db.session().scalars(asked))


def text_of(visitor: Visitor, path: str) -> str:
    assert visitor.get(path).status_code == 200
    assert visitor.page is not None
    return words(visitor.page)


def limit(portal: Portal, someone: Someone) -> None:
    """They came back without any factor today."""
    with portal.inside(), db.writing() as session:
        until = clock.now() + timedelta(days=7)
        session.execute(update(Person).where(Person.id == someone.id).values(limited_until=until))


def test_patient_gets_one_file_that_nobody_keeps(clinic: Clinic) -> None:
    answer = take(clinic.portal.visit(clinic.patient))
    assert Copy.of(answer).files.keys() == FILES
    said = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=nearside-record-\d{4}-\d\d-\d\d\.zip", said)
    assert answer.headers["Cache-Control"] == "no-store"


def test_way_to_it_stands_where_a_patient_looks(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    for path in ("/", "/record/seen", "/record/consents"):
        visitor.get(path)
        assert visitor.page is not None
        assert BUTTON_PAGE in {one.get("href") for one in visitor.page.iter("a")}


def test_copy_is_one_event_and_is_marked_in_who_has_seen_my_record(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    answer = take(visitor)
    (taken,) = of_this(clinic.portal, "record.taken")
    assert (taken.patient_id, taken.actor_id) == (clinic.patient.patient_id, clinic.patient.id)
    assert taken.detail["why"] == "export"
    assert {"patient", "consent", "look"} <= set(taken.detail["kinds"])
    number = answer.headers["X-Request-Id"]
    assert [one for one in of_this(clinic.portal, "record.seen") if one.request_id == number] == []
    shown = text_of(visitor, "/record/seen")
    assert "Copy taken" in shown
    assert "A copy of your record was taken out of the portal as a file." in shown
    again = copy_of(clinic)
    assert [row[-1] for row in again.table[1:]].count("Copy taken") == 1
    actions = [one["resource"]["action"] for one in again.audit["entry"]]
    assert (actions.count("E"), set(actions)) == (1, {"E", "R"})


def test_copy_that_somebody_else_took_can_be_asked_about(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    take(visitor)
    visitor.get("/record/seen")
    assert visitor.page is not None
    (path,) = [
        one.get("href", "") for one in visitor.page.iter("a") if one.get("href", "").endswith("ask")
    ]
    assert visitor.send(path, words="That was not me.").status_code == 303


def test_owner_is_told_in_the_portal_and_by_mail_without_a_link(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    take(visitor)
    said = str(notices.WORDS[Happening.RECORD_COPIED])
    assert said in visitor.get("/account/notices").text
    with clinic.portal.inside():
        queued = db.session().scalars(select(Outbox.kind)).all()
    assert notices.MAIL in queued


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_staff_take_nobodys_record(clinic: Clinic, role: Role) -> None:
    visitor = clinic.portal.visit(getattr(clinic, role.value))
    visitor.get("/settings")
    assert visitor.page is not None
    fields = {
        one.get("name", ""): one.get("value", "")
        for form in visitor.page.iter("form")
        for one in form.iter("input")
    }
    assert visitor.post(ADDRESS, fields).status_code == 404
    assert visitor.get(BUTTON_PAGE).status_code == 404
    assert of_this(clinic.portal, "record.taken") == []


def test_nothing_of_another_patient_is_in_it(clinic: Clinic) -> None:
    live(clinic)
    other = clinic.portal.patient(clinic.clinician, name="Zebulon Quist")
    clinic.portal.visit(other).send("/messages", body="zanzibar-words")
    whole = b"".join(copy_of(clinic).files.values())
    assert b"zanzibar" not in whole
    assert b"Zebulon" not in whole
    assert str(other.patient_id).encode() not in whole


def test_stale_factor_is_asked_for_and_then_the_file_comes(clinic: Clinic) -> None:
    portal, visitor = clinic.portal, clinic.portal.visit(clinic.patient)
    visitor.get(BUTTON_PAGE)
    form = visitor.filled(ADDRESS)
    with clock.standing_at(clock.now() + LATER):
        asked = visitor.post(ADDRESS, form)
        assert asked.status_code == 303
        assert of_this(portal, "record.taken") == []
        visitor.get(asked.headers["Location"].removeprefix(ORIGIN))
        code = {**visitor.filled("/confirm"), "code": portal.code(clinic.patient, 0)}
        visitor.follow(visitor.post("/confirm", code))
        assert Copy.of(visitor.post(ADDRESS, visitor.filled(ADDRESS))).files.keys() == FILES


def test_form_without_its_token_gets_nothing(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get(BUTTON_PAGE)
    form = {**visitor.filled(ADDRESS), "csrf_token": "guessed"}
    assert visitor.post(ADDRESS, form).mimetype != "application/zip"
    assert of_this(clinic.portal, "record.taken") == []


def test_whoever_came_back_without_factors_waits_and_is_told_until_when(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get(BUTTON_PAGE)
    form = visitor.filled(ADDRESS)
    limit(clinic.portal, clinic.patient)
    answer = visitor.post(ADDRESS, form)
    assert answer.status_code == 403
    assert "This has to wait a few days" in answer.text
    assert of_this(clinic.portal, "record.taken") == []
    shown = text_of(visitor, BUTTON_PAGE)
    assert "It opens again at" in shown
    assert "Download my record" not in shown


def test_second_press_gets_a_copy_as_well(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get(BUTTON_PAGE)
    form = visitor.filled(ADDRESS)
    for _press in range(2):
        Copy.of(visitor.post(ADDRESS, form))
    assert len(of_this(clinic.portal, "record.taken")) == 2


def test_sixth_copy_of_a_day_is_refused_kindly(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    ((most, _length),) = COPIES.windows
    with clock.standing_at(clock.now()):
        for _copy in range(most):
            Copy.of(take(visitor))
        answer = take(visitor)
    assert answer.status_code == 429
    assert "You have taken five copies of your record today." in answer.text
    assert len(of_this(clinic.portal, "record.taken")) == most


def test_copy_that_cannot_be_written_down_does_not_leave(clinic: Clinic) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get(BUTTON_PAGE)
    form = visitor.filled(ADDRESS)

    def refuse(*_event: object) -> None:
        raise OSError("the disk is full")

    event.listen(AuditEvent, "before_insert", refuse)
    try:
        answer = visitor.post(ADDRESS, form)
    finally:
        event.remove(AuditEvent, "before_insert", refuse)
    assert answer.status_code == 500
    assert answer.mimetype == "text/html"
