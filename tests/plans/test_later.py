"""What becomes of a plan later: news, versions, and what its reader is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app.plans import queries
from app.plans.operations import drafting, reviewing
from app.plans.rules.states import PlanState
from app.results import operations as results
from tests.plans import drafts
from tests.plans.looking import line, look
from tests.results import readings
from tests.support.inspection import words
from tests.support.portal import Clinic, Visitor


def test_new_evidence_stands_above_the_lines_until_it_is_taken_in(
    clinic: Clinic, plan_id: UUID
) -> None:
    with clinic.portal.inside():
        readings.dangerous(clinic.portal.actor(clinic.patient))
    clinic.portal.work()
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/review"
    text = doctor.get(path).text
    assert "New since you opened this" in text
    assert "Measure your blood pressure again now" in text
    doctor.send(path, step="take-in")
    text = doctor.get(path).text
    assert "New since you opened this" not in text
    assert "Measure your blood pressure again now" in text


def test_new_version_says_what_changed_and_the_old_one_stays_readable(clinic: Clinic) -> None:
    portal = clinic.portal
    first = drafts.signed(clinic)
    second = drafts.review_at_hand_with_more(clinic)
    with portal.inside():
        actor = portal.actor(clinic.clinician)
        walk = drafts.line_of(drafts.plan(actor, second), "PA-01")
        reviewing.reject(actor, walk.id, "Her knee.", walk.version)
    drafts.decide_all(portal, clinic.clinician, second)
    doctor = portal.visit(clinic.clinician)
    assert "Compared with version 1" in doctor.get(f"/plans/{second}/approve").text
    drafts.sign(portal, clinic.clinician, second, minutes=4)
    ana = portal.visit(clinic.patient)
    text = ana.get("/plan").text
    assert "What changed since version 1" in text
    assert "<b>No longer:</b> Walk briskly" in text
    assert ">Version 1, " in text
    old = ana.get(f"/plan/{first}")
    assert "A later version has replaced this one." in old.text
    assert "Walk briskly" in old.text


def test_patient_without_a_plan_is_told_what_to_do_next(clinic: Clinic) -> None:
    ana = clinic.portal.visit(clinic.patient)
    text = ana.get("/plan").text
    assert "No plan yet" in text
    assert 'href="/questions"' in text


def test_put_back_draft_keeps_what_was_decided(clinic: Clinic, plan_id: UUID) -> None:
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/review"
    doctor.send(path, step="redraft")
    assert look(clinic, plan_id).state is PlanState.DRAFT
    doctor.send(path, step="open-review")
    assert look(clinic, plan_id).undecided == 0


def test_signed_plan_has_no_buttons_that_change_it(clinic: Clinic) -> None:
    plan_id = drafts.signed(clinic)
    doctor = clinic.portal.visit(clinic.clinician)
    doctor.get(f"/plans/{plan_id}/review")
    assert doctor.page is not None
    forms = [one.get("action") for one in doctor.page.iter("form")]
    assert forms == ["/sign-out", "/session/stay"]
    edit = line(clinic, plan_id, "PA-01") + "/edit"
    assert doctor.get(edit).headers["Location"] == f"/plans/{plan_id}/review"


def test_edited_line_names_its_writer_and_borrows_no_grade(clinic: Clinic, plan_id: UUID) -> None:
    portal, name = clinic.portal, clinic.clinician.name
    drafts.decide_all(portal, clinic.clinician, plan_id)
    drafts.sign(portal, clinic.clinician, plan_id)
    ana = portal.visit(clinic.patient)
    ana.get("/plan")
    written, suggested = (said_of(clinic, ana, plan_id, rule) for rule in ("BP-03", "PA-01"))
    assert f"Written by {name}, based on" in written
    assert "Strong" not in written
    assert "Written by" not in suggested
    assert "How sure" in suggested


def test_words_for_when_stand_alone_until_a_clinician_chooses_a_day(
    clinic: Clinic, plan_id: UUID
) -> None:
    portal, later = clinic.portal, drafts.today() + timedelta(days=40)
    doctor = portal.visit(clinic.clinician)
    day = {"starts_on": later.isoformat(), "start": "After your holiday."}
    doctor.send(line(clinic, plan_id, "OB-01") + "/edit", **day)
    drafts.decide_all(portal, clinic.clinician, plan_id)
    drafts.sign(portal, clinic.clinician, plan_id)
    ana = portal.visit(clinic.patient)
    ana.get("/plan")
    visit, walk = (from_when(clinic, ana, plan_id, rule) for rule in ("BP-03", "PA-01"))
    assert visit == "At your next visit. Do not start or stop any medicine before it."
    assert walk
    assert str(drafts.today().year) not in walk
    chosen = from_when(clinic, ana, plan_id, "OB-01")
    assert chosen.startswith("After your holiday.")
    assert str(later.year) in chosen


def test_urgent_line_that_came_in_last_stands_first(clinic: Clinic, plan_id: UUID) -> None:
    portal = clinic.portal
    with portal.inside():
        readings.dangerous(portal.actor(clinic.patient))
    portal.work()
    doctor, path = portal.visit(clinic.clinician), f"/plans/{plan_id}/review"
    doctor.send(path, step="take-in")
    doctor.get(path)
    assert "Look at this today" in articles(doctor)[0]
    drafts.decide_all(portal, clinic.clinician, plan_id)
    drafts.sign(portal, clinic.clinician, plan_id)
    ana = portal.visit(clinic.patient)
    ana.get("/plan")
    assert "Measure your blood pressure again now" in articles(ana)[0]


def test_closing_without_a_plan_asks_first(clinic: Clinic, plan_id: UUID) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/review"
    doctor.get(path)
    assert doctor.page is not None
    closing = [
        one
        for one in doctor.page.iter("details")
        if any(step.get("value") == "discard" for step in one.iter("input"))
    ]
    assert [one.get("open") for one in closing] == [None]
    assert "cannot be undone" in words(closing[0])
    steps = [one.get("value") for one in doctor.page.iter("input") if one.get("name") == "step"]
    assert steps.count("discard") == 1
    doctor.send(path, step="discard")
    assert look(clinic, plan_id).state is PlanState.DISCARDED


def articles(visitor: Visitor) -> list[str]:
    assert visitor.page is not None
    return [words(one) for one in visitor.page.iter("article")]


def said_of(clinic: Clinic, visitor: Visitor, plan_id: UUID, rule: str) -> str:
    plan = look(clinic, plan_id)
    with clinic.portal.inside():
        heading = drafts.line_of(plan, rule).said.action
    return next(one for one in articles(visitor) if heading in one)


def from_when(clinic: Clinic, visitor: Visitor, plan_id: UUID, rule: str) -> str:
    said = said_of(clinic, visitor, plan_id, rule)
    return said.partition("From when")[2].partition("Rests on")[0].strip()


def test_patient_who_gave_nothing_is_not_told_of_a_review_before_it_is_opened(
    clinic: Clinic,
) -> None:
    portal, mine = clinic.portal, clinic.patient.patient_id
    assert mine is not None
    with portal.inside():
        actor = portal.actor(clinic.patient)
        mistaken = readings.dangerous(actor)
        drafting.draft(mine)
        plan = queries.open_of(mine)
        results.mark_as_mistake(actor, mistaken)
    assert plan is not None
    ana = portal.visit(clinic.patient)
    assert "No plan yet" in ana.get("/plan").text
    assert "reviewing your plan" not in ana.get("/").text
    with portal.inside():
        reviewing.open_review(portal.actor(clinic.clinician), plan.id)
    assert "reviewing your plan" in ana.get("/plan").text
    assert "reviewing your plan" in ana.get("/").text


def test_patient_reads_how_sure_in_words_and_finds_the_source_below(
    clinic: Clinic, plan_id: UUID
) -> None:
    portal = clinic.portal
    drafts.decide_all(portal, clinic.clinician, plan_id)
    drafts.sign(portal, clinic.clinician, plan_id)
    ana = portal.visit(clinic.patient)
    ana.get("/plan")
    assert ana.page is not None
    told = [one for one in ana.page.iter("details") if "Where this comes from" in words(one)]
    assert any("class 1" in words(one) for one in told)
    assert any("doi:" in words(one) for one in told)
    open_words = words(ana.page)
    for one in told:
        open_words = open_words.replace(words(one), "")
    assert "Strong recommendation" in open_words
    for hidden in ("class 1", "doi:", "grade B"):
        assert hidden not in open_words.lower()
