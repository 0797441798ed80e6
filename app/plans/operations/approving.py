"""The signature: a fresh code, then approval and publication in one transaction."""

from __future__ import annotations

import json
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import operations as accounts
from app.care import queries as care
from app.kernel import audit, clock, db, outbox
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal, Stale
from app.plans import queries
from app.plans.models import CarePlan, PlanLine
from app.plans.operations.drafting import look_again, today_of
from app.plans.operations.standing import (
    CHANGED,
    NOT_NOW,
    NOT_YOURS,
    locked,
    meeting_others,
    refuse,
    take,
)
from app.plans.rules import lines, states
from app.plans.rules.lines import Decision
from app.plans.rules.states import PlanState, Step

APPROVED = audit.tag("plans.approved", "care_plan", "number", "lines")
PUBLISHED = audit.tag("plans.published", "care_plan", "number")
SUPERSEDED = audit.tag("plans.superseded", "care_plan", "number")

PURPOSE = "plan-approval"
SEEN_BEFORE = _l(
    "The plan changed after you opened this page. Please read it again before you sign it."
)


def approve(actor: Actor, plan_id: UUID, version: int, code: str) -> None:
    """Sign the plan that this clinician has read, and give it to the patient."""
    _look(actor, plan_id, version)
    accounts.confirm_with_code(actor, code, PURPOSE)
    with meeting_others() as session:
        plan = locked(session, actor, plan_id)
        _check(plan, version)
        _sign(session, actor, plan)
        _publish(session, actor, plan)


def _look(actor: Actor, plan_id: UUID, version: int) -> None:
    """Refuse what can be refused before a code is used up for it."""
    if queries.for_clinician(actor, plan_id) is None:
        raise Refusal(NOT_YOURS)
    row = db.session().get_one(CarePlan, plan_id)
    _check(row, version)


def _check(plan: CarePlan, version: int) -> None:
    if not states.can(plan.state, Step.APPROVE):
        raise Refusal(NOT_NOW)
    if plan.version != version:
        raise Stale(SEEN_BEFORE)
    refuse(lines.approval_problem([(one.audience, one.decision) for one in plan.lines]))


def _sign(session: Session, actor: Actor, plan: CarePlan) -> None:
    patient = care.by_ids({plan.patient_id})[plan.patient_id]
    for line in plan.lines:
        if line.decision in lines.KEPT and line.starts_on is None and not _says_when(line):
            line.starts_on = today_of(patient)
    if plan.sealed_news is not None:
        plan.sealed_news = None
        look_again(plan.patient_id)  # What came in during the review waits for the next draft.
    session.flush()  # The lines first: once the plan is signed, its triggers refuse them.
    last = select(func.max(CarePlan.number)).where(CarePlan.patient_id == plan.patient_id)
    plan.number = (session.scalar(last) or 0) + 1
    plan.approved_at, plan.approved_by = clock.now(), actor.person_id
    take(plan, Step.APPROVE)
    session.flush()
    count = sum(line.decision in lines.KEPT for line in plan.lines)
    _record(APPROVED, actor, plan, lines=count)


def _says_when(line: PlanLine) -> bool:
    """Whether a clinician's words say from when; a day beside them could contradict them."""
    edited = line.decision is Decision.EDITED
    return edited and bool(json.loads(line.words_json or "{}").get("start"))


def _publish(session: Session, actor: Actor, plan: CarePlan) -> None:
    """The plan before ends in the same breath: a patient has one plan to live by."""
    where = (CarePlan.patient_id == plan.patient_id, CarePlan.state == PlanState.ACTIVE)
    before = session.scalar(select(CarePlan).where(*where).with_for_update())
    if before is not None:
        take(before, Step.SUPERSEDE)
        before.ended_at = clock.now()
        session.flush()
        _record(SUPERSEDED, actor, before)
    take(plan, Step.PUBLISH)
    session.flush()
    _record(PUBLISHED, actor, plan)
    outbox.hint(CHANGED, people=care.clinical_readers(plan.patient_id), number=plan.id)


def _record(tag: audit.Tag, actor: Actor, plan: CarePlan, **more: int) -> None:
    audit.record(
        tag,
        actor=actor,
        entity_id=plan.id,
        patient_id=plan.patient_id,
        number=plan.number,
        **more,
    )
