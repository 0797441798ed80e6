"""Plans at each station of their way, made by the people and jobs that make them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from app.care import queries as care
from app.kernel import clock
from app.kernel.actor import Actor
from app.plans import queries
from app.plans.operations import approving, drafting, reviewing
from app.plans.queries import LineView, PlanView
from app.plans.rules.lines import Decision, Words
from app.results import operations as results
from tests.questionnaires import life
from tests.results import readings
from tests.results.readings import LISBON, pressure, weight
from tests.support.portal import Clinic, Portal, Someone

MINE = Words("Walk to the market and back", "Slowly.", "You said you like walking.", "", "Pain.")


def week_of(patient: Actor, systolic: str = "146", diastolic: str = "92") -> None:
    """Two readings in the morning and two in the evening of each of the last four days."""
    now = clock.now().astimezone(LISBON)
    for day in range(1, 5):
        for hour, minute in ((8, 0), (8, 2), (20, 0), (20, 2)):
            then = (now - timedelta(days=day)).replace(hour=hour, minute=minute, second=0)
            ago = int((now - then).total_seconds() // 60)
            results.record(patient, pressure(systolic, diastolic, minutes_ago=ago))


def evidence(patient: Actor) -> None:
    """Enough for a draft with lines of both kinds: for the patient, and for the clinician."""
    life.complete(patient)
    week_of(patient)
    results.record(patient, weight("88"))


def drafted(portal: Portal, patient: Someone) -> UUID:
    """A draft; the patient has answered and measured."""
    assert patient.patient_id is not None
    with portal.inside():
        evidence(portal.actor(patient))
        drafting.draft(patient.patient_id)
        found = queries.open_of(patient.patient_id)
        assert found is not None
        return found.id


def in_review(portal: Portal, patient: Someone, clinician: Someone) -> UUID:
    """A draft that a clinician has opened."""
    plan_id = drafted(portal, patient)
    with portal.inside():
        reviewing.open_review(portal.actor(clinician), plan_id)
    return plan_id


def decided(portal: Portal, patient: Someone, clinician: Someone) -> UUID:
    """A plan ready to be signed."""
    plan_id = in_review(portal, patient, clinician)
    decide_all(portal, clinician, plan_id)
    return plan_id


def decide_all(
    portal: Portal, clinician: Someone, plan_id: UUID, words: Words | None = None
) -> None:
    """Accept what can be accepted, put the rest into the clinician's words."""
    with portal.inside():
        actor = portal.actor(clinician)
        for line in plan(actor, plan_id).lines:
            if line.decision is not Decision.UNDECIDED:
                continue
            if line.needs_rewording or line.suggestion is None:
                said = words or reworded(line)
                reviewing.edit(actor, line.id, said, None, line.version, today())
            else:
                reviewing.accept(actor, line.id, line.version)


def signed(clinic: Clinic) -> UUID:
    """A plan that the patient can read."""
    plan_id = decided(clinic.portal, clinic.patient, clinic.clinician)
    sign(clinic.portal, clinic.clinician, plan_id)
    return plan_id


def sign(portal: Portal, clinician: Someone, plan_id: UUID, minutes: int = 2) -> None:
    """Sign with a code of the clinician's own, `minutes` from now: each code counts once."""
    with portal.inside():
        actor = portal.actor(clinician)
        with clock.standing_at(clock.now() + timedelta(minutes=minutes)):
            # Enrolment used up the code of the present moment; the next one is accepted too.
            code = portal.code(clinician, steps=0 if minutes else 1)
            approving.approve(actor, plan_id, plan(actor, plan_id).version, code)


def review_at_hand(clinic: Clinic) -> UUID:
    """The open review of the clinic's patient, begun with a dangerous reading if there is none."""
    patient, portal = clinic.patient, clinic.portal
    assert patient.patient_id is not None
    with portal.inside():
        found = queries.open_of(patient.patient_id)
        if found is None:
            readings.dangerous(portal.actor(patient))
            drafting.draft(patient.patient_id)
            found = queries.open_of(patient.patient_id)
        assert found is not None
        reviewing.open_review(portal.actor(clinic.clinician), found.id)
        return found.id


def review_at_hand_with_more(clinic: Clinic) -> UUID:
    """A further open review, begun because a further dangerous reading came in."""
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        readings.dangerous(clinic.portal.actor(clinic.patient))
        drafting.draft(clinic.patient.patient_id)
    return review_at_hand(clinic)


def active_at_hand(clinic: Clinic) -> UUID:
    """The plan that the clinic's patient lives by, signed now if there is none."""
    assert clinic.patient.patient_id is not None
    with clinic.portal.inside():
        found = queries.active(clinic.patient.patient_id)
    if found is not None:
        return found.id
    plan_id = review_at_hand(clinic)
    # Words that are a name, so that whoever looks for untranslated sentences finds none here.
    words = Words(*[clinic.patient.name] * 5)
    decide_all(clinic.portal, clinic.clinician, plan_id, words)
    _keep_one(clinic, plan_id, words)
    sign(clinic.portal, clinic.clinician, plan_id)
    return plan_id


def _keep_one(clinic: Clinic, plan_id: UUID, words: Words) -> None:
    """Where another test rejected every line: without one that is kept nothing can be signed."""
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.clinician)
        found = plan(actor, plan_id).lines
        if all(line.decision is Decision.REJECTED for line in found):
            reviewing.edit(actor, found[0].id, words, None, found[0].version, today())


def plan(actor: Actor, plan_id: UUID) -> PlanView:
    """The plan as this clinician sees it."""
    found = queries.for_clinician(actor, plan_id)
    assert found is not None
    return found


def line_of(view: PlanView, rule_id: str | None) -> LineView:
    """The line of one rule, or the clinician's own."""
    return next(
        one for one in view.lines if (one.suggestion.rule_id if one.suggestion else None) == rule_id
    )


def reworded(line: LineView) -> Words:
    """A clinician's words for a line."""
    said = line.said
    return Words(f"Reworded: {said.action}", said.detail, said.why, said.start, said.change)


def today() -> date:
    """The day it is in Lisbon."""
    return clock.now().astimezone(LISBON).date()


def own_patient(actor: Actor) -> UUID:
    """The id of the patient that this person is."""
    found = care.own(actor)
    assert found is not None
    return found.id
