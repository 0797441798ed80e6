"""The way of a plan as its people see it: drafted, reviewed, signed, read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from app.accounts.models import SignIn
from app.kernel import clock, db
from app.kernel.actor import Role
from app.plans.rules.states import PlanState
from tests.plans import drafts
from tests.plans.looking import line, look
from tests.support.inspection import words
from tests.support.portal import Clinic, Visitor


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
    assert unchanged.status_code == 422
    assert "put it into words for the patient" in unchanged.text
    assert "<title>Error:" in unchanged.text


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "000000"])
def test_wrong_code_says_so_beside_the_field_and_signs_nothing(
    clinic: Clinic, plan_id: UUID, typed: str
) -> None:
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    doctor = clinic.portal.visit(clinic.clinician)
    answer = doctor.send(f"/plans/{plan_id}/approve", code=typed)
    assert answer.status_code == 422
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
    assert answer.status_code == 409
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
    assert answer.status_code == 422
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
