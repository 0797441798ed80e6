"""From a person's facts to the one draft of their plan."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.care import queries as care
from app.care.operations import consents
from app.care.queries import PatientView
from app.care.queries import consents as agreements
from app.care.rules.consents import Purpose
from app.clinical import guidelines
from app.clinical.guidelines import RULES, Profile
from app.kernel import audit, clock, db, jobs, outbox
from app.kernel.crypto import keyring
from app.plans.models import CarePlan, PlanLine
from app.plans.operations.standing import CHANGED, take, tell_clinicians, touch
from app.plans.rules import changes, grounds, lines, states
from app.plans.rules.lines import Audience, Decision, Suggestion
from app.plans.rules.states import PlanState, Step
from app.questionnaires import queries as questionnaires
from app.results import queries as results

DRAFTED = audit.tag("plans.drafted", "care_plan", "lines")
RENEWED = audit.tag("plans.renewed", "care_plan", "lines")
DRAFT = "plans.draft"
# The rules whose questions the lifestyle form and the home tests answer, as a draft lists them.
DRAFTED_FROM = ("BP-04", "DM-07", "BP-03", "BP-05", "OB-01", "TOB-01", "ALC-01", "PA-01")
EVIDENCE_CAME = audit.tag("plans.evidence_came", "care_plan")
# Software drafts for whoever agreed to that, and to being looked after at all.
NEEDED = (Purpose.CARE, Purpose.DRAFTING)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What the rules say about one person today, as it is stored."""

    suggestions: list[dict[str, Any]]
    questions: list[dict[str, Any]]

    @property
    def read(self) -> list[Suggestion]:
        """The suggestions as the rules of plans know them."""
        return [lines.suggestion(one) for one in self.suggestions]

    @property
    def basis(self) -> str:
        """The fingerprint of the rules that spoke, and of what they were told."""
        return keyring().blind(grounds.basis(self.read), purpose="plan-basis")


def evaluated(patient: PatientView) -> Evaluated:
    """Ask the rules of the portal about everything known of a patient."""
    here = clock.now().astimezone(ZoneInfo(patient.zone))
    profile = Profile(
        [
            guidelines.birth_date(patient.birth_date, here, str(patient.id)),
            *questionnaires.facts(patient.id),
            *results.facts(patient.id),
        ]
    )
    said = guidelines.evaluate(profile, here.date(), [RULES[name] for name in DRAFTED_FROM])
    said.sort(key=lambda one: DRAFTED_FROM.index(one.rule.id))
    return Evaluated(
        [lines.stored(one) for one in said if one.status == "recommended"],
        lines.stored_questions(said),
    )


def look_again(patient_id: UUID) -> None:
    """Have the draft written soon: once, however many readings come in before that."""
    jobs.enqueue(DRAFT, {"patient_id": str(patient_id)}, unique=f"{DRAFT}:{patient_id}")


def draft(patient_id: UUID) -> None:
    """Write or renew the patient's draft, if they agreed to drafts.

    A review that is open is told, never overwritten. While the rules were at work the patient may
    have taken their agreement back, so it is asked for again, and held, before anything is stored.
    """
    with db.writing(claims=False) as session:
        patient = care.by_ids({patient_id}).get(patient_id)
        if patient is None or not all(agreements.gives(patient_id, one) for one in NEEDED):
            return
        found = evaluated(patient)
        if not is_agreed(patient_id):
            return
        plan = open_plan(session, patient_id)
        if plan is None:
            if _is_worth_a_look(session, patient_id, found):
                _begin(session, patient_id, found)
        elif plan.state is PlanState.DRAFT:
            _renew(plan, found)
        else:
            _note(plan, found)


def is_agreed(patient_id: UUID) -> bool:
    """Whether software may draft for this patient, until the open transaction is over."""
    return all(consents.held(patient_id, one) for one in NEEDED)


def open_plan(session: Session, patient_id: UUID) -> CarePlan | None:
    """The patient's draft, under review or not, held until the commit."""
    where = (CarePlan.patient_id == patient_id, CarePlan.state.in_(states.OPEN))
    return session.scalar(select(CarePlan).where(*where).with_for_update())


def _is_worth_a_look(session: Session, patient_id: UUID, found: Evaluated) -> bool:
    """Whether the rules say other things than the plan in force, and than the last draft."""
    before = _active(session, patient_id)
    if not found.suggestions and not _rests_on_rules(before):
        return False
    asked = select(CarePlan).where(CarePlan.patient_id == patient_id)
    last = session.scalar(asked.order_by(CarePlan.drafted_at.desc()).limit(1))
    return not any(_says_the_same(plan, found) for plan in (last, before) if plan)


def _rests_on_rules(plan: CarePlan | None) -> bool:
    """Whether the patient lives by something that a rule brought up."""
    kept = [one for one in plan.lines if one.decision in lines.KEPT] if plan else []
    return any(one.rule_id for one in kept)


def _says_the_same(plan: CarePlan, found: Evaluated) -> bool:
    """Whether a plan was made from what the rules say now, figures that vary aside."""
    known = [said for one in plan.lines if (said := one.suggestion)]
    return plan.basis == found.basis and not grounds.moved(known, found.read)


def _begin(session: Session, patient_id: UUID, found: Evaluated) -> None:
    moment = clock.now()
    plan = CarePlan(
        patient_id=patient_id,
        state=PlanState.DRAFT,
        basis=found.basis,
        questions_json=json.dumps(found.questions),
        drafted_at=moment,
        changed_at=moment,
    )
    session.add(plan)
    in_force = _active(session, patient_id)
    before = in_force.lines if in_force else []
    words = {one.rule_id: one.words_json for one in before if one.rule_id and one.sealed_words}
    for position, one in enumerate(found.suggestions):
        plan.lines.append(_line(plan, position, one, words.get(one["rule_id"])))
    own = [one for one in before if one.rule_id is None and one.decision in lines.KEPT]
    for position, old in enumerate(own, len(plan.lines)):
        plan.lines.append(_carried(plan, position, old))
    session.flush()
    audit.record(DRAFTED, entity_id=plan.id, patient_id=patient_id, lines=len(plan.lines))
    tell_clinicians(plan)
    # The patient's first page says that the care team is looking; which plan, it does not learn.
    outbox.hint(CHANGED, people=care.clinical_readers(patient_id))


def _active(session: Session, patient_id: UUID) -> CarePlan | None:
    where = (CarePlan.patient_id == patient_id, CarePlan.state == PlanState.ACTIVE)
    return session.scalar(select(CarePlan).where(*where))


def _line(
    plan: CarePlan, position: int, stored: dict[str, Any], words: str | None = None
) -> PlanLine:
    """A fresh line; the words a clinician gave the same rule before are offered again."""
    line = PlanLine(
        patient_id=plan.patient_id,
        position=position,
        rule_id=stored["rule_id"],
        rule_version=stored["rule_version"],
        audience=Audience(stored["audience"]),
        suggestion_json=json.dumps(stored),
        decision=Decision.UNDECIDED,
    )
    if words:
        line.words_json = words
    return line


def _carried(plan: CarePlan, position: int, old: PlanLine) -> PlanLine:
    """A clinician's own line of the present plan, to be decided about again."""
    return PlanLine(
        patient_id=plan.patient_id,
        position=position,
        audience=Audience.PATIENT,
        words_json=old.words_json,
        starts_on=old.starts_on,
        decision=Decision.UNDECIDED,
    )


def _renew(plan: CarePlan, found: Evaluated) -> None:
    if not take_in(plan, found, Step.RENEW):
        return
    audit.record(RENEWED, entity_id=plan.id, patient_id=plan.patient_id, lines=len(plan.lines))
    tell_clinicians(plan)


def _note(plan: CarePlan, found: Evaluated) -> None:
    """Keep what is new beside the review; the clinician brings it in when they are ready."""
    known = plan.fresh or [said for one in plan.lines if (said := one.suggestion)]
    if not changes.news(known, found.read):
        return
    plan.news_json = json.dumps(found.suggestions)
    touch(plan)
    audit.record(EVIDENCE_CAME, entity_id=plan.id, patient_id=plan.patient_id)
    tell_clinicians(plan)


def take_in(plan: CarePlan, found: Evaluated, step: Step) -> bool:
    """Bring the lines up to date; answers whether anything changed.

    What a clinician decided stays, unless the evidence under it changed: then the line waits for
    a new decision, and offers the words they had given it.
    """
    questions = json.dumps(found.questions)
    changed = questions != plan.questions_json
    fresh = {one["rule_id"]: one for one in found.suggestions}
    for line in list(plan.lines):
        if line.rule_id is None:
            continue
        stored = fresh.pop(line.rule_id, None)
        changed |= _update(plan, line, stored)
    at = max((one.position for one in plan.lines), default=-1) + 1
    plan.lines.extend(_line(plan, position, one) for position, one in enumerate(fresh.values(), at))
    changed |= bool(fresh) or plan.sealed_news is not None or plan.basis != found.basis
    if changed:
        plan.questions_json, plan.sealed_news, plan.basis = questions, None, found.basis
        take(plan, step)
    return changed


def _update(plan: CarePlan, line: PlanLine, stored: dict[str, Any] | None) -> bool:
    """One line against what its rule says now; answers whether it changed."""
    if stored is None:
        if line.decision is not Decision.UNDECIDED:
            return False  # A person decided about it; that the rule fell silent undoes nothing.
        plan.lines.remove(line)
        return True
    before = line.suggestion
    if before is not None and lines.suggestion(stored).same_as(before):
        return False
    line.suggestion_json = json.dumps(stored)
    line.rule_version = stored["rule_version"]
    line.audience = Audience(stored["audience"])
    line.decision, line.decided_by, line.decided_at = Decision.UNDECIDED, None, None
    return True


def today_of(patient: PatientView) -> date:
    """The day it is where the patient lives."""
    return clock.now().astimezone(ZoneInfo(patient.zone)).date()
