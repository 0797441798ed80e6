"""The state table and the rules of lines, without database or pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clinical import Sentence
from app.clinical.guidelines import RULES, Fact, Recommendation, Wording
from app.plans.rules import changes, grounds, lines, states
from app.plans.rules.lines import Audience, Decision, Problem, Suggestion, Words
from app.plans.rules.states import PlanState, Step

TODAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 22, 8, tzinfo=UTC)
WALKS = st.lists(st.sampled_from(list(Step)), max_size=30)
DECIDED = st.tuples(st.sampled_from(list(Audience)), st.sampled_from(list(Decision)))


def walk(steps: list[Step]) -> list[PlanState]:
    """Every state a plan passes through when these steps are tried one after another."""
    passed = [PlanState.DRAFT]
    for step in steps:
        passed.append(states.after(passed[-1], step) or passed[-1])
    return passed


@given(WALKS)
def test_no_walk_leaves_a_final_state(steps: list[Step]) -> None:
    passed = walk(steps)
    for at, state in enumerate(passed):
        if state in {PlanState.SUPERSEDED, PlanState.DISCARDED}:
            assert set(passed[at:]) == {state}


@given(WALKS)
def test_no_walk_leads_from_a_signed_plan_back_to_one_that_can_be_written(
    steps: list[Step],
) -> None:
    passed = walk(steps)
    signed = [at for at, state in enumerate(passed) if state in states.SIGNED]
    assert all(
        passed[at] in states.SIGNED for at in range(signed[0] if signed else 99, len(passed))
    )


@given(WALKS)
def test_no_walk_reaches_the_patient_without_the_approval(steps: list[Step]) -> None:
    passed = walk(steps)
    readable = [at for at, state in enumerate(passed) if state in states.READABLE]
    if readable:
        assert PlanState.APPROVED in passed[: readable[0]]


@given(st.sampled_from(list(PlanState)), st.sampled_from(list(Step)))
def test_words_can_be_written_only_while_a_plan_is_open(state: PlanState, step: Step) -> None:
    writes = step in {Step.RENEW, Step.DECIDE, Step.TAKE_IN}
    assert not (writes and states.can(state, step) and state not in states.OPEN)


def test_every_state_has_its_fhir_status() -> None:
    assert set(states.FHIR_STATUS) == set(PlanState)
    drafts = {state for state, status in states.FHIR_STATUS.items() if status == "draft"}
    assert drafts == states.OPEN


@given(st.lists(DECIDED, max_size=8))
def test_plan_is_approved_only_whole(found: list[tuple[Audience, Decision]]) -> None:
    fine = (
        all(decision is not Decision.UNDECIDED for _audience, decision in found)
        and any(decision in lines.KEPT for _audience, decision in found)
        and (Audience.CLINICIAN, Decision.ACCEPTED) not in found
    )
    assert (lines.approval_problem(found) is None) is fine


def test_clinicians_advice_cannot_be_accepted_as_it_is() -> None:
    assert lines.acceptance_problem(Audience.CLINICIAN) is Problem.NEEDS_REWORDING
    assert lines.acceptance_problem(Audience.PATIENT) is None


def test_saving_clinicians_advice_unchanged_is_no_rewording() -> None:
    words = Words("Consider two agents", "", "Because", "", "")
    other = Words("Ask me about tablets", "", "Because", "", "")
    assert lines.rewording_problem(Audience.CLINICIAN, words, words) is Problem.NEEDS_REWORDING
    assert lines.rewording_problem(Audience.CLINICIAN, words, other) is None
    assert lines.rewording_problem(Audience.PATIENT, words, words) is None


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        (-1, Problem.STARTS_TOO_EARLY),
        (0, None),
        (730, None),
        (731, Problem.STARTS_TOO_LATE),
    ],
)
def test_start_lies_between_today_and_two_years(days: int, problem: Problem | None) -> None:
    assert lines.start_problem(TODAY + timedelta(days=days), TODAY) is problem


def test_no_day_is_no_problem() -> None:
    assert lines.start_problem(None, TODAY) is None


def recommended(
    rule_id: str, wording: Wording | None, evidence: tuple[Fact, ...]
) -> Recommendation:
    rule = RULES[rule_id]
    return Recommendation(rule, "recommended", rule.urgency, rule.grade, evidence, wording)


def test_what_recommends_nothing_is_not_stored() -> None:
    with pytest.raises(ValueError, match="OB-01"):
        lines.stored(recommended("OB-01", None, ()))


def suggested(rule_id: str, value: str = "96", source_id: str = "one") -> Suggestion:
    said = Sentence("Do %(what)s", {"what": "this"})
    fact = Fact(
        "weight", Decimal(value), "kg", MOMENT, "observation", source_id, said, Sentence("96 kg")
    )
    wording = Wording(said, said, said, said, said)
    return lines.suggestion(lines.stored(recommended(rule_id, wording, (fact,))))


def test_proposal_is_read_back_as_it_was_stored() -> None:
    found = suggested("OB-01")
    rule = RULES["OB-01"]
    assert (found.rule_id, found.rule_version, found.audience) == ("OB-01", rule.version, "patient")
    assert found.note == rule.note
    assert [(one.key, one.value, one.when) for one in found.evidence] == [("weight", "96", MOMENT)]
    assert str(found.wording.action) == "Do this"


def test_further_reading_in_the_same_range_is_no_reason_for_a_new_draft() -> None:
    before = [suggested("OB-01"), suggested("PA-01")]
    after = [suggested("PA-01", "97", "two"), suggested("OB-01", "97", "two")]
    assert grounds.basis(before) == grounds.basis(after)
    assert grounds.basis(before) != grounds.basis(before[:1])


def test_further_dangerous_reading_is_one() -> None:
    assert grounds.basis([suggested("BP-04")]) != grounds.basis([suggested("BP-04", "97", "two")])


def test_news_tells_new_changed_and_gone_apart() -> None:
    before = [suggested("OB-01"), suggested("PA-01"), suggested("BP-05")]
    now = [suggested("OB-01"), suggested("PA-01", "97", "two"), suggested("ALC-01")]
    found = changes.news(before, now)
    assert [one.rule_id for one in found.added] == ["ALC-01"]
    assert [one.rule_id for one in found.changed] == ["PA-01"]
    assert [one.rule_id for one in found.gone] == ["BP-05"]
    assert not changes.news(before, list(reversed(before)))


LINES = st.dictionaries(st.text(max_size=3), st.integers(0, 3), max_size=6)


@given(LINES, LINES)
def test_every_line_of_either_plan_is_told_once_or_is_the_same(
    before: dict[str, int], after: dict[str, int]
) -> None:
    found = changes.between(
        [changes.Line(key, f"old {key}", content) for key, content in before.items()],
        [changes.Line(key, f"new {key}", content) for key, content in after.items()],
    )
    same = {key for key in before if key in after and before[key] == after[key]}
    told = len(found.added) + len(found.removed) + len(found.changed)
    assert told == len(set(before) | set(after)) - len(same)
    assert bool(found) == (before != after)
