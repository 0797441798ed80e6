"""What is signed never changes: the database itself refuses, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.refusal import Refusal
from app.plans import queries
from app.plans.models import CarePlan, PlanLine
from app.plans.operations import approving, drafting, reviewing
from app.plans.rules.lines import Decision
from app.plans.rules.states import PlanState
from tests.plans import drafts
from tests.support.portal import Clinic, Portal, Someone

PLAN_CONTENT = {
    "basis": "b" * 64,
    "sealed_questions": b"other words",
    "number": 7,
    "approved_at": None,
    "patient_id": uuid4(),
}
LINE_CONTENT = {
    "sealed_words": b"other words",
    "sealed_suggestion": None,
    "position": 9,
    "decision": Decision.REJECTED,
    "starts_on": None,
}


@pytest.fixture
def signed(portal_on_each: Portal) -> tuple[Clinic, UUID]:
    clinic = portal_on_each.clinic()
    return clinic, drafts.active_at_hand(clinic)


def refused(portal: Portal, *statements: sa.Executable) -> None:
    for statement in statements:
        with (
            portal.inside(),
            pytest.raises(IntegrityError, match="never changes"),
            db.writing() as session,
        ):
            session.execute(statement)


def test_content_of_a_signed_plan_cannot_be_updated(signed: tuple[Clinic, UUID]) -> None:
    clinic, plan_id = signed
    where = CarePlan.id == plan_id
    refused(
        clinic.portal,
        *(sa.update(CarePlan).where(where).values({name: to}) for name, to in PLAN_CONTENT.items()),
    )


def test_lines_of_a_signed_plan_cannot_be_updated(signed: tuple[Clinic, UUID]) -> None:
    clinic, plan_id = signed
    where = PlanLine.plan_id == plan_id
    refused(
        clinic.portal,
        *(sa.update(PlanLine).where(where).values({name: to}) for name, to in LINE_CONTENT.items()),
    )


def test_signed_plan_and_its_lines_cannot_be_deleted(signed: tuple[Clinic, UUID]) -> None:
    clinic, plan_id = signed
    refused(
        clinic.portal,
        sa.delete(PlanLine).where(PlanLine.plan_id == plan_id),
        sa.delete(CarePlan).where(CarePlan.id == plan_id),
    )


def test_no_line_can_be_slipped_into_a_signed_plan(signed: tuple[Clinic, UUID]) -> None:
    clinic, plan_id = signed
    open_id = drafts.review_at_hand_with_more(clinic)
    values = {"position": 5, "audience": "patient", "decision": "undecided", "version": 1}
    refused(
        clinic.portal,
        sa.insert(PlanLine).values(id=uuid4(), plan_id=plan_id, **values),
        sa.update(PlanLine).where(PlanLine.plan_id == open_id).values(plan_id=plan_id),
    )


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.IN_REVIEW, PlanState.DISCARDED])
def test_signed_plan_cannot_be_opened_again(signed: tuple[Clinic, UUID], state: PlanState) -> None:
    clinic, plan_id = signed
    refused(clinic.portal, sa.update(CarePlan).where(CarePlan.id == plan_id).values(state=state))


def test_signed_plan_stays_as_it_was_when_it_is_replaced(signed: tuple[Clinic, UUID]) -> None:
    clinic, first = signed
    portal, clinician = clinic.portal, clinic.clinician
    with portal.inside():
        before = drafts.plan(portal.actor(clinician), first)
    second = drafts.review_at_hand_with_more(clinic)
    drafts.decide_all(portal, clinician, second)
    drafts.sign(portal, clinician, second, minutes=4)
    with portal.inside():
        after = drafts.plan(portal.actor(clinician), first)
        now = drafts.plan(portal.actor(clinician), second)
    assert (after.state, now.state) == (PlanState.SUPERSEDED, PlanState.ACTIVE)
    assert (after.number, now.number) == (1, 2)
    assert [one.said for one in after.lines] == [one.said for one in before.lines]
    refused(portal, sa.update(PlanLine).where(PlanLine.plan_id == first).values(position=3))


def test_two_open_plans_of_one_patient_cannot_be(portal_on_each: Portal) -> None:
    clinic = portal_on_each.clinic()
    drafts.review_at_hand(clinic)
    with portal_on_each.inside(), pytest.raises(IntegrityError), db.writing() as session:
        session.add(
            CarePlan(
                patient_id=clinic.patient.patient_id,
                state=PlanState.DRAFT,
                basis="",
                questions_json="[]",
                drafted_at=clock.now(),
                changed_at=clock.now(),
            )
        )


def test_two_clinicians_who_sign_at_once_make_one_plan(portal_on_each: Portal) -> None:
    portal = portal_on_each
    first, second = portal.person(Role.CLINICIAN), portal.person(Role.CLINICIAN)
    patient = portal.patient(first, second)
    clinic = Clinic(portal, patient, first, second, second)
    plan_id = drafts.review_at_hand(clinic)
    drafts.decide_all(portal, first, plan_id)
    with portal.inside():
        version = drafts.plan(portal.actor(first), plan_id).version
    codes = {one.id: portal.code(one) for one in (first, second)}
    actors = {one.id: portal.actor(one) for one in (first, second)}

    def sign(someone: Someone) -> bool:
        with portal.inside():
            try:
                approving.approve(actors[someone.id], plan_id, version, codes[someone.id])
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign, (first, second))) == [False, True]
    with portal.inside():
        assert patient.patient_id is not None
        assert [one.number for one in queries.versions(patient.patient_id)] == [1]


def test_drafting_many_times_at_once_makes_one_draft(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    patient_id = clinic.patient.patient_id
    assert patient_id is not None
    with portal.inside():
        drafts.readings.dangerous(portal.actor(clinic.patient))

    def draft(_number: int) -> bool:
        with portal.inside():
            try:
                drafting.draft(patient_id)
            except IntegrityError:
                return False  # The queue tries again, and finds the other one's draft.
            return True

    with ThreadPoolExecutor(4) as pool:
        assert any(pool.map(draft, range(4)))
    with portal.inside():
        assert queries.open_count(portal.actor(clinic.clinician)) == 1


def test_two_decisions_about_one_line_at_once_let_one_stand(portal_on_each: Portal) -> None:
    portal = portal_on_each
    clinic = portal.clinic()
    plan_id = drafts.review_at_hand(clinic)
    with portal.inside():
        actor = portal.actor(clinic.clinician)
        line = drafts.plan(actor, plan_id).lines[0]

    def reject(number: int) -> bool:
        with portal.inside():
            try:
                reviewing.reject(actor, line.id, f"Reason {number}", line.version)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(reject, range(4))) == 1
