"""What every operation on a plan begins and ends with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from app.care import queries as care
from app.kernel import clock, db, outbox
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal, Stale
from app.plans.models import CarePlan, PlanLine
from app.plans.rules import states
from app.plans.rules.lines import Problem
from app.plans.rules.states import Step

CHANGED = "plans"

NOT_YOURS = _l("You are no longer on this patient's care team.")
NOT_NOW = _l("This plan has moved on since you opened the page. Please look at it again.")
NOT_AGREED = _l("The patient does not agree that software drafts their plan.")
CROSSED = _l(
    "A colleague or another window saved this after you opened it. Below is what stands now;"
    " your words are still here. Save again to replace it."
)
DECIDED_MEANWHILE = _l(
    "A colleague or another window decided about this line after you opened the page. Your last"
    " press changed nothing; please look at the line again."
)
WORDS = {
    Problem.NEEDS_REWORDING: _l(
        "What this advice means is for a clinician to judge. Please put it into words for the"
        " patient, or reject it."
    ),
    Problem.UNDECIDED_LINES: _l("Please decide about every line first."),
    Problem.NOTHING_KEPT: _l("Please keep at least one line, or close the draft without a plan."),
    Problem.STARTS_TOO_EARLY: _l("Please choose today or a later day."),
    Problem.STARTS_TOO_LATE: _l("Please choose a day within the next two years."),
}


@contextmanager
def meeting_others() -> Iterator[Session]:
    """One transaction; whoever saved in between is told of, and nothing is mixed."""
    try:
        with db.writing() as session:
            yield session
    except (IntegrityError, StaleDataError) as crossed:
        raise Stale(CROSSED) from crossed


def locked(session: Session, actor: Actor, plan_id: UUID) -> CarePlan:
    """The plan as it stands, held until the commit, for a clinician of the care team."""
    where = CarePlan.id == plan_id
    asked = select(CarePlan).where(where).with_for_update()
    row = session.scalars(asked.execution_options(populate_existing=True)).one()
    if care.patient_of_clinician(actor, row.patient_id) is None:
        raise Refusal(NOT_YOURS)
    return row


def locked_line(
    session: Session, actor: Actor, line_id: UUID, version: int
) -> tuple[CarePlan, PlanLine]:
    """The line and its plan; Stale when the line was saved since it was shown."""
    plan_id = session.scalars(select(PlanLine.plan_id).where(PlanLine.id == line_id)).one_or_none()
    if plan_id is None:
        raise Refusal(NOT_NOW)  # A renewed draft let go of it.
    plan = locked(session, actor, plan_id)
    line = next((one for one in plan.lines if one.id == line_id), None)
    if line is None:
        raise Refusal(NOT_NOW)
    take(plan, Step.DECIDE)
    if line.version != version:
        raise Stale(CROSSED)
    return plan, line


def take(plan: CarePlan, step: Step) -> None:
    """Take a step of the table, or refuse."""
    following = states.after(plan.state, step)
    if following is None:
        raise Refusal(NOT_NOW)
    plan.state = following
    touch(plan)


def touch(plan: CarePlan) -> None:
    """Give the plan a new row version, even where only its lines changed."""
    plan.changed_at = clock.now()
    flag_modified(plan, "changed_at")


def refuse(problem: Problem | None, field: str | None = None) -> None:
    """Turn a rule's problem into a refusal beside its field."""
    if problem is not None:
        raise Refusal(WORDS[problem], field)


def tell_clinicians(plan: CarePlan) -> None:
    """A draft is news for its clinicians alone; the patient's pages learn that one exists."""
    team = [one.id for one in care.team_with(plan.patient_id, Role.CLINICIAN)]
    outbox.hint(CHANGED, people=team, number=plan.id)
