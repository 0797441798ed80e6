"""The way of a plan as its people see it: drafted, reviewed, signed, read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from app.accounts.models import SignIn
from app.kernel import clock, db
from app.kernel.actor import Role
from app.plans.operations import reviewing
from app.plans.queries import PlanView
from app.plans.rules.states import PlanState
from tests.plans import drafts
from tests.support.inspection import words
from tests.support.portal import Clinic, Visitor


def look(clinic: Clinic, plan_id: UUID) -> PlanView:
    with clinic.portal.inside():
        return drafts.plan(clinic.portal.actor(clinic.clinician), plan_id)


def line(clinic: Clinic, plan_id: UUID, rule: str | None) -> str:
    return f"/plan-lines/{drafts.line_of(look(clinic, plan_id), rule).id}"


@pytest.fixture
def plan_id(clinic: Clinic) -> UUID:
    return drafts.in_review(clinic.portal, clinic.patient, clinic.clinician)


def test_draft_becomes_a_plan_that_the_patient_reads(clinic: Clinic) -> None:
    portal = clinic.portal
    plan_id = drafts.drafted(portal, clinic.patient)
    doctor, ana = portal.visit(clinic.clinician), portal.visit(clinic.patient)
    review, approve = f"/plans/{plan_id}/review", f"/plans/{plan_id}/approve"
    assert "Your care team is reviewing your plan" in ana.get("/").text
    assert f"Review the plan of {clinic.patient.name}" in doctor.get("/").text
    assert clinic.patient.name in doctor.get("/plans").text
    doctor.send(review, step="open-review")
    doctor.send(line(clinic, plan_id, "PA-01") + "/accept", page=review)
    why = "Two mornings were very high."
    doctor.send(line(clinic, plan_id, "BP-03") + "/edit", action="Let us talk of tablets", why=why)
    doctor.send(line(clinic, plan_id, "OB-01") + "/reject", reason="She was ill and lost weight.")
    own = {"action": "Call me on Monday", "why": "I want to hear how you sleep."}
    doctor.send(f"/plans/{plan_id}/add", **own)
    doctor.send(line(clinic, plan_id, "BP-05") + "/accept", page=review)
    page = doctor.get(review).text
    assert "She was ill and lost weight." in page
    assert "What the rule wrote" in page
    assert ana.get(f"/plan/{plan_id}").status_code == 404
    signed = doctor.send(approve, code=portal.code(clinic.clinician))
    assert signed.headers["Location"] == review
    read = ana.get("/plan").text
    assert ana.get(f"/plan/{plan_id}").status_code == 200
    for sentence in ("Let us talk of tablets", why, *own.values(), "Walk briskly", "less salt"):
        assert sentence in read
    for hidden in ("lighter body", "She was ill", "first-line agents"):
        assert hidden not in read
    assert f"Approved by {clinic.clinician.name}, version 1" in read
    assert "What we cannot tell you" in read
    assert "Your plan is ready" in ana.get("/").text


def test_review_shows_what_made_each_line_appear_and_leads_there(
    clinic: Clinic, plan_id: UUID
) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    text = doctor.get(f"/plans/{plan_id}/review").text
    for said in ("Weight: 88 kg", "Blood pressure: 12 readings", "COR 1", "USPSTF 2018"):
        assert said in text
    assert doctor.page is not None
    links = {one.get("href") or "" for one in doctor.page.iter("a")}
    answers = next(one for one in links if one.startswith("/answers/"))
    results = next(one for one in links if "/results?measure=blood-pressure" in one)
    assert doctor.get(answers).status_code == 200
    assert doctor.get(results).status_code == 200


def test_patient_finds_nothing_at_a_plans_address_before_it_is_signed(
    clinic: Clinic, plan_id: UUID
) -> None:
    ana = clinic.portal.visit(clinic.patient)
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    for path in (f"/plan/{plan_id}", f"/plans/{plan_id}/review", f"/plans/{plan_id}/approve"):
        assert ana.get(path).status_code == 404
    assert "reviewing your plan" in ana.get("/plan").text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_other_staff_find_no_drafts(clinic: Clinic, plan_id: UUID, role: Role) -> None:
    visitor = clinic.portal.visit(getattr(clinic, role.value))
    for path in ("/plans", f"/plans/{plan_id}/review", f"/plan/{plan_id}", "/plan"):
        assert visitor.get(path).status_code == 404
    assert "Review the plan" not in visitor.get("/").text
    if role is Role.COORDINATOR:
        assert str(plan_id) not in visitor.get(f"/patients/{clinic.patient.patient_id}").text


def test_clinician_of_another_team_and_another_patient_find_nothing(
    clinic: Clinic, plan_id: UUID
) -> None:
    portal = clinic.portal
    stranger, neighbour = portal.person(Role.CLINICIAN), portal.patient(clinic.clinician)
    drafts.decide_all(portal, clinic.clinician, plan_id)
    drafts.sign(portal, clinic.clinician, plan_id)
    assert portal.visit(stranger).get(f"/plans/{plan_id}/review").status_code == 404
    assert portal.visit(neighbour).get(f"/plan/{plan_id}").status_code == 404


def test_clinicians_advice_has_no_accept_button_and_must_be_reworded(
    clinic: Clinic, plan_id: UUID
) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    path = line(clinic, plan_id, "BP-03")
    text = doctor.get(f"/plans/{plan_id}/review").text
    assert f'action="{path}/accept"' not in text
    assert "is for you to judge. It cannot be accepted as it is" in text
    unchanged = doctor.send(f"{path}/edit")
    assert unchanged.status_code == 200
    assert "put it into words for the patient" in unchanged.text
    assert "<title>Error:" in unchanged.text


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "000000"])
def test_wrong_code_says_so_beside_the_field_and_signs_nothing(
    clinic: Clinic, plan_id: UUID, typed: str
) -> None:
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    doctor = clinic.portal.visit(clinic.clinician)
    answer = doctor.send(f"/plans/{plan_id}/approve", code=typed)
    assert answer.status_code == 200
    assert doctor.page is not None
    errors = [words(one) for one in doctor.page.iter("p") if one.get("id") == "code-error"]
    assert len(errors) == 1
    assert look(clinic, plan_id).state is PlanState.IN_REVIEW


def test_code_that_was_used_before_signs_nothing(clinic: Clinic, plan_id: UUID) -> None:
    from app.accounts import operations as accounts

    portal = clinic.portal
    drafts.decide_all(portal, clinic.clinician, plan_id)
    doctor, code = portal.visit(clinic.clinician), portal.code(clinic.clinician)
    with portal.inside():
        accounts.confirm_with_code(portal.actor(clinic.clinician), code, "another act")
    answer = doctor.send(f"/plans/{plan_id}/approve", code=code)
    assert "was used already" in answer.text
    assert look(clinic, plan_id).state is PlanState.IN_REVIEW


def test_second_press_of_approve_finds_the_plan_signed_once(clinic: Clinic, plan_id: UUID) -> None:
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/approve"
    doctor.get(path)
    fields = {**doctor.filled(path), "code": clinic.portal.code(clinic.clinician)}
    first, second = doctor.post(path, fields), doctor.post(path, fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert "Approved and in force" in doctor.follow(second).text


def test_undecided_plan_cannot_be_signed(clinic: Clinic, plan_id: UUID) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/approve"
    assert "Please decide about every line first." in doctor.get(path).text
    token = doctor.filled("/sign-out")
    code = clinic.portal.code(clinic.clinician)
    version = str(look(clinic, plan_id).version)
    answer = doctor.post(path, {**token, "version": version, "code": code})
    assert "Please decide about every line first." in answer.text
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    # The refusal came before the code was used up.
    assert doctor.send(path, code=code).status_code == 303


def test_plan_without_a_kept_line_cannot_be_signed(clinic: Clinic, plan_id: UUID) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    for one in look(clinic, plan_id).lines:
        doctor.send(f"/plan-lines/{one.id}/reject", reason="Not now.")
    assert "keep at least one line" in doctor.get(f"/plans/{plan_id}/approve").text


def test_approval_of_a_page_that_is_out_of_date_shows_the_plan_again(
    clinic: Clinic, plan_id: UUID
) -> None:
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/approve"
    doctor.get(path)
    fields = {**doctor.filled(path), "code": clinic.portal.code(clinic.clinician)}
    colleague = clinic.portal.visit(clinic.clinician)
    edit = line(clinic, plan_id, "PA-01") + "/edit"
    colleague.send(edit, action="Swim instead", why="Your knee.")
    answer = doctor.post(path, fields)
    assert "changed after you opened this page" in answer.text
    assert "Swim instead" in answer.text
    assert look(clinic, plan_id).state is PlanState.IN_REVIEW
    again = {**doctor.filled(path), "code": fields["code"]}
    assert doctor.post(path, again).status_code == 303


def test_stale_tab_shows_both_versions_and_keeps_the_words(clinic: Clinic, plan_id: UUID) -> None:
    here, there = (clinic.portal.visit(clinic.clinician) for _ in range(2))
    path = line(clinic, plan_id, "PA-01") + "/edit"
    here.get(path)
    mine = {**here.filled(path), "action": "Dance on Fridays", "why": "You like it."}
    there.send(path, action="Swim on Mondays", why="The pool is near.")
    answer = here.post(path, mine)
    assert answer.status_code == 200
    assert "What stands now" in answer.text
    assert "Swim on Mondays" in answer.text
    assert here.filled(path)["action"] == "Dance on Fridays"
    assert here.post(path, here.filled(path)).status_code == 303
    assert drafts.line_of(look(clinic, plan_id), "PA-01").said.action == "Dance on Fridays"


def test_double_click_adds_one_line(clinic: Clinic, plan_id: UUID) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/add"
    doctor.get(path)
    fields = {**doctor.filled(path), "action": "Sleep by eleven", "why": "You are tired."}
    first, second = doctor.post(path, fields), doctor.post(path, fields)
    assert first.headers["Location"] == second.headers["Location"]
    with clinic.portal.inside():
        said = [one.said.action for one in look(clinic, plan_id).lines]
    assert said.count("Sleep by eleven") == 1


def end_sessions(clinic: Clinic) -> None:
    with clinic.portal.inside(), db.writing() as session:
        session.execute(update(SignIn).values(ended_at=clock.now()))


def test_words_survive_an_expired_session(clinic: Clinic, plan_id: UUID) -> None:
    portal = clinic.portal
    path = line(clinic, plan_id, "PA-01") + "/edit"
    doctor = portal.visit(clinic.clinician)
    doctor.get(path)
    typed = {**doctor.filled(path), "action": "Dance on Fridays", "why": "You like it."}
    end_sessions(clinic)
    assert "/sign-in" in doctor.post(path, typed).headers["Location"]
    again = sign_in(clinic)
    assert "We kept what you typed" in again.get(path).text
    assert again.filled(path)["action"] == "Dance on Fridays"
    assert again.post(path, again.filled(path)).status_code == 303


def sign_in(clinic: Clinic) -> Visitor:
    from tests.support.portal import PASSWORD

    visitor = clinic.portal.visit()
    visitor.send("/sign-in", email=clinic.clinician.email, password=PASSWORD)
    visitor.send("/sign-in/code", code=clinic.portal.code(clinic.clinician))
    return visitor


YESTERDAY = -1
FAR = 800


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"action": "   "}, "what the patient should do"),
        ({"action": "x" * 201}, "at most 200 characters"),
        ({"why": ""}, "why this helps this person"),
        ({"why": "x" * 2001}, "at most 2000 characters"),
        ({"starts_on": "tomorrow"}, "such as 24 November 2026"),
        ({"starts_on": ""}, "say from which day"),
        ({"starts_on": YESTERDAY}, "today or a later day"),
        ({"starts_on": FAR}, "within the next two years"),
    ],
)
def test_nonsense_in_a_line_is_answered_beside_its_field(
    clinic: Clinic, plan_id: UUID, fields: dict[str, str | int], sentence: str
) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), f"/plans/{plan_id}/add"
    given = {"action": "Sleep by eleven", "why": "You are tired.", **fields}
    if isinstance(given.get("starts_on"), int):
        day = drafts.today() + timedelta(days=int(given["starts_on"]))
        given["starts_on"] = day.isoformat()
    answer = doctor.send(path, **given)
    assert answer.status_code == 200
    assert doctor.page is not None
    errors = [words(one) for one in doctor.page.iter("p") if one.get("class") == "error"]
    assert [sentence in one for one in errors] == [True]
    assert len(look(clinic, plan_id).lines) == 4


def test_rejecting_without_a_reason_is_refused(clinic: Clinic, plan_id: UUID) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    answer = doctor.send(line(clinic, plan_id, "PA-01") + "/reject", reason=" ")
    assert "give the reason" in answer.text


def test_nonsense_version_is_a_stale_page_and_no_crash(clinic: Clinic, plan_id: UUID) -> None:
    doctor = clinic.portal.visit(clinic.clinician)
    path = line(clinic, plan_id, "PA-01") + "/edit"
    for version in ("", "x", "9" * 40, "-1", "²"):
        answer = doctor.send(path, version=version, action="Dance", why="You like it.")
        assert "What stands now" in answer.text


def test_new_evidence_stands_above_the_lines_until_it_is_taken_in(
    clinic: Clinic, plan_id: UUID
) -> None:
    with clinic.portal.inside():
        drafts.readings.dangerous(clinic.portal.actor(clinic.patient))
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
    assert forms == ["/sign-out"]
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
        drafts.readings.dangerous(portal.actor(clinic.patient))
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
