"""What is in a copy: all that the pages show, nothing else, and in the shape that R4 asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.clinical import fhir
from app.kernel import clock
from app.kernel.actor import Role
from app.plans import queries as plans
from app.questionnaires import queries as questionnaires
from app.results import operations as results
from app.results import queries as readings
from tests.plans import drafts
from tests.questionnaires import life
from tests.records import r4
from tests.records.copies import ANSWER, NOTE, QUESTION, Copy, copy_of, live, resources, take
from tests.results.readings import glucose
from tests.support.inspection import inspect
from tests.support.portal import Clinic, Portal, Templates

KINDS = {
    *("Patient", "Consent", "CarePlan", "Observation", "Questionnaire", "QuestionnaireResponse"),
    *("Communication", "Appointment", "Encounter"),
}


@pytest.fixture(scope="module")
def lived(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A clinic whose patient has something of everything."""
    portal = templates.inhabited(tmp_path_factory.mktemp("lived"))
    clinic = portal.clinic()
    live(clinic)
    yield clinic
    portal.close()


@pytest.fixture(scope="module")
def copy(lived: Clinic) -> Copy:
    """Their copy."""
    return copy_of(lived)


def patient_of(clinic: Clinic) -> UUID:
    assert clinic.patient.patient_id is not None
    return clinic.patient.patient_id


# ------------------------------------------------------------------ the shape


def test_every_kind_of_thing_is_there_as_r4_demands(copy: Copy) -> None:
    found = resources(copy.record)
    assert {one["resourceType"] for one in found} == KINDS
    assert {str(said) for one in found for said in r4.problems(one)} == set()
    looks = resources(copy.audit)
    assert {one["resourceType"] for one in looks} == {"AuditEvent"}
    assert {str(said) for one in looks for said in r4.problems(one)} == set()


def test_bundles_are_collections_whose_addresses_are_their_own(copy: Copy) -> None:
    for bundle in (copy.record, copy.audit):
        assert bundle["type"] == "collection"
        assert r4.MOMENT.fullmatch(bundle["timestamp"])
        addresses = [one["fullUrl"] for one in bundle["entry"]]
        assert len(addresses) == len(set(addresses))
        for one in bundle["entry"]:
            assert one["fullUrl"].endswith(one["resource"]["id"])
    assert r4.dangling(copy.record) == set()


def test_a_check_sees_what_r4_forbids(copy: Copy) -> None:
    """The checks themselves: each of these is wrong in its own way."""
    (reading, *_rest) = [one for one in copy.kind("Observation") if "valueQuantity" in one]
    wrong = [
        {name: part for name, part in reading.items() if name != "code"},
        {**reading, "status": "ready"},
        {**reading, "effectiveDateTime": "2026-11-23T10:00:00"},
        {**reading, "note": []},
        {**reading, "code": {"coding": [{"system": "http://loinc.org", "code": "85354-8"}]}},
        {**reading, "category": [{"coding": [{"system": "urn:x", "code": "vital-signs"}]}]},
    ]
    assert all(r4.problems(one) for one in wrong)
    assert r4.problems(reading) == []


# ------------------------------------------------------------------ what the pages show


def test_numbers_carry_their_codes_and_units(copy: Copy) -> None:
    by_code = {one["code"]["coding"][0]["code"]: one for one in reversed(copy.kind("Observation"))}
    (systolic, diastolic) = by_code["85354-9"]["component"]
    assert systolic["code"]["coding"][0]["code"] == "8480-6"
    assert diastolic["code"]["coding"][0]["code"] == "8462-4"
    millimetres = {"unit": "mmHg", "system": fhir.UCUM, "code": "mm[Hg]"}
    assert systolic["valueQuantity"] == {"value": 131, **millimetres}
    assert by_code["85354-9"]["note"] == [{"text": NOTE}]
    weights = [one for one in copy.kind("Observation") if one["code"] == by_code["29463-7"]["code"]]
    assert 71.4 in [one["valueQuantity"]["value"] for one in weights]
    assert by_code["29463-7"]["category"][0]["coding"][0]["code"] == "vital-signs"


def test_concentration_stands_in_the_unit_of_its_code_and_as_it_was_entered(copy: Copy) -> None:
    (sugar,) = [
        one for one in copy.kind("Observation") if one["code"]["coding"][0]["code"] == "41653-7"
    ]
    # 6.3 mmol/L of glucose, 180.156 g/mol: 113.5 mg/dL.
    assert sugar["valueQuantity"]["code"] == "mg/dL"
    assert sugar["valueQuantity"]["value"] == pytest.approx(6.3 * 18.0156, abs=0.06)
    assert sugar["note"] == [{"text": "Entered as 6.3 mmol/L"}]
    assert "6.3 mmol/L" in copy.read


def test_plan_is_the_signed_one_and_each_line_has_its_reason(lived: Clinic, copy: Copy) -> None:
    with lived.portal.inside():
        plan = plans.active(patient_of(lived))
        assert plan is not None
        kept = [(one.said.action, one.said.why) for one in plan.kept]
        rejected = [one.said.action for one in plan.lines if not one.kept]
    (found,) = copy.kind("CarePlan")
    assert (found["id"], found["status"], found["intent"]) == (str(plan.id), "active", "plan")
    details = [one["detail"] for one in found["activity"]]
    assert [one["code"]["text"] for one in details] == [action for action, _why in kept]
    for (action, why), detail in zip(kept, details, strict=True):
        reasons = [one["text"] for one in detail["reasonCode"]]
        assert len(reasons) > bool(why)
        assert not why or why in reasons
        assert " ".join(action.split()) in copy.read
    assert not [one for one in rejected if one in copy.read]


def test_draft_of_a_plan_stays_out(clinic: Clinic) -> None:
    plan_id = drafts.in_review(clinic.portal, clinic.patient, clinic.clinician)
    with clinic.portal.inside():
        view = drafts.plan(clinic.portal.actor(clinic.clinician), plan_id)
        action = view.lines[0].said.action
    copy = copy_of(clinic)
    assert copy.kind("CarePlan") == []
    assert action not in copy.read
    assert str(plan_id).encode() not in b"".join(copy.files.values())


def test_answers_that_were_not_sent_stay_out(clinic: Clinic) -> None:
    life.answer(clinic.portal.visit(clinic.patient), "wellbeing", what_matters="unsent-words")
    copy = copy_of(clinic)
    assert copy.kind("QuestionnaireResponse") == []
    assert b"unsent-words" not in b"".join(copy.files.values())


def test_reading_that_was_a_mistake_stays_out(clinic: Clinic) -> None:
    actor = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        number = results.record(actor, glucose("101"))
        results.record(actor, glucose("102", minutes_ago=6))
        found = readings.own(actor, number)
        assert found is not None
        results.mark_as_mistake(actor, number)
    assert [one["valueQuantity"]["value"] for one in copy_of(clinic).kind("Observation")] == [102]


def test_answers_name_their_questions(lived: Clinic, copy: Copy) -> None:
    (questionnaire,) = copy.kind("Questionnaire")
    (response,) = copy.kind("QuestionnaireResponse")
    form = questionnaires.form()
    assert response["questionnaire"] == f"{questionnaire['url']}|{questionnaire['version']}"
    with lived.portal.inside():
        sent = questionnaires.latest(patient_of(lived))
        assert sent is not None
        assert form.from_response(response) == sent.answers
    assert life.WORDS.replace("\n", " ") in copy.read
    heights = [
        one for one in copy.kind("Observation") if one["code"]["coding"][0]["code"] == "8302-2"
    ]
    assert [one["derivedFrom"][0]["reference"] for one in heights] == [fhir.urn(response["id"])]


def test_both_sides_of_the_conversation_are_there(copy: Copy) -> None:
    asked, answered = copy.kind("Communication")
    assert asked["payload"] == [{"contentString": QUESTION}]
    assert asked["sender"] == asked["subject"]
    assert answered["payload"] == [{"contentString": ANSWER}]
    assert answered["sender"]["type"] == "Practitioner"
    assert "Care coordinator" in answered["sender"]["display"]
    assert QUESTION.replace("\n", " ") in copy.read


def test_visit_is_there_as_planned_and_as_held(copy: Copy) -> None:
    (planned,), (held,) = copy.kind("Appointment"), copy.kind("Encounter")
    assert planned["status"] == "fulfilled"
    assert held["status"] == "finished"
    assert held["appointment"] == [{"reference": fhir.urn(planned["id"]), "type": "Appointment"}]
    assert held["class"]["code"] == "VR"
    assert held["period"].keys() == {"start", "end"}


def test_newest_answer_about_a_purpose_holds(lived: Clinic) -> None:
    visitor = lived.portal.visit(lived.patient)
    visitor.send("/record/consents/recording", answer="no")
    found = [
        (one["category"][0]["text"], one["status"])
        for one in copy_of(lived).kind("Consent")
        if "Recording" in one["category"][0]["text"]
    ]
    assert [status for _name, status in found] == ["inactive", "inactive"]
    care = [one for one in copy_of(lived).kind("Consent") if "provision" in one]
    assert [one["status"] for one in care] == ["active"]
    assert care[0]["provision"]["purpose"][0]["code"] == "TREAT"


def test_moments_stand_on_the_patients_own_clock(copy: Copy) -> None:
    here = clock.now().astimezone(ZoneInfo("Europe/Lisbon")).isoformat(timespec="seconds")
    written = copy.kind("Communication")[0]["sent"]
    assert (written[:10], written[-6:]) == (here[:10], here[-6:])


def test_looks_in_table_and_events_are_those_of_the_record(lived: Clinic, copy: Copy) -> None:
    head, *rows = copy.table
    assert head == ["When", "Who", "Role", "Saw", "Why", "Marked"]
    assert len(rows) == len(resources(copy.audit))
    assert lived.clinician.name in {row[1] for row in rows}
    for row, event in zip(rows, resources(copy.audit), strict=True):
        assert row[0].replace(" ", "T")[:19] == event["recorded"][:19]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d", row[0])
        assert row[1] == event["agent"][0]["name"]


def test_page_stands_alone(copy: Copy) -> None:
    page = copy.files["record.html"].decode()
    tree = inspect(page)
    assert not list(tree.iter("script")) + list(tree.iter("img")) + list(tree.iter("link"))
    assert not [one for one in tree.iter() if one.get("src") or one.get("href")]
    assert "default-src 'none'" in page


# ------------------------------------------------------------------ hostile words

HOSTILE = '=HYPERLINK("https://evil.example","x")<script>alert(1)</script>"\'&'
CALLED = "@SUM(1+1)*cmd|'/C calc'!A0</title><b>"


def test_hostile_names_stay_words(portal: Portal) -> None:
    doctor = portal.person(Role.CLINICIAN, HOSTILE)
    patient = portal.patient(doctor, name=CALLED)
    portal.visit(doctor).get(f"/patients/{patient.patient_id}")
    visitor = portal.visit(patient)
    visitor.send("/messages", body="</main><script>alert(2)</script>\u2028")
    visitor.get("/messages")
    copy = Copy.of(take(visitor))
    names = {row[1] for row in copy.table[1:]}
    assert names == {f"'{HOSTILE}", f"'{CALLED}"}
    assert not list(copy.page.iter("script"))
    assert HOSTILE in copy.read
    assert copy.kind("Patient")[0]["name"] == [{"text": patient.name}]
    (message,) = copy.kind("Communication")
    assert message["payload"][0]["contentString"].startswith("</main><script>alert(2)</script>")
