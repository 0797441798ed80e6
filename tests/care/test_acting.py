"""What somebody who acts for a patient may do, and whose doing it then is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask_socketio import SocketIOTestClient
from sqlalchemy import select, update

from app.care.models.invitations import Invitation
from app.care.models.proxies import Proxy
from app.care.operations import consents, proxies
from app.care.queries import proxies as seen
from app.care.rules import consents as purposes
from app.care.rules.consents import Purpose
from app.kernel import clock, db
from app.kernel.access import signed_in
from app.kernel.actor import Power, Role
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from app.kernel.room import Room
from app.questionnaires import queries as questionnaires
from app.results import operations as results
from tests.care.helping import EVERYTHING, PETRA, come, invite, may, said
from tests.plans.drafts import signed
from tests.results import readings
from tests.support.portal import COOKIE, Clinic, Visitor
from tests.support.returning import end_session, signed_in_again

SENT = AuditEvent.tag == "messages.sent"


@pytest.mark.parametrize(
    ("power", "paths"),
    [
        (Power.RESULTS, {"/results", "/plan"}),
        (Power.ENTRIES, {"/results", "/plan", "/questions"}),
        (Power.MESSAGES, {"/messages"}),
        (Power.VISITS, {"/visits"}),
        (Power.GENES, {"/genes"}),
    ],
)
def test_each_power_opens_its_own_pages_and_no_others(
    clinic: Clinic, power: Power, paths: set[str]
) -> None:
    petra = clinic.portal.person(Role.CARER)
    clinic.portal.let_act(petra, clinic.patient, *proxies.rules.whole([power]))
    visitor = clinic.portal.visit(petra)
    opened = {path for path, status in may(visitor).items() if status == 200}
    assert opened == paths
    visitor.get("/")
    assert visitor.page is not None
    menu = next(one for one in visitor.page.iter("nav") if one.get("aria-label") == "Main")
    led = {one.get("href") for one in menu.iter("a")}
    assert led & set(EVERYTHING) == paths - {"/questions", "/genes"}
    shown = set(led)
    for path in ("/", *sorted(opened)):
        assert closed_ways(visitor, path) == []
        shown |= {one.get("href") for one in visitor.page.iter("a")}
    assert opened <= shown, "what is open to them is found from their first page"


def closed_ways(visitor: Visitor, path: str) -> list[str]:
    """The links of a page that lead this person nowhere."""
    visitor.get(path)
    assert visitor.page is not None
    led = {one.get("href", "") for one in visitor.page.iter("a")}
    inside = sorted(one for one in led if one.startswith("/") and one != "/")
    site = "https://nearside.test"
    return [one for one in inside if visitor.client.get(one, base_url=site).status_code == 404]


def test_who_only_reads_is_led_from_plan_and_answers_to_nothing_closed(clinic: Clinic) -> None:
    signed(clinic)
    patient_id, petra = clinic.patient.patient_id, clinic.portal.person(Role.CARER)
    assert patient_id is not None
    clinic.portal.let_act(petra, clinic.patient, Power.RESULTS)
    with clinic.portal.inside():
        sent = questionnaires.sent(patient_id)[0].id
    visitor = clinic.portal.visit(petra)
    for path in ("/plan", f"/answers/{sent}"):
        assert closed_ways(visitor, path) == []
    assert "What you answered" in said(visitor)


@pytest.mark.parametrize("power", [Power.RESULTS, Power.ENTRIES])
def test_whoever_may_read_results_is_told_of_a_danger(clinic: Clinic, power: Power) -> None:
    with clinic.portal.inside():
        readings.dangerous(clinic.portal.actor(clinic.patient))
    petra = clinic.portal.person(Role.CARER)
    clinic.portal.let_act(petra, clinic.patient, power)
    visitor = clinic.portal.visit(petra)
    visitor.get("/")
    assert "Please act now" in said(visitor)
    assert said(visitor).count("What to do now") == 1
    assert closed_ways(visitor, "/") == []


def test_who_only_reads_is_offered_no_entry(clinic: Clinic) -> None:
    with clinic.portal.inside():
        results.record(clinic.portal.actor(clinic.patient), readings.weight("84.5"))
    petra = clinic.portal.person(Role.CARER)
    clinic.portal.let_act(petra, clinic.patient, Power.RESULTS)
    visitor = clinic.portal.visit(petra)
    for path in ("/results", "/results/weight"):
        answer = visitor.get(path)
        assert "84.5" in answer.text
        assert "Add a reading" not in answer.text
        assert "A mistake?" not in answer.text
    assert visitor.get("/results/weight/new").status_code == 404


NEVER = ("/record/seen", "/record/consents", "/carers", "/carers/new", "/patients", "/people")


@pytest.mark.parametrize("path", NEVER)
def test_carer_with_every_power_finds_nothing_there(clinic: Clinic, path: str) -> None:
    assert clinic.portal.visit(clinic.carer).get(path).status_code == 404


def test_carer_agrees_to_nothing_for_the_patient(clinic: Clinic) -> None:
    carer, patient_id = clinic.portal.actor(clinic.carer), clinic.patient.patient_id
    assert patient_id is not None
    with clinic.portal.inside(), pytest.raises(Refusal):
        consents.answer(
            carer,
            patient_id,
            Purpose.RESEARCH,
            agreed=True,
            version=purposes.current(Purpose.RESEARCH),
        )


def test_change_of_powers_counts_at_once(clinic: Clinic) -> None:
    portal, visitor = clinic.portal, clinic.portal.visit(clinic.carer)
    assert may(visitor) == EVERYTHING
    with portal.inside():
        number = seen.carers(portal.actor(clinic.patient))[0].id
    ana = portal.visit(clinic.patient)
    last_day = (clock.now() + timedelta(days=5)).date().isoformat()
    ana.send(f"/carers/{number}/change", powers=["visits"], last_day=last_day)
    assert may(visitor) == {**dict.fromkeys(EVERYTHING, 404), "/visits": 200}


@dataclass(frozen=True)
class Word:
    word: str


def test_socket_event_asks_for_the_power_every_time(clinic: Clinic) -> None:
    portal, carer = clinic.portal, clinic.carer
    room = Room("shed", "tests.care.helping")
    door = signed_in(Role.PATIENT, carers=Power.MESSAGES)
    room.event("say", access=door, shape=Word)(lambda actor, _word: {"by": actor.name})
    portal.app._got_first_request = False
    room.open(portal.app)
    headers = {"Host": "nearside.test", "Cookie": f"{COOKIE}={portal._tokens[carer.id]}"}
    server = portal.app.extensions["live"].server
    socket = SocketIOTestClient(portal.app, server, headers=headers)
    assert socket.emit("shed:say", {"word": "x"}, callback=True) == {"by": carer.name}
    with portal.inside():
        actor = portal.actor(clinic.patient)
        one = seen.carers(actor)[0]
        proxies.change(actor, one.id, [Power.VISITS], one.last_day)
    assert socket.emit("shed:say", {"word": "x"}, callback=True) == {"refused": "NotFound"}
    socket.disconnect()


# ------------------------------------------------------------------ whose doing it was


def test_what_a_carer_does_carries_their_name(clinic: Clinic) -> None:
    portal, carer = clinic.portal, clinic.carer
    visitor = portal.visit(carer)
    visitor.send("/messages", body="Ana coughs at night.")
    ana, imre = portal.visit(clinic.patient), portal.visit(clinic.clinician)
    staff = f"/patients/{clinic.patient.patient_id}/messages"
    for reader, page in ((ana, "/messages"), (imre, staff)):
        reader.get(page)
        assert f"{carer.name} for {clinic.patient.name}" in said(reader)
    with portal.inside():
        results.record(portal.actor(carer), readings.weight("84.5"))
    staff = f"/patients/{clinic.patient.patient_id}/results"
    for reader, page in ((ana, "/results/weight"), (imre, staff)):
        assert f"Entered by {carer.name}" in reader.get(page).text
    with portal.inside():
        row = (
            db.session().scalars(select(AuditEvent).where(AuditEvent.tag == "messages.sent")).one()
        )
        assert (row.actor_id, row.patient_id) == (carer.id, clinic.patient.patient_id)


def test_words_of_a_carer_whose_session_ran_out_wait_for_them(clinic: Clinic) -> None:
    portal, carer = clinic.portal, clinic.carer
    visitor = portal.visit(carer)
    visitor.get("/messages")
    typed = {**visitor.filled("/messages"), "body": "Ana coughs at night."}
    end_session(portal, carer)
    visitor.follow(visitor.post("/messages", typed))
    assert "What you typed is kept for you." in said(visitor)
    assert "Ana coughs at night." in signed_in_again(portal, carer).get("/messages").text


def test_form_for_one_patient_is_not_taken_once_the_carer_acts_for_the_next(
    clinic: Clinic,
) -> None:
    portal, carer = clinic.portal, clinic.carer
    jan = portal.patient(clinic.clinician, name="Jan Dvorak")
    actor = portal.actor(jan)
    long = (clock.now() + timedelta(days=90)).date()
    with portal.inside():
        proxies.admit(actor, carer.id, list(Power), long)
    visitor = portal.visit(carer)
    visitor.get("/messages")
    assert f"You are looking after {clinic.patient.name}." in said(visitor)
    typed = {**visitor.filled("/messages"), "body": "Ana coughs at night."}
    with portal.inside(), db.writing() as session:
        over = update(Proxy).where(Proxy.patient_id == clinic.patient.patient_id)
        session.execute(over.values(ends_at=clock.now()))
    refused = visitor.post("/messages", typed)
    assert (refused.status_code, "nothing was sent" in refused.text) == (409, True)
    visitor.get("/messages")
    assert f"You are looking after {jan.name}." in said(visitor)
    assert "Ana coughs at night." not in visitor.get("/messages").text
    with portal.inside():
        assert db.session().scalars(select(AuditEvent).where(SENT)).all() == []


def test_looks_of_a_carer_are_marked_where_the_patient_reads_who_has_seen_the_record(
    clinic: Clinic,
) -> None:
    portal, carer = clinic.portal, clinic.carer
    portal.visit(carer).get("/results")
    ana = portal.visit(clinic.patient)
    ana.get("/record/seen")
    assert carer.name in said(ana)
    assert "Carer" in said(ana)
    assert "You let them act for you." in said(ana)
    assert "Your carer" in said(ana)


def test_message_of_a_carer_waits_for_an_answer_like_the_patients_own(clinic: Clinic) -> None:
    portal = clinic.portal
    portal.visit(clinic.carer).send("/messages", body="Ana coughs at night.")
    marta = portal.visit(clinic.coordinator)
    marta.get("/")
    assert f"{clinic.patient.name} is waiting for an answer" in said(marta)


def test_steps_are_written_down_with_who_took_them(clinic: Clinic) -> None:
    portal = clinic.portal
    number, digits = invite(portal, clinic.patient)
    come(portal, number, digits)
    with portal.inside():
        proxy = db.session().get_one(Invitation, number).proxy_id
        asked = select(AuditEvent).where(AuditEvent.entity_id == proxy).order_by(AuditEvent.at)
        rows = db.session().scalars(asked).all()
    assert [row.tag for row in rows] == ["care.proxy_invited", "care.proxy_accepted"]
    assert {row.patient_id for row in rows} == {clinic.patient.patient_id}


def test_stranger_finds_nobody_elses_carers(clinic: Clinic) -> None:
    portal, other = clinic.portal, clinic.portal.patient()
    portal.let_act(clinic.portal.person(Role.CARER), other)
    with portal.inside():
        theirs = seen.carers(portal.actor(other))[0].id
    ana = portal.visit(clinic.patient)
    assert PETRA not in ana.get("/carers").text
    assert ana.get(f"/carers/{theirs}/end").status_code == 404
