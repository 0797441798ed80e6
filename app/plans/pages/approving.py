"""What the patient will see, and the signature under it."""

from __future__ import annotations

from flask import flash, render_template

from app.kernel import actor as actors
from app.kernel.refusal import Refusal, Stale
from app.plans import queries, room
from app.plans.forms import ApproveForm
from app.plans.operations import approving
from app.plans.operations.standing import WORDS
from app.plans.pages import evidence
from app.plans.pages.clinician import BOTH, PLAN, Answer, to_review
from app.plans.queries import PlanView
from app.plans.rules.states import Step
from app.web.i18n import gettext as _


@room.page("/plans/<uuid:plan>/approve", access=PLAN, methods=BOTH)
def approve(plan: PlanView) -> Answer:
    """Read the plan as the patient will, then sign it with a fresh code."""
    form = ApproveForm(version=str(plan.version))
    if not plan.can(Step.APPROVE):
        return to_review(plan.id)  # A second press of the button finds it signed.
    if form.validate_on_submit():
        try:
            approving.approve(actors.required(), plan.id, form.seen, form.code.data or "")
        except Refusal as refusal:
            return _refused(plan, form, refusal)
        flash(_("Approved. %(name)s can read the plan now.", name=plan.patient.name), "good")
        return to_review(plan.id)
    return _show(plan, form)


def _refused(plan: PlanView, form: ApproveForm, refusal: Refusal) -> Answer:
    """Say why; where the plan itself moved on, show it as it stands now."""
    fresh = queries.for_clinician(actors.required(), plan.id) or plan
    if not fresh.can(Step.APPROVE):
        flash(_("This plan was approved or put back in another window."), "info")
        return to_review(plan.id)
    if isinstance(refusal, Stale):
        form.version.data = str(fresh.version)
    form.refuse(refusal)
    return _show(fresh, form)


def _show(plan: PlanView, form: ApproveForm) -> str:
    form.code.data = None  # A code counts once; nobody should send it again.
    before = queries.active(plan.patient.id)
    return render_template(
        "plans/approve.html",
        plan=plan,
        before=before,
        changes=plan.since(before),
        problem=WORDS[plan.problem] if plan.problem else None,
        form=form,
        evidence=evidence,
    )
