"""What a copy says of privacy: who may act, what was asked, what came of an emergency."""

from __future__ import annotations

from app.care.queries import breaking as openings
from app.clinical import fhir
from app.kernel.actor import Role
from tests.care.helping import invite
from tests.plans import drafts
from tests.records import r4, readers
from tests.records.copies import copy_of, resources
from tests.support.inspection import words
from tests.support.portal import Clinic, Someone

BORN, REASON, FINDING = "1958-03-01", "She lay in the street.", "The ambulance called her."
ASKED, ANSWERED = "Why on a Sunday?", "She was on duty."


def break_glass(clinic: Clinic) -> Someone:
    """Somebody outside the team opens the record and looks; the officer finds out why."""
    nadia = clinic.portal.person(Role.CLINICIAN, "Dr Nadia Haddad")
    visitor = clinic.portal.visit(nadia)
    visitor.send("/emergency", name=clinic.patient.name, born=BORN, reason=REASON)
    assert visitor.get(f"/patients/{clinic.patient.patient_id}").status_code == 200
    with clinic.portal.inside():
        (task,) = openings.to_review(clinic.portal.actor(clinic.administrator))
    officer = clinic.portal.visit(clinic.administrator)
    assert officer.send(f"/privacy/openings/{task.id}", answer=FINDING).status_code == 303
    return nadia


def test_emergency_stands_with_its_reason_and_what_was_found_out(clinic: Clinic) -> None:
    nadia = break_glass(clinic)
    copy = copy_of(clinic)
    told = next(row[4] for row in copy.table if row[1] == nadia.name)
    assert REASON in told
    assert told.endswith(f"What the privacy officer found out: {FINDING}")
    (event, *_more) = [
        one for one in resources(copy.audit) if one["agent"][0]["name"] == nadia.name
    ]
    assert event["purposeOfEvent"][0]["text"] == told


def test_question_about_a_look_stands_with_its_answer(clinic: Clinic) -> None:
    portal, patient = clinic.portal, clinic.patient
    assert patient.patient_id is not None
    portal.visit(clinic.clinician).get(f"/patients/{patient.patient_id}")
    visitor = portal.visit(patient)
    with portal.inside():
        look = readers.latest(patient.patient_id, clinic.clinician.id)
    assert visitor.send(f"/record/seen/{look}/ask", words=ASKED).status_code == 303
    assert "The privacy officer has not answered yet." in copy_of(clinic).read
    officer = portal.visit(clinic.administrator)
    officer.get("/privacy")
    assert officer.page is not None
    (path,) = [
        one.get("href", "")
        for one in officer.page.iter("a")
        if one.get("href", "").startswith("/privacy/")
    ]
    assert officer.send(path, answer=ANSWERED).status_code == 303
    copy = copy_of(clinic)
    (question,) = copy.kind("Communication")
    assert r4.problems(question) == []
    assert question["topic"]["text"] == f"What {clinic.clinician.name} saw"
    assert question["payload"] == [{"contentString": ASKED}]
    assert question["note"] == [{"text": ANSWERED}]
    assert ASKED in copy.read
    assert ANSWERED in copy.read


def test_who_may_act_is_named_with_powers_and_end(clinic: Clinic) -> None:
    carer = clinic.carer
    invite(clinic.portal, clinic.patient)
    copy = copy_of(clinic)
    by_name = {one["name"][0]["text"]: one for one in copy.kind("RelatedPerson")}
    assert r4.problems(by_name[carer.name]) == []
    assert by_name[carer.name]["active"] is True
    assert by_name[carer.name]["patient"]["reference"] == fhir.urn(str(clinic.patient.patient_id))
    assert r4.DAY.fullmatch(by_name[carer.name]["period"]["end"])
    assert sorted(one["active"] for one in by_name.values()) == [False, True]
    assert "Read and write messages for you" in copy.read
    assert "Invited, but has not come." in copy.read


def test_plan_says_what_nobody_can_tell_yet(clinic: Clinic) -> None:
    drafts.signed(clinic)
    visitor = clinic.portal.visit(clinic.patient)
    visitor.get("/plan")
    assert visitor.page is not None
    (card,) = [
        one for one in visitor.page.iter("section") if one.get("aria-labelledby") == "unknown"
    ]
    said = [words(one) for one in card.iter("li")]
    assert said
    copy = copy_of(clinic)
    (plan,) = copy.kind("CarePlan")
    notes = [one["text"] for one in plan["note"]]
    assert len(notes) == len(said)
    for note, shown in zip(notes, said, strict=True):
        assert shown.startswith(note)
        assert note in copy.read
