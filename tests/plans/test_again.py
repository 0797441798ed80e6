"""When a plan is drafted again: what the clinician must decide about, and what is no news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import clock
from app.plans import queries
from app.plans.operations import drafting, reviewing
from app.plans.queries import PlanView
from app.plans.rules import grounds
from app.plans.rules.lines import Suggestion
from app.plans.rules.states import PlanState
from app.questionnaires import operations as questionnaires
from app.questionnaires import queries as answers
from app.results import operations as results
from tests.plans import drafts
from tests.plans.looking import look
from tests.plans.test_rules import suggested
from tests.questionnaires import life
from tests.results.readings import weight
from tests.support.portal import Clinic

LIGHT = "85"  # At 170 cm no rule speaks of this weight in kg.


def patient_id(clinic: Clinic) -> UUID:
    assert clinic.patient.patient_id is not None
    return clinic.patient.patient_id


def told(clinic: Clinic, **changes: str) -> PlanView | None:
    """Everything answered again, some of it differently, and the draft that follows."""
    with clinic.portal.inside():
        actor, mine = clinic.portal.actor(clinic.patient), patient_id(clinic)
        for part, before in life.PARTS.items():
            now = {**before, **{key: text for key, text in changes.items() if key in before}}
            saves = answers.standing(mine).draft.part(part).saves
            shown = life.shown_by(part, now)
            assert questionnaires.save_part(actor, part, now, shown=shown, saves=saves)
        questionnaires.send(actor, answers.standing(mine).draft.version)
        drafting.draft(mine)
        return queries.open_of(mine)


def weighed(clinic: Clinic, kilograms: str, minutes_ago: int = 2) -> PlanView | None:
    """One more weight, and the draft that follows."""
    with clinic.portal.inside():
        entry = weight(kilograms, minutes_ago=minutes_ago)
        results.record(clinic.portal.actor(clinic.patient), entry)
        drafting.draft(patient_id(clinic))
        return queries.open_of(patient_id(clinic))


def rules_of(plan: PlanView | None) -> set[str]:
    assert plan is not None
    return {one.suggestion.rule_id for one in plan.lines if one.suggestion}


def close(clinic: Clinic, plan: PlanView | None) -> None:
    assert plan is not None
    with clinic.portal.inside():
        reviewing.discard(clinic.portal.actor(clinic.clinician), plan.id, plan.version)


def one_line_in_force(clinic: Clinic) -> UUID:
    """A plan of which weight alone is the reason."""
    with clinic.portal.inside():
        actor = clinic.portal.actor(clinic.patient)
        changes = {"activity-days": "6", "activity-minutes": "60", "salt-table": "rarely"}
        for part, before in life.PARTS.items():
            now = {**before, **{key: text for key, text in changes.items() if key in before}}
            shown = life.shown_by(part, now)
            saves = answers.standing(patient_id(clinic)).draft.part(part).saves
            questionnaires.save_part(actor, part, now, shown=shown, saves=saves)
        questionnaires.send(actor, answers.standing(patient_id(clinic)).draft.version)
        results.record(actor, weight("88"))
        drafting.draft(patient_id(clinic))
        found = queries.open_of(patient_id(clinic))
        assert rules_of(found) == {"OB-01"}
        assert found is not None
        reviewing.open_review(clinic.portal.actor(clinic.clinician), found.id)
    drafts.decide_all(clinic.portal, clinic.clinician, found.id)
    drafts.sign(clinic.portal, clinic.clinician, found.id)
    return found.id


def test_changed_answer_reaches_the_clinician_though_the_same_rules_speak(clinic: Clinic) -> None:
    first = drafts.signed(clinic)
    plan = told(clinic, **{"activity-days": "1", "activity-minutes": "10"})
    assert plan is not None
    assert rules_of(plan) == rules_of(look(clinic, first))
    with clinic.portal.inside():
        assert "10 minutes a week" in drafts.line_of(plan, "PA-01").said.why


def test_same_answers_sent_again_ask_for_no_decision(clinic: Clinic) -> None:
    drafts.signed(clinic)
    assert told(clinic) is None


def test_figure_that_moved_reaches_the_clinician_and_one_alike_does_not(clinic: Clinic) -> None:
    drafts.signed(clinic)
    assert weighed(clinic, "89", minutes_ago=3) is None
    plan = weighed(clinic, "93", minutes_ago=2)
    assert plan is not None
    with clinic.portal.inside():
        assert "93 kg" in drafts.line_of(plan, "OB-01").said.why


def test_closed_draft_is_not_written_again_for_the_same_answers(clinic: Clinic) -> None:
    drafts.signed(clinic)
    changes = {"activity-days": "1", "activity-minutes": "10"}
    close(clinic, told(clinic, **changes))
    assert told(clinic, **changes) is None
    # Nor for answers that the plan in force was made from.
    assert told(clinic) is None


def test_one_draft_follows_however_often_the_answers_change(clinic: Clinic) -> None:
    drafts.signed(clinic)
    found = {told(clinic, **{"activity-minutes": str(minutes)}) for minutes in (10, 15, 20)}
    assert len({one.id for one in found if one}) == 1


def test_reason_that_is_gone_is_named_and_asked_about(clinic: Clinic) -> None:
    one_line_in_force(clinic)
    plan = weighed(clinic, LIGHT)
    assert plan is not None
    assert plan.lines == ()
    doctor = clinic.portal.visit(clinic.clinician)
    text = doctor.get(f"/plans/{plan.id}/review").text
    assert "The reason for this part of the plan in force is gone" in text
    assert "Join a programme" in text
    board = doctor.get("/").text
    assert "suggest nothing any more" in board
    assert "Every line is decided" not in board
    close(clinic, plan)
    assert weighed(clinic, "84", minutes_ago=1) is None


def test_plan_of_a_clinicians_own_lines_is_not_asked_about(clinic: Clinic) -> None:
    one_line_in_force(clinic)
    plan, actor = weighed(clinic, LIGHT), clinic.portal.actor(clinic.clinician)
    assert plan is not None
    with clinic.portal.inside():
        reviewing.open_review(actor, plan.id)
        reviewing.add(actor, plan.id, drafts.MINE, drafts.today(), drafts.today())
    drafts.sign(clinic.portal, clinic.clinician, plan.id, minutes=4)
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        assert weighed(clinic, "84") is None
    assert look(clinic, plan.id).state is PlanState.ACTIVE


@given(st.integers(min_value=60, max_value=160), st.integers(min_value=-20, max_value=20))
def test_figures_vary_by_three_in_a_hundred_before_they_have_moved(old: int, by: int) -> None:
    before, now = suggested("OB-01", str(old)), suggested("OB-01", str(old + by), "two")
    assert grounds.basis([before]) == grounds.basis([now])
    assert grounds.moved([before], [now]) is (abs(by) * 100 > 3 * old)


def pressed(value: str) -> Suggestion:
    found = suggested("BP-03")
    return replace(found, evidence=tuple(replace(one, value=value) for one in found.evidence))


@pytest.mark.parametrize(
    ("after", "moved"), [("148/93", False), ("160/92", True), ("146/98", True)]
)
def test_both_numbers_of_a_pressure_count(after: str, *, moved: bool) -> None:
    assert grounds.moved([pressed("146/92")], [pressed(after)]) is moved
