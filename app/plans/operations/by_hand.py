"""Plans without software: begun by a clinician, and freed of what software had put into them."""

from __future__ import annotations

import json
from uuid import UUID

from app.care import queries as care
from app.kernel import audit, clock
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.plans import queries
from app.plans.models import CarePlan, PlanLine
from app.plans.operations.drafting import open_plan
from app.plans.operations.reviewing import DISCARDED
from app.plans.operations.standing import NOT_YOURS, meeting_others, take, tell_clinicians, touch
from app.plans.queries import LineView
from app.plans.rules import by_hand
from app.plans.rules.lines import Audience, Decision
from app.plans.rules.states import PlanState, Step

BEGUN = audit.tag("plans.begun_by_hand", "care_plan", "lines")
FREED = audit.tag("plans.suggestions_dropped", "care_plan", "lines")


def begin(actor: Actor, patient_id: UUID) -> UUID:
    """Open a review that no software drafted, and answer its id; one that is open goes on.

    What the patient lives by now comes along, to be decided about again: a signature replaces it.
    """
    with meeting_others() as session:
        if care.patient_of_clinician(actor, patient_id) is None:
            raise Refusal(NOT_YOURS)
        found = open_plan(session, patient_id)
        if found is not None:
            return found.id
        moment, before = clock.now(), queries.active(patient_id)
        plan = CarePlan(
            patient_id=patient_id,
            state=PlanState.IN_REVIEW,
            basis=by_hand.BASIS,
            questions_json="[]",
            drafted_at=moment,
            changed_at=moment,
            opened_at=moment,
            opened_by=actor.person_id,
        )
        session.add(plan)
        for position, line in enumerate(before.kept if before else ()):
            plan.lines.append(_again(patient_id, position, line))
        session.flush()
        count = len(plan.lines)
        audit.record(BEGUN, actor=actor, entity_id=plan.id, patient_id=patient_id, lines=count)
        tell_clinicians(plan)
        return plan.id


def _again(patient_id: UUID, position: int, line: LineView) -> PlanLine:
    return PlanLine(
        patient_id=patient_id,
        position=position,
        audience=Audience.PATIENT,
        words_json=json.dumps(line.said.to_json()),
        starts_on=line.starts_on,
        decision=Decision.UNDECIDED,
    )


def drop_suggestions(patient_id: UUID) -> None:
    """Throw away what software drafted and nobody has decided about yet.

    What a clinician decided is theirs and stays. A draft in which nothing was decided is closed.
    """
    with meeting_others() as session:
        plan = open_plan(session, patient_id)
        if plan is None:
            return
        decided = any(one.decision is not Decision.UNDECIDED for one in plan.lines)
        if plan.state is PlanState.DRAFT and not decided:
            take(plan, Step.DISCARD)
            plan.ended_at = clock.now()
            audit.record(DISCARDED, entity_id=plan.id, patient_id=patient_id)
        else:
            _free(plan)
        tell_clinicians(plan)


def _free(plan: CarePlan) -> None:
    dropped = [one for one in plan.lines if by_hand.is_softwares(one.rule_id, one.decision)]
    for line in dropped:
        plan.lines.remove(line)
    # What the patient lives by now must not end unseen because a rule had brought it up.
    left = {one.rule_id for one in plan.lines}
    before = queries.active(plan.patient_id)
    at = max((one.position for one in plan.lines), default=-1) + 1
    kept = before.kept if before else ()
    lost = [one for one in kept if one.suggestion and one.suggestion.rule_id not in left]
    for position, one in enumerate(lost, at):
        plan.lines.append(_again(plan.patient_id, position, one))
    plan.questions_json, plan.sealed_news, plan.basis = "[]", None, by_hand.BASIS
    touch(plan)
    audit.record(FREED, entity_id=plan.id, patient_id=plan.patient_id, lines=len(dropped))
