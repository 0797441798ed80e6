"""A record is opened from outside its team for an hour, with a reason, and everybody is told."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from app.accounts.operations.officers import appoint
from app.care.operations import breaking
from app.care.queries import breaking as queries
from app.care.rules.breaking import MOST_A_DAY
from app.kernel import clock, db
from app.kernel.actor import FRESH_FOR, Role
from app.kernel.looks import SEEN
from app.kernel.models import AuditEvent, Outbox
from app.kernel.refusal import Refusal
from app.results import operations as results
from tests.care import circle
from tests.care.circle import BORN, REASON
from tests.results import readings
from tests.support.portal import Clinic, Portal, Someone, Visitor

HOUR = timedelta(minutes=60)


@pytest.fixture
def nadia(clinic: Clinic) -> Someone:
    """A clinician who looks after somebody else."""
    return clinic.portal.person(Role.CLINICIAN, "Dr Nadia Haddad")


def chart_of(clinic: Clinic) -> str:
    return f"/patients/{clinic.patient.patient_id}"


def open_by_form(clinic: Clinic, someone: Someone, **said: str) -> Visitor:
    """Fill in the form."""
    visitor = clinic.portal.visit(someone)
    fields = {"name": clinic.patient.name, "born": BORN, "reason": REASON, **said}
    visitor.send("/emergency", **fields)
    return visitor


def shown_to(visitor: Visitor) -> str:
    """The words of the page at hand."""
    assert visitor.page is not None
    return " ".join("".join(visitor.page.itertext()).split())


def test_clinician_outside_the_team_reads_for_an_hour_and_no_longer(
    clinic: Clinic, nadia: Someone
) -> None:
    with clinic.portal.inside():
        results.record(clinic.portal.actor(clinic.patient), readings.pressure("131", "82"))
    page, began = chart_of(clinic), clock.now()
    assert clinic.portal.visit(nadia).get(page).status_code == 404
    visitor = open_by_form(clinic, nadia)
    assert "131 over 82 mmHg" in visitor.get(page).text
    for path in ("/results", "/answers", "/plan", "/messages/read"):
        assert visitor.get(page + path).status_code == 200, path
    assert f"The record of {clinic.patient.name} is open to you" in visitor.get("/").text
    with clock.standing_at(began + HOUR + timedelta(seconds=5)):
        actor = clinic.portal.actor(nadia)  # Signed in anew: the session of before is over.
        with clinic.portal.inside():
            assert queries.open_records(actor) == []
        late = clinic.portal.visit(nadia)
        for path in ("", "/results", "/answers", "/plan", "/messages/read"):
            assert late.get(page + path).status_code == 404, path


@pytest.mark.parametrize("path", ["/messages", "/visits/new", "/team", "/team/add"])
def test_doors_that_write_stay_shut(clinic: Clinic, nadia: Someone, path: str) -> None:
    visitor = open_by_form(clinic, nadia)
    shown = visitor.get(chart_of(clinic)).text
    assert visitor.get(chart_of(clinic) + path).status_code == 404
    assert f'href="{chart_of(clinic)}{path}"' not in shown


def test_dangerous_reading_is_shown_and_cannot_be_seen_to(clinic: Clinic, nadia: Someone) -> None:
    with clinic.portal.inside():
        number = readings.dangerous(clinic.portal.actor(clinic.patient))
    visitor = open_by_form(clinic, nadia)
    shown = visitor.get(chart_of(clinic)).text
    assert "Please act now" in shown
    assert f"/urgent-readings/{number}" not in shown
    assert visitor.get(f"/urgent-readings/{number}").status_code == 404


def test_patient_and_privacy_officer_are_told_with_the_opening(
    clinic: Clinic, nadia: Someone
) -> None:
    open_by_form(clinic, nadia)
    with clinic.portal.inside():
        broken = select(AuditEvent).where(AuditEvent.tag == "care.glass_broken")
        opening = db.session().scalars(broken).one().entity_id
        waiting = [one.payload for one in db.session().scalars(select(Outbox))]
    letters = [one["person"] for one in waiting if one.get("opening") == str(opening)]
    assert set(letters) == {str(clinic.patient.id), str(clinic.administrator.id)}
    ana, officer = (clinic.portal.visit(one) for one in (clinic.patient, clinic.administrator))
    assert "Your record was opened in an emergency" in ana.get("/").text
    page = ana.get("/care-team").text
    assert nadia.name in page
    assert REASON in page
    assert "1 record was opened in an emergency" in officer.get("/").text
    assert REASON in officer.get(f"/privacy/openings/{opening}").text


def test_letters_name_the_clinician_and_hold_neither_reason_nor_link(
    clinic: Clinic, nadia: Someone
) -> None:
    open_by_form(clinic, nadia)
    clinic.portal.work()
    folder = clinic.portal.app.extensions["settings"].instance / "mail"
    written = [one.read_text() for one in folder.glob("*.eml")]
    ours = [one for one in written if nadia.name in one]
    assert len(ours) == 2
    for one in ours:
        assert "street" not in one
        assert "http" not in one


def test_patient_says_that_they_have_read_it(clinic: Clinic, nadia: Someone) -> None:
    open_by_form(clinic, nadia)
    ana = clinic.portal.visit(clinic.patient)
    assert ana.send("/care-team/emergencies/read", page="/care-team").status_code == 303
    assert "Your record was opened in an emergency" not in ana.get("/").text
    assert REASON in ana.get("/care-team").text


def test_every_look_says_that_it_was_an_emergency(clinic: Clinic, nadia: Someone) -> None:
    visitor = open_by_form(clinic, nadia)
    for path in ("", "/results", "/plan", "/messages/read"):
        visitor.get(chart_of(clinic) + path)
    visitor.get("/")
    with clinic.portal.inside():
        asked = select(AuditEvent).where(
            AuditEvent.tag == SEEN.name, AuditEvent.actor_id == nadia.id
        )
        found = db.session().scalars(asked).all()
    assert len(found) == 5
    assert {one.detail["why"] for one in found} == {"break_glass"}
    # Whoever looks after the patient looks for the usual reason meanwhile.
    clinic.portal.visit(clinic.clinician).get(chart_of(clinic))
    seen = clinic.portal.visit(clinic.patient).get("/record/seen").text
    assert "Emergency" in seen
    assert "An emergency. They do not belong to your care team." in seen
    assert REASON in seen
    assert "They belong to your care team." in seen


def test_record_is_closed_early(clinic: Clinic, nadia: Someone) -> None:
    visitor = open_by_form(clinic, nadia)
    with clinic.portal.inside():
        (here,) = queries.open_records(clinic.portal.actor(nadia))
    visitor.get(chart_of(clinic))
    path = f"/emergency/{here.id}/end"
    assert visitor.send(path, page=chart_of(clinic)).headers["Location"] == "/patients"
    assert visitor.get(chart_of(clinic)).status_code == 404


def test_finding_of_the_officer_is_read_by_the_patient(clinic: Clinic, nadia: Someone) -> None:
    open_by_form(clinic, nadia)
    officer = clinic.portal.visit(clinic.administrator)
    with clinic.portal.inside():
        (task,) = queries.to_review(clinic.portal.actor(clinic.administrator))
    path = f"/privacy/openings/{task.id}"
    assert officer.send(path, answer=" ").status_code == 422
    assert officer.send(path, answer="The ambulance called her.").status_code == 303
    assert "This was looked into already." in officer.get(path).text
    assert "The ambulance called her." in clinic.portal.visit(clinic.patient).get("/care-team").text
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.administrator)
        assert queries.review_count(actor) == 0
        with pytest.raises(Refusal):
            breaking.review(actor, task.id, "Again.")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": "too short"}, "in 10 to 500 characters"),
        ({"reason": "long " * 120}, "at most 500 characters"),
        ({"reason": "   "}, "Please say why"),
        ({"born": "1958-03-02"}, "No patient has exactly this name"),
        ({"name": "Somebody Else"}, "No patient has exactly this name"),
        ({"born": "yesterday"}, "such as 31 January 1950"),
    ],
)
def test_nothing_opens_without_the_exact_patient_and_a_reason(
    clinic: Clinic, nadia: Someone, said: dict[str, str], sentence: str
) -> None:
    visitor = open_by_form(clinic, nadia, **said)
    assert sentence in shown_to(visitor)
    assert visitor.get(chart_of(clinic)).status_code == 404


def test_two_patients_of_one_name_and_day_open_neither(clinic: Clinic, nadia: Someone) -> None:
    clinic.portal.patient(name=clinic.patient.name)
    visitor = open_by_form(clinic, nadia)
    assert "More than one patient" in shown_to(visitor)
    assert visitor.get(chart_of(clinic)).status_code == 404


def test_sixth_record_of_a_day_is_refused_with_whom_to_call(clinic: Clinic, nadia: Someone) -> None:
    others = [clinic.portal.patient(name=f"Patient Nr {'I' * (n + 1)}") for n in range(5)]
    # Of one day, whatever the time is when the test runs.
    noon = clock.now().replace(hour=12) + timedelta(days=1)
    with clock.standing_at(noon):
        for one in others:
            circle.broken(clinic.portal, nadia, one)
        with pytest.raises(Refusal) as refused:
            circle.broken(clinic.portal, nadia, clinic.patient)
    assert clinic.administrator.name in str(refused.value.sentence)


def test_of_many_openings_at_once_no_more_succeed_than_a_day_allows(
    portal_on_each: Portal,
) -> None:
    portal, nadia = portal_on_each, portal_on_each.person(Role.CLINICIAN)
    numbers = range(1, 2 * MOST_A_DAY + 1)
    people = [portal.patient(name=f"Patient Nr {'I' * number}") for number in numbers]
    actor, start = portal.actor(nadia), threading.Barrier(len(people))
    done: list[str] = []

    def break_in(patient: Someone) -> None:
        with portal.inside():
            start.wait(20)
            try:
                breaking.open_record(actor, patient.name, date.fromisoformat(BORN), REASON)
            except Refusal:
                done.append("refused")
            else:
                done.append("opened")

    with clock.standing_at(clock.now().replace(hour=12)):
        threads = [threading.Thread(target=break_in, args=(one,)) for one in people]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
    assert done.count("opened") == MOST_A_DAY
    assert done.count("refused") == MOST_A_DAY
    with portal.inside():
        opened = [queries.of_patient(one.patient_id) for one in people if one.patient_id]
    assert sum(map(len, opened)) == MOST_A_DAY


def test_opening_asks_for_a_fresh_factor(clinic: Clinic, nadia: Someone) -> None:
    with clock.standing_at(clock.now() + FRESH_FOR + timedelta(seconds=5)):
        answer = clinic.portal.visit(nadia).get("/emergency")
    assert "/confirm" in answer.headers["Location"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PATIENT, Role.ADMINISTRATOR])
def test_only_clinicians_open_a_record(clinic: Clinic, role: Role) -> None:
    assert clinic.portal.visit(getattr(clinic, role.value)).get("/emergency").status_code == 404


def test_whoever_looks_after_the_patient_is_only_shown_the_way(clinic: Clinic) -> None:
    visitor = open_by_form(clinic, clinic.clinician)
    assert visitor.get(chart_of(clinic)).status_code == 200
    with clinic.portal.inside():
        assert queries.of_patient(circle.patient_of(clinic)) == []


def test_record_of_another_patient_stays_closed(clinic: Clinic, nadia: Someone) -> None:
    other = clinic.portal.patient(clinic.clinician)
    visitor = open_by_form(clinic, nadia)
    assert visitor.get(f"/patients/{other.patient_id}").status_code == 404


def times(number: UUID, clinic: Clinic) -> tuple[datetime, datetime]:
    with clinic.portal.inside():
        every = queries.of_patient(circle.patient_of(clinic))
    found = next(one for one in every if one.id == number)
    return found.opened_at, found.ends_at


def test_erased_patient_is_closed_to_everybody(clinic: Clinic, nadia: Someone) -> None:
    number = circle.open_now(clinic.portal, nadia, clinic.patient, REASON)
    runner = clinic.portal.app.test_cli_runner()
    assert runner.invoke(args=["care", "erase", clinic.patient.email, "--yes"]).exit_code == 0
    assert clinic.portal.visit(nadia).get(chart_of(clinic)).status_code == 404
    opened, ends = times(number, clinic)
    assert ends - opened < HOUR


def test_without_a_privacy_officer_the_administrators_are_told(
    clinic: Clinic, nadia: Someone
) -> None:
    portal, folder = clinic.portal, clinic.portal.app.extensions["settings"].instance / "mail"
    with portal.inside():
        appoint(clinic.administrator.id, officer=False)
    admin = portal.visit(clinic.administrator)
    assert "Nobody answers for privacy" in first_page(admin)
    open_by_form(clinic, nadia)
    portal.work()
    read = partial(message_from_bytes, policy=policy.default)
    letters = [read(one.read_bytes()) for one in folder.iterdir()]
    (letter,) = [one for one in letters if clinic.administrator.email in str(one["To"])]
    assert "nobody looks into it" in str(letter["Subject"])
    assert "appoint a privacy officer" in " ".join(str(letter.get_content()).split())
    assert clinic.patient.name not in str(letter)
    with portal.inside():
        appoint(clinic.administrator.id)
    assert "Nobody answers for privacy" not in first_page(admin)
    assert "1 record was opened in an emergency" in first_page(admin)


def first_page(visitor: Visitor) -> str:
    """The words of their first page."""
    visitor.get("/")
    return shown_to(visitor)
