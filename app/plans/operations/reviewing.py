"""A clinician goes through a draft: line by line, each decision a transaction of its own."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.care import queries as care
from app.kernel import audit, clock
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal, Stale
from app.plans import queries
from app.plans.models import CarePlan, PlanLine
from app.plans.operations.drafting import evaluated, is_agreed, take_in
from app.plans.operations.standing import (
    CROSSED,
    NOT_AGREED,
    NOT_NOW,
    locked,
    locked_line,
    meeting_others,
    refuse,
    take,
    tell_clinicians,
)
from app.plans.rules import lines
from app.plans.rules.choices import Choice, Standing
from app.plans.rules.lines import Audience, Decision, Words
from app.plans.rules.states import PlanState, Step

OPENED = audit.tag("plans.review_opened", "care_plan")
DECIDED = audit.tag("plans.line_decided", "plan_line", "decision")
ADDED = audit.tag("plans.line_added", "plan_line")
TAKEN_IN = audit.tag("plans.evidence_taken_in", "care_plan", "lines")
REDRAFTED = audit.tag("plans.redrafted", "care_plan")
DISCARDED = audit.tag("plans.discarded", "care_plan")


def open_review(actor: Actor, plan_id: UUID) -> None:
    """Begin to decide; from here on new evidence waits beside the lines. A colleague may join."""
    with meeting_others() as session:
        plan = locked(session, actor, plan_id)
        if plan.state is PlanState.IN_REVIEW:
            return
        take(plan, Step.OPEN_REVIEW)
        plan.opened_at, plan.opened_by = clock.now(), actor.person_id
        audit.record(OPENED, actor=actor, entity_id=plan.id, patient_id=plan.patient_id)
        tell_clinicians(plan)


def accept(actor: Actor, line_id: UUID, version: int) -> None:
    """Keep an undecided line as it reads; words offered from before stay the clinician's."""
    with meeting_others() as session:
        plan, line = locked_line(session, actor, line_id, version)
        if not line.sealed_words:
            refuse(lines.acceptance_problem(line.audience))
        _decide(actor, plan, line, _after(line, Choice.ACCEPT))


def restore(actor: Actor, line_id: UUID, version: int) -> None:
    """Let a clinician's words and day go, and keep the line as the rule wrote it."""
    with meeting_others() as session:
        plan, line = locked_line(session, actor, line_id, version)
        following = _after(line, Choice.RESTORE)
        line.sealed_words, line.starts_on = None, None
        _decide(actor, plan, line, following)


def take_back(actor: Actor, line_id: UUID, version: int) -> None:
    """Keep a rejected line after all, in a clinician's words where it had some."""
    with meeting_others() as session:
        plan, line = locked_line(session, actor, line_id, version)
        _decide(actor, plan, line, _after(line, Choice.TAKE_BACK))


def edit(
    actor: Actor, line_id: UUID, words: Words, starts_on: date | None, version: int, today: date
) -> None:
    """Keep a line in the clinician's words; what the rule wrote stays beside it."""
    with meeting_others() as session:
        plan, line = locked_line(session, actor, line_id, version)
        following, said = _after(line, Choice.EDIT), line.suggestion
        suggested = queries.in_words(said) if said else None
        refuse(lines.rewording_problem(line.audience, suggested, words), "action")
        refuse(
            None if starts_on == line.starts_on else lines.start_problem(starts_on, today),
            "starts_on",
        )
        line.words_json = json.dumps(words.to_json())
        line.starts_on = starts_on
        _decide(actor, plan, line, following)


def reject(actor: Actor, line_id: UUID, reason: str, version: int) -> None:
    """Leave a line out, and say why."""
    with meeting_others() as session:
        plan, line = locked_line(session, actor, line_id, version)
        following = _after(line, Choice.REJECT)
        line.reason = reason
        _decide(actor, plan, line, following)


def add(actor: Actor, plan_id: UUID, words: Words, starts_on: date, today: date) -> UUID:
    """A line that no rule suggested, in the clinician's words; decided by being written."""
    with meeting_others() as session:
        plan = locked(session, actor, plan_id)
        take(plan, Step.DECIDE)
        refuse(lines.start_problem(starts_on, today), "starts_on")
        line = PlanLine(
            patient_id=plan.patient_id,
            position=max((one.position for one in plan.lines), default=-1) + 1,
            audience=Audience.PATIENT,
            words_json=json.dumps(words.to_json()),
            starts_on=starts_on,
            decision=Decision.EDITED,
            decided_by=actor.person_id,
            decided_at=clock.now(),
        )
        plan.lines.append(line)
        session.flush()
        audit.record(ADDED, actor=actor, entity_id=line.id, patient_id=plan.patient_id)
        tell_clinicians(plan)
        return line.id


def bring_in_news(actor: Actor, plan_id: UUID, version: int) -> None:
    """Let what came in since the review was opened into the lines."""
    with meeting_others() as session:
        # The patient's agreement first: whoever takes it back holds it before the plan.
        mine = select(CarePlan.patient_id).where(CarePlan.id == plan_id)
        if not is_agreed(session.scalars(mine).one()):
            raise Refusal(NOT_AGREED)
        plan = _at(locked(session, actor, plan_id), version)
        if plan.state is not PlanState.IN_REVIEW:
            raise Refusal(NOT_NOW)
        patient = care.by_ids({plan.patient_id})[plan.patient_id]
        take_in(plan, evaluated(patient), Step.TAKE_IN)
        session.flush()
        count = len(plan.lines)
        audit.record(
            TAKEN_IN, actor=actor, entity_id=plan.id, patient_id=plan.patient_id, lines=count
        )
        tell_clinicians(plan)


def put_back(actor: Actor, plan_id: UUID, version: int) -> None:
    """End the review without a plan for now; what was decided stays in the draft."""
    with meeting_others() as session:
        plan = _at(locked(session, actor, plan_id), version)
        take(plan, Step.REDRAFT)
        plan.opened_at = plan.opened_by = None
        audit.record(REDRAFTED, actor=actor, entity_id=plan.id, patient_id=plan.patient_id)
        tell_clinicians(plan)


def discard(actor: Actor, plan_id: UUID, version: int) -> None:
    """Close the draft for good; the patient never hears of its lines."""
    with meeting_others() as session:
        plan = _at(locked(session, actor, plan_id), version)
        take(plan, Step.DISCARD)
        plan.ended_at = clock.now()
        audit.record(DISCARDED, actor=actor, entity_id=plan.id, patient_id=plan.patient_id)
        tell_clinicians(plan)


def _after(line: PlanLine, choice: Choice) -> Decision:
    from_rule, worded = line.rule_id is not None, line.sealed_words is not None
    following = Standing(line.decision, line.audience, from_rule, worded).after(choice)
    if following is None:
        raise Refusal(NOT_NOW)
    return following


def _decide(actor: Actor, plan: CarePlan, line: PlanLine, decision: Decision) -> None:
    line.decision = decision
    line.decided_by, line.decided_at = actor.person_id, clock.now()
    if decision is not Decision.REJECTED:
        line.sealed_reason = None
    audit.record(
        DECIDED,
        actor=actor,
        entity_id=line.id,
        patient_id=plan.patient_id,
        decision=decision.value,
    )
    tell_clinicians(plan)


def _at(plan: CarePlan, version: int) -> CarePlan:
    if plan.version != version:
        raise Stale(CROSSED)
    return plan
