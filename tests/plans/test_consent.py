"""Software drafts plans for whoever agrees to that, and for nobody else; clinicians write on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest

from app.care.queries import PatientView
from app.care.rules.consents import Purpose
from app.kernel import db
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from app.plans import queries
from app.plans.operations import by_hand, drafting, reviewing
from app.plans.operations.drafting import Evaluated
from app.plans.queries import PlanView
from app.plans.rules.lines import Decision
from app.plans.rules.states import PlanState
from app.results import operations as results
from tests.care.consenting import gives, says
from tests.plans import drafts
from tests.records.test_seen import text_of
from tests.results.readings import weight
from tests.support.portal import Clinic, Portal, Someone, Visitor


def newcomer(clinic: Clinic) -> Clinic:
    """The same clinic with a patient who was not asked about drafts yet."""
    ana = clinic.portal.patient(clinic.clinician, clinic.coordinator, agrees=())
    return Clinic(clinic.portal, ana, clinic.clinician, clinic.coordinator, clinic.administrator)


def open_plan(clinic: Clinic) -> PlanView | None:
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        return queries.open_of(clinic.patient.patient_id)


def measured(clinic: Clinic) -> None:
    """The patient gives the rules enough to speak, and all queued work is done."""
    with clinic.portal.inside():
        drafts.evidence(clinic.portal.actor(clinic.patient))
    clinic.portal.work()


def tags(clinic: Clinic) -> list[str]:
    with clinic.portal.inside():
        return [one.tag for one in db.session().query(AuditEvent).order_by(AuditEvent.at)]


def test_nothing_is_drafted_before_the_patient_agrees_and_then_it_is(clinic: Clinic) -> None:
    fresh = newcomer(clinic)
    measured(fresh)
    assert open_plan(fresh) is None
    says(fresh.portal, fresh.patient, Purpose.DRAFTING, agreed=True)
    fresh.portal.work()
    found = open_plan(fresh)
    assert found is not None
    assert not found.by_hand


@pytest.mark.parametrize("purpose", drafting.NEEDED)
def test_nothing_is_drafted_after_it_was_taken_back(clinic: Clinic, purpose: Purpose) -> None:
    says(clinic.portal, clinic.patient, purpose, agreed=False)
    measured(clinic)
    assert open_plan(clinic) is None
    assert "plans.drafted" not in tags(clinic)


def test_a_draft_that_nobody_decided_about_goes_with_the_agreement(clinic: Clinic) -> None:
    drafts.drafted(clinic.portal, clinic.patient)
    says(clinic.portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    assert open_plan(clinic) is None
    assert "plans.discarded" in tags(clinic)


def test_what_a_clinician_decided_stays_theirs(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    plan_id = drafts.in_review(portal, clinic.patient, clinic.clinician)
    with portal.inside():
        line = drafts.line_of(drafts.plan(actor, plan_id), "PA-01")
        reviewing.accept(actor, line.id, line.version)
        reviewing.add(actor, plan_id, drafts.MINE, drafts.today(), drafts.today())
    weigh(clinic, "80")
    says(portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    with portal.inside():
        plan = drafts.plan(actor, plan_id)
    assert plan.state is PlanState.IN_REVIEW
    assert plan.by_hand
    assert [one.decision for one in plan.lines] == [Decision.ACCEPTED, Decision.EDITED]
    assert (plan.questions, plan.fresh) == ((), None)


def weigh(clinic: Clinic, kilograms: str) -> None:
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.patient)
        results.record(actor, weight(kilograms, minutes_ago=3))
    clinic.portal.work()


def test_new_evidence_is_not_brought_in_against_the_patients_will(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    plan_id = drafts.in_review(portal, clinic.patient, clinic.clinician)
    says(portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    with portal.inside():
        version = drafts.plan(actor, plan_id).version
        with pytest.raises(Refusal):
            reviewing.bring_in_news(actor, plan_id, version)
        assert drafts.plan(actor, plan_id).lines == ()


def test_what_the_patient_lives_by_is_not_lost_with_the_suggestions(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    drafts.signed(clinic)
    with portal.inside():
        before = queries.active(drafts.own_patient(portal.actor(clinic.patient)))
    assert before is not None
    weigh(clinic, "85")
    found = open_plan(clinic)
    assert found is not None
    with portal.inside():
        reviewing.open_review(actor, found.id)
    says(portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    with portal.inside():
        lines = drafts.plan(actor, found.id).lines
        assert {one.said.action for one in lines} == {one.said.action for one in before.kept}
    assert all(one.suggestion is None for one in lines)


# ------------------------------------------------------------------ by hand


def begin(clinic: Clinic) -> UUID:
    """Press the button on the chart."""
    return press(clinic, at_the_chart(clinic))


def at_the_chart(clinic: Clinic) -> Visitor:
    visitor = clinic.portal.visit(clinic.clinician)
    visitor.get(f"/patients/{clinic.patient.patient_id}")
    return visitor


def press(clinic: Clinic, visitor: Visitor) -> UUID:
    path = f"/patients/{clinic.patient.patient_id}/plan"
    answer = visitor.post(path, visitor.filled(path))
    assert answer.status_code == 303
    return UUID(answer.headers["Location"].split("/")[-2])


def test_the_clinician_sees_why_and_writes_the_plan_by_hand(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    says(portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    measured(clinic)
    visitor = portal.visit(clinic.clinician)
    shown = text_of(visitor, f"/patients/{clinic.patient.patient_id}")
    assert f"{clinic.patient.name} does not agree that software drafts the plan" in shown
    plan_id = begin(clinic)
    assert "No software drafts this plan." in text_of(visitor, f"/plans/{plan_id}/review")
    assert "A plan written by hand, without a line yet." in text_of(visitor, "/")
    with portal.inside():
        reviewing.add(actor, plan_id, drafts.MINE, drafts.today(), drafts.today())
    drafts.sign(portal, clinic.clinician, plan_id)
    assert drafts.MINE.action in text_of(portal.visit(clinic.patient), "/plan")
    assert "plans.begun_by_hand" in tags(clinic)
    assert "plans.drafted" not in tags(clinic)


def test_a_plan_by_hand_begins_with_what_the_patient_lives_by(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    drafts.signed(clinic)
    says(portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    plan_id = begin(clinic)
    with portal.inside():
        plan = drafts.plan(actor, plan_id)
        before = queries.active(plan.patient.id)
        assert before is not None
        assert [one.said for one in plan.lines] == [one.said for one in before.kept]
        assert plan.undecided == len(plan.lines) > 0
        assert plan.unfounded(before) == ()
    drafts.decide_all(portal, clinic.clinician, plan_id)
    drafts.sign(portal, clinic.clinician, plan_id, minutes=4)


def test_a_second_press_leads_to_the_plan_that_is_open(clinic: Clinic) -> None:
    first, second = at_the_chart(clinic), at_the_chart(clinic)
    assert press(clinic, first) == press(clinic, second)
    plan = open_plan(clinic)
    assert plan is not None
    # It was begun without rules, not against the patient's will: what they say waits beside it.
    measured(clinic)
    again = open_plan(clinic)
    assert again is not None
    assert (again.id, again.lines) == (plan.id, ())
    assert again.news.added


@pytest.mark.parametrize("role", ["patient", "coordinator", "administrator"])
def test_nobody_but_a_clinician_of_the_team_begins_a_plan(clinic: Clinic, role: str) -> None:
    someone: Someone = getattr(clinic, role)
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside(), pytest.raises(Refusal):
        by_hand.begin(clinic.portal.actor(someone), clinic.patient.patient_id)


# ------------------------------------------------------------------ the race


def stopping(
    evaluate: Callable[[PatientView], Evaluated], reached: threading.Event, go_on: threading.Event
) -> Callable[[PatientView], Evaluated]:
    """The rules at work, for as long as the patient needs to change their mind."""

    def evaluated(patient: PatientView) -> Evaluated:
        found = evaluate(patient)
        reached.set()
        # SQLite lets nobody write meanwhile, so the patient comes after: then this is enough.
        go_on.wait(1.5)
        return found

    return evaluated


def test_a_draft_that_was_under_way_is_not_there_once_the_agreement_is_gone(
    portal_on_each: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = portal_on_each.clinic()
    patient_id = clinic.patient.patient_id
    assert patient_id is not None
    with clinic.portal.inside():
        drafts.evidence(clinic.portal.actor(clinic.patient))
    reached, withdrawn = threading.Event(), threading.Event()
    rules_at_work = stopping(drafting.evaluated, reached, withdrawn)
    monkeypatch.setattr(drafting, "evaluated", rules_at_work)

    def draft() -> None:
        with clinic.portal.inside():
            drafting.draft(patient_id)

    job = threading.Thread(target=draft)
    job.start()
    assert reached.wait(10)
    says(clinic.portal, clinic.patient, Purpose.DRAFTING, agreed=False)
    withdrawn.set()
    job.join(20)
    assert not gives(clinic.portal, clinic.patient, Purpose.DRAFTING)
    assert open_plan(clinic) is None
    monkeypatch.undo()
    clinic.portal.work()
    assert open_plan(clinic) is None
