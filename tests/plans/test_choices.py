"""What a clinician can do with a line that is decided: nothing of theirs goes unsaid."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.refusal import Refusal
from app.plans.operations import reviewing
from app.plans.queries import LineView
from app.plans.rules.choices import CHOICES, Choice, Standing
from app.plans.rules.lines import KEPT, Audience, Decision
from app.results import operations as results
from tests.plans import drafts
from tests.plans.looking import line, look
from tests.results.readings import weight
from tests.support.inspection import words
from tests.support.portal import Clinic, Visitor

STANDINGS = st.builds(
    Standing,
    st.sampled_from(list(Decision)),
    st.sampled_from(list(Audience)),
    st.booleans(),
    st.booleans(),
)
EDIT = {"action": "Walk to the market", "why": "You like the market."}
REASON = "Her knee hurts."


@given(STANDINGS)
def test_decided_line_has_no_plain_accept(standing: Standing) -> None:
    assert not standing.can(Choice.ACCEPT) or standing.decision is Decision.UNDECIDED


@given(STANDINGS, st.sampled_from(list(Choice)))
def test_words_are_taken_away_by_the_choice_that_says_so_alone(
    standing: Standing, choice: Choice
) -> None:
    after = standing.after(choice)
    if standing.worded and after is Decision.ACCEPTED:
        assert choice is Choice.RESTORE


@given(STANDINGS, st.sampled_from(list(Choice)))
def test_no_choice_keeps_a_line_in_words_that_are_not_the_patients(
    standing: Standing, choice: Choice
) -> None:
    if standing.after(choice) is Decision.ACCEPTED:
        assert standing.from_rule
        assert standing.audience is Audience.PATIENT


def test_every_decision_can_be_changed_and_leads_to_one() -> None:
    for decision in Decision:
        found = {after for (at, _choice), after in CHOICES.items() if at is decision}
        assert Decision.UNDECIDED not in found
        assert Decision.REJECTED in found
        assert found & KEPT


def walking(clinic: Clinic, plan_id: UUID) -> LineView:
    """The line about walking, as it stands now."""
    return drafts.line_of(look(clinic, plan_id), "PA-01")


def offers(visitor: Visitor, path: str) -> set[str]:
    """The last words of the addresses that the line's buttons and links lead to."""
    assert visitor.page is not None
    found = [one.get("action") for one in visitor.page.iter("form")]
    found += [one.get("href") for one in visitor.page.iter("a")]
    return {one.removeprefix(path + "/") for one in found if one and one.startswith(path + "/")}


def test_edited_line_is_not_accepted_away(clinic: Clinic, plan_id: UUID) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), line(clinic, plan_id, "PA-01")
    review = f"/plans/{plan_id}/review"
    doctor.get(review)
    assert offers(doctor, path) == {"accept", "edit", "reject"}
    doctor.send(f"{path}/edit", **EDIT)
    text = doctor.get(review).text
    assert offers(doctor, path) == {"edit", "reject", "restore"}
    for said in ("Edit again", "Go back to the rule's words", "are deleted"):
        assert said in text.replace("&#39;", "'")
    token = doctor.filled("/sign-out")
    version = str(walking(clinic, plan_id).version)
    answer = doctor.post(f"{path}/accept", {**token, "version": version})
    assert "moved on" in doctor.follow(answer).text
    with clinic.portal.inside():
        assert walking(clinic, plan_id).said.action == EDIT["action"]


def test_going_back_to_the_rules_words_is_a_step_of_its_own(clinic: Clinic, plan_id: UUID) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), line(clinic, plan_id, "PA-01")
    doctor.send(f"{path}/edit", **EDIT, starts_on=drafts.today().isoformat())
    doctor.send(f"{path}/restore", page=f"/plans/{plan_id}/review")
    found = walking(clinic, plan_id)
    assert (found.decision, found.words, found.starts_on) == (Decision.ACCEPTED, None, None)


def test_rejected_line_is_taken_in_with_the_words_it_had(clinic: Clinic, plan_id: UUID) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), line(clinic, plan_id, "PA-01")
    review = f"/plans/{plan_id}/review"
    doctor.send(f"{path}/edit", **EDIT)
    doctor.send(f"{path}/reject", reason=REASON)
    text = doctor.get(review).text
    assert offers(doctor, path) == {"edit", "reject", "take-back"}
    assert "The reason for rejecting it is deleted." in text
    assert REASON in text
    assert "goes into the plan again and the reason is deleted" in doctor.get(f"{path}/edit").text
    doctor.send(f"{path}/take-back", page=review)
    found = walking(clinic, plan_id)
    assert (found.decision, found.reason) == (Decision.EDITED, "")
    with clinic.portal.inside():
        assert found.said.action == EDIT["action"]


def test_rejected_line_without_an_edit_is_taken_in_as_the_rule_wrote_it(
    clinic: Clinic, plan_id: UUID
) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), line(clinic, plan_id, "PA-01")
    doctor.send(f"{path}/reject", reason=REASON)
    doctor.send(f"{path}/take-back", page=f"/plans/{plan_id}/review")
    assert walking(clinic, plan_id).decision is Decision.ACCEPTED


def test_clinicians_advice_goes_back_to_no_words_that_the_patient_cannot_use(
    clinic: Clinic, plan_id: UUID
) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), line(clinic, plan_id, "BP-03")
    doctor.send(f"{path}/edit", **EDIT)
    doctor.get(f"/plans/{plan_id}/review")
    assert offers(doctor, path) == {"edit", "reject"}
    actor = clinic.portal.actor(clinic.clinician)
    found = drafts.line_of(look(clinic, plan_id), "BP-03")
    with clinic.portal.inside(), pytest.raises(Refusal):
        reviewing.restore(actor, found.id, found.version)


@pytest.mark.parametrize("step", ["accept", "restore", "take-back"])
def test_press_on_a_page_out_of_date_changes_nothing(
    clinic: Clinic, plan_id: UUID, step: str
) -> None:
    here, there = (clinic.portal.visit(clinic.clinician) for _ in range(2))
    path, review = line(clinic, plan_id, "PA-01"), f"/plans/{plan_id}/review"
    if step == "restore":
        there.send(f"{path}/edit", **EDIT)
    if step == "take-back":
        there.send(f"{path}/reject", reason=REASON)
    here.get(review)
    fields = here.filled(f"{path}/{step}")
    there.send(f"{path}/edit", action="Swim on Mondays", why="The pool is near.")
    answer = here.follow(here.post(f"{path}/{step}", fields))
    assert "Your last press changed nothing" in answer.text
    with clinic.portal.inside():
        assert walking(clinic, plan_id).said.action == "Swim on Mondays"


def test_words_offered_again_are_accepted_as_they_read(clinic: Clinic, plan_id: UUID) -> None:
    doctor, path = clinic.portal.visit(clinic.clinician), line(clinic, plan_id, "OB-01")
    review = f"/plans/{plan_id}/review"
    doctor.send(f"{path}/edit", **EDIT)
    with clinic.portal.inside():
        results.record(clinic.portal.actor(clinic.patient), weight("89", minutes_ago=1))
    clinic.portal.work()
    doctor.send(review, step="take-in")
    doctor.get(review)
    assert offers(doctor, path) == {"accept", "edit", "reject", "restore"}
    assert doctor.page is not None
    buttons = [words(one) for one in doctor.page.iter("button")]
    assert "Accept these words" in buttons
    doctor.send(f"{path}/accept", page=review)
    found = drafts.line_of(look(clinic, plan_id), "OB-01")
    with clinic.portal.inside():
        assert (found.decision, found.said.action) == (Decision.EDITED, EDIT["action"])
