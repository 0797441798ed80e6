"""From answers and readings to a draft, and what becomes of new evidence."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.clinical import measures
from app.kernel import audit, clock, db
from app.kernel.models import AuditEvent, Outbox
from app.kernel.refusal import Refusal, Stale
from app.plans import queries
from app.plans.operations import drafting, reviewing
from app.plans.queries import PlanView
from app.plans.rules.lines import Decision
from app.plans.rules.states import PlanState
from app.results import operations as results
from tests.plans import drafts
from tests.results.readings import dangerous, weight
from tests.support.portal import Clinic


def patient_id(clinic: Clinic) -> UUID:
    assert clinic.patient.patient_id is not None
    return clinic.patient.patient_id


def rules_of(plan: PlanView) -> list[str]:
    return [one.suggestion.rule_id for one in plan.lines if one.suggestion]


def look(clinic: Clinic, plan_id: UUID) -> PlanView:
    with clinic.portal.inside():
        return drafts.plan(clinic.portal.actor(clinic.clinician), plan_id)


def weigh(clinic: Clinic, kilograms: str, *, minutes_ago: int = 2) -> None:
    """One more weight, and the look at the rules that follows."""
    with clinic.portal.inside():
        results.record(
            clinic.portal.actor(clinic.patient), weight(kilograms, minutes_ago=minutes_ago)
        )
        drafting.draft(patient_id(clinic))


def test_answers_and_readings_lead_to_a_draft_through_the_queue(clinic: Clinic) -> None:
    with clinic.portal.inside():
        drafts.evidence(clinic.portal.actor(clinic.patient))
    clinic.portal.work()
    with clinic.portal.inside():
        (plan,) = queries.open_plans(clinic.portal.actor(clinic.clinician))
    assert plan.state is PlanState.DRAFT
    assert rules_of(plan) == ["BP-03", "BP-05", "OB-01", "PA-01"]
    weight_line = drafts.line_of(plan, "OB-01")
    assert weight_line.suggestion is not None
    shown = {str(one.label): str(one.shown) for one in weight_line.suggestion.evidence}
    assert shown == {"Weight": "88 kg", "Height": "170 cm"}
    assert [need for one in plan.questions for need in one.needs] == ["glucose"]


def test_nothing_to_suggest_makes_no_draft(clinic: Clinic) -> None:
    with clinic.portal.inside():
        results.record(clinic.portal.actor(clinic.patient), weight("60"))
        drafting.draft(patient_id(clinic))
        assert queries.open_of(patient_id(clinic)) is None


def test_draft_that_nobody_reviews_follows_the_evidence(clinic: Clinic) -> None:
    plan_id = drafts.drafted(clinic.portal, clinic.patient)
    weigh(clinic, "85")
    plan = look(clinic, plan_id)
    assert "OB-01" not in rules_of(plan)
    assert not plan.news


def test_review_that_is_open_is_told_and_not_overwritten(clinic: Clinic) -> None:
    plan_id = drafts.decided(clinic.portal, clinic.patient, clinic.clinician)
    before = look(clinic, plan_id)
    weigh(clinic, "85")
    plan = look(clinic, plan_id)
    with clinic.portal.inside():
        assert [one.said for one in plan.lines] == [one.said for one in before.lines]
    assert [one.rule_id for one in plan.news.gone] == ["OB-01"]
    assert plan.version > before.version


def test_taking_new_evidence_in_keeps_decisions_whose_evidence_stands(clinic: Clinic) -> None:
    plan_id = drafts.decided(clinic.portal, clinic.patient, clinic.clinician)
    weigh(clinic, "89")
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        reviewing.bring_in_news(actor, plan_id, drafts.plan(actor, plan_id).version)
    plan = look(clinic, plan_id)
    decisions = {rule: drafts.line_of(plan, rule).decision for rule in rules_of(plan)}
    assert decisions == {
        "BP-03": Decision.EDITED,
        "BP-05": Decision.ACCEPTED,
        "OB-01": Decision.UNDECIDED,
        "PA-01": Decision.ACCEPTED,
    }
    with clinic.portal.inside():
        assert "89 kg" in drafts.line_of(plan, "OB-01").said.why
    assert not plan.news


def test_edited_words_are_offered_again_when_their_evidence_changes(clinic: Clinic) -> None:
    plan_id = drafts.in_review(clinic.portal, clinic.patient, clinic.clinician)
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        line = drafts.line_of(drafts.plan(actor, plan_id), "OB-01")
        reviewing.edit(actor, line.id, drafts.MINE, None, line.version, drafts.today())
    weigh(clinic, "89")
    with clinic.portal.inside():
        reviewing.bring_in_news(actor, plan_id, drafts.plan(actor, plan_id).version)
    line = drafts.line_of(look(clinic, plan_id), "OB-01")
    assert (line.decision, line.words) == (Decision.UNDECIDED, drafts.MINE)


def test_signed_plan_is_not_drafted_again_for_one_more_reading(clinic: Clinic) -> None:
    drafts.signed(clinic)
    weigh(clinic, "89")
    with clinic.portal.inside():
        assert queries.open_of(patient_id(clinic)) is None


def test_dangerous_reading_drafts_again_and_carries_the_clinicians_own_line(
    clinic: Clinic,
) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    plan_id = drafts.in_review(portal, clinic.patient, clinic.clinician)
    with portal.inside():
        reviewing.add(actor, plan_id, drafts.MINE, drafts.today(), drafts.today())
    drafts.decide_all(portal, clinic.clinician, plan_id)
    drafts.sign(portal, clinic.clinician, plan_id)
    with portal.inside():
        dangerous(portal.actor(clinic.patient))
        drafting.draft(patient_id(clinic))
        (plan,) = queries.open_plans(actor)
    assert rules_of(plan)[0] == "BP-04"
    own = drafts.line_of(plan, None)
    assert (own.words, own.decision) == (drafts.MINE, Decision.UNDECIDED)


def test_evidence_that_a_signature_left_out_comes_back_as_the_next_draft(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    plan_id = drafts.decided(portal, clinic.patient, clinic.clinician)
    weigh(clinic, "85")
    drafts.sign(portal, clinic.clinician, plan_id)
    assert "OB-01" in rules_of(look(clinic, plan_id))
    with clock.standing_at(clock.now() + timedelta(minutes=3)):
        portal.work()
    with portal.inside():
        (following,) = queries.open_plans(actor)
    assert "OB-01" not in rules_of(following)


def test_closed_draft_stays_closed_until_other_rules_speak(clinic: Clinic) -> None:
    portal, actor = clinic.portal, clinic.portal.actor(clinic.clinician)
    plan_id = drafts.drafted(portal, clinic.patient)
    with portal.inside():
        reviewing.discard(actor, plan_id, drafts.plan(actor, plan_id).version)
    weigh(clinic, "89")
    with portal.inside():
        assert queries.open_count(actor) == 0
    weigh(clinic, "85", minutes_ago=1)
    with portal.inside():
        assert queries.open_count(actor) == 1


def test_words_are_sealed_in_the_database(clinic: Clinic) -> None:
    plan_id = drafts.in_review(clinic.portal, clinic.patient, clinic.clinician)
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        reviewing.add(actor, plan_id, drafts.MINE, drafts.today(), drafts.today())
        raw = repr(list(db.session().connection().exec_driver_sql("SELECT * FROM plan_line")))
    assert "market" not in raw
    assert "body mass" not in raw


def test_each_decision_leaves_its_event_and_no_clinical_word(clinic: Clinic) -> None:
    drafts.signed(clinic)
    with clinic.portal.inside():
        events = [one for one in db.session().query(AuditEvent) if one.tag.startswith("plans.")]
    tags = [one.tag for one in events]
    for tag in ("drafted", "review_opened", "line_decided", "approved", "published"):
        assert f"plans.{tag}" in tags
    assert tags.count("plans.line_decided") == 4
    assert set(tags) <= set(audit.all_tags())
    assert all(set(map(type, one.detail.values())) <= {int, str} for one in events)


def test_patient_hears_of_a_draft_without_its_number_and_of_a_plan_with_it(
    clinic: Clinic,
) -> None:
    plan_id = drafts.drafted(clinic.portal, clinic.patient)
    room = f"person:{clinic.patient.id}"
    with clinic.portal.inside():
        told = [one.payload for one in db.session().query(Outbox)]
    mine = [one["id"] for one in told if one["changed"] == "plans" and room in one["rooms"]]
    assert set(mine) == {None}
    with clinic.portal.inside():
        reviewing.open_review(clinic.portal.actor(clinic.clinician), plan_id)
    drafts.decide_all(clinic.portal, clinic.clinician, plan_id)
    drafts.sign(clinic.portal, clinic.clinician, plan_id)
    with clinic.portal.inside():
        told = [one.payload for one in db.session().query(Outbox)]
    mine = [one["id"] for one in told if one["changed"] == "plans" and room in one["rooms"]]
    assert str(plan_id) in mine


def test_clinicians_advice_is_not_accepted_by_the_operation_either(clinic: Clinic) -> None:
    plan_id = drafts.in_review(clinic.portal, clinic.patient, clinic.clinician)
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside():
        line = drafts.line_of(drafts.plan(actor, plan_id), "BP-03")
        with pytest.raises(Refusal, match="refused"):
            reviewing.accept(actor, line.id, line.version)
        said = line.said
        with pytest.raises(Refusal, match="action"):
            reviewing.edit(actor, line.id, said, None, line.version, drafts.today())


def test_step_with_an_old_page_is_refused(clinic: Clinic) -> None:
    plan_id = drafts.in_review(clinic.portal, clinic.patient, clinic.clinician)
    actor = clinic.portal.actor(clinic.clinician)
    with clinic.portal.inside(), pytest.raises(Stale):
        reviewing.discard(actor, plan_id, 1)


def test_measures_of_the_questions_have_pages_to_enter_them() -> None:
    from app.plans.pages.evidence import HOME_TESTS

    assert all(measures.get(key).key == key for key in HOME_TESTS)
