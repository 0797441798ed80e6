"""Looking a plan up as its clinician, to know where its lines are."""

from __future__ import annotations

from uuid import UUID

from app.plans.queries import PlanView
from tests.plans import drafts
from tests.support.portal import Clinic


def look(clinic: Clinic, plan_id: UUID) -> PlanView:
    """The plan as the clinician sees it."""
    with clinic.portal.inside():
        return drafts.plan(clinic.portal.actor(clinic.clinician), plan_id)


def line(clinic: Clinic, plan_id: UUID, rule: str | None) -> str:
    """The address of the line that this rule wrote, or of the clinician's own."""
    return f"/plan-lines/{drafts.line_of(look(clinic, plan_id), rule).id}"
