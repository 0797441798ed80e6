"""A clinician looks through drafts, and decides about each line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import actor as actors
from app.kernel import clock
from app.kernel.access import signed_in
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal, Stale
from app.plans import queries, room
from app.plans.forms import LineForm, OwnLineForm, RejectForm, StepForm, VersionedForm
from app.plans.operations import by_hand, reviewing
from app.plans.operations.standing import DECIDED_MEANWHILE
from app.plans.pages import evidence
from app.plans.queries import LineView, PlanView
from app.plans.rules.states import Step
from app.web import times
from app.web.navigation import entry

CLINICIAN = signed_in(Role.CLINICIAN)
PLAN = signed_in(Role.CLINICIAN, writes=True, plan=queries.for_clinician)
PATIENT = signed_in(Role.CLINICIAN, writes=True, patient=care.patient_of_clinician)
LINE = signed_in(Role.CLINICIAN, writes=True, line=queries.line_for_clinician)
BOTH = ("GET", "POST")
Answer = str | Response

entry(
    Role.CLINICIAN,
    label=_l("Plans"),
    endpoint="plans.waiting",
    icon="plan",
    order=30,
    count=queries.open_count,
)

ACTS: dict[str, tuple[Callable[[Actor, UUID, int], None], object]] = {
    Step.OPEN_REVIEW: (
        lambda actor, plan_id, _version: reviewing.open_review(actor, plan_id),
        _l("The review is open. Decide about each line."),
    ),
    Step.TAKE_IN: (reviewing.bring_in_news, _l("The plan now rests on the newest evidence.")),
    Step.REDRAFT: (reviewing.put_back, _l("The draft waits. Your decisions are kept.")),
    Step.DISCARD: (reviewing.discard, _l("The draft is closed. The patient does not see it.")),
}


@room.page("/plans", access=CLINICIAN)
def waiting() -> str:
    """The drafts that wait for a clinician."""
    return render_template("plans/waiting.html", plans=queries.open_plans(actors.required()))


@room.page("/patients/<uuid:patient>/plan", access=PATIENT, methods=("POST",))
def begin(patient: PatientView) -> Response:
    """Write a plan by hand, where no draft waits."""
    return to_review(by_hand.begin(actors.required(), patient.id))


@room.page("/plans/<uuid:plan>/review", access=PLAN, methods=BOTH)
def review(plan: PlanView) -> Answer:
    """Each line with what made it appear, what was decided, and the buttons to decide."""
    form = StepForm(version=str(plan.version))
    if form.validate_on_submit():
        act, sentence = ACTS.get(form.step.data or "") or abort(400)
        act(actors.required(), plan.id, form.seen)
        flash(str(sentence), "good")
        return to_review(plan.id)
    before = queries.active(plan.patient.id)
    return render_template("plans/review.html", plan=plan, before=before, evidence=evidence)


@room.page("/plan-lines/<uuid:line>/accept", access=LINE, methods=("POST",))
def accept(line: LineView) -> Response:
    """Keep a line as it reads."""
    return _press(line, reviewing.accept)


@room.page("/plan-lines/<uuid:line>/restore", access=LINE, methods=("POST",))
def restore(line: LineView) -> Response:
    """Go back to the rule's words."""
    return _press(line, reviewing.restore)


@room.page("/plan-lines/<uuid:line>/take-back", access=LINE, methods=("POST",))
def take_back(line: LineView) -> Response:
    """Take a rejected line in after all."""
    return _press(line, reviewing.take_back)


@room.page("/plan-lines/<uuid:line>/edit", access=LINE, methods=BOTH)
def edit(line: LineView) -> Answer:
    """Put a line into the clinician's own words."""
    said = line.words or line.said
    form = LineForm(version=str(line.version), data={**said.to_json(), "starts_on": line.starts_on})
    return _decide(
        line,
        form,
        "plans/edit.html",
        lambda actor: reviewing.edit(
            actor, line.id, form.words(), form.starts_on.data, form.seen, today()
        ),
    )


@room.page("/plan-lines/<uuid:line>/reject", access=LINE, methods=BOTH)
def reject(line: LineView) -> Answer:
    """Leave a line out, and say why."""
    form = RejectForm(version=str(line.version), reason=line.reason)
    return _decide(
        line,
        form,
        "plans/reject.html",
        lambda actor: reviewing.reject(actor, line.id, form.reason.data or "", form.seen),
    )


@room.page("/plans/<uuid:plan>/add", access=PLAN, methods=BOTH)
def add(plan: PlanView) -> Answer:
    """A line that no rule suggested."""
    form = OwnLineForm(starts_on=today())
    if not plan.can(Step.DECIDE):
        return to_review(plan.id)
    if form.validate_on_submit():
        try:
            starts_on = form.starts_on.data or today()
            line = reviewing.add(actors.required(), plan.id, form.words(), starts_on, today())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return to_review(plan.id, line)
    return render_template("plans/add.html", plan=plan, form=form)


def to_review(plan_id: UUID, line_id: UUID | None = None) -> Response:
    """Back to the review, at the line just decided about."""
    anchor = f"line-{line_id}" if line_id else None
    return redirect(url_for("plans.review", plan=plan_id, _anchor=anchor), 303)


def today() -> date:
    """The day it is for the clinician."""
    return times.local(clock.now()).date()


def _press(line: LineView, act: Callable[[Actor, UUID, int], None]) -> Response:
    """A decision of one button, and back to the line; a page out of date changes nothing."""
    try:
        act(actors.required(), line.id, VersionedForm().seen)
    except Stale:
        flash(str(DECIDED_MEANWHILE), "warning")
    except Refusal as refusal:
        flash(str(refusal.sentence), "warning")
    return to_review(line.plan_id, line.id)


def _decide(
    line: LineView, form: VersionedForm, template: str, act: Callable[[Actor], None]
) -> Answer:
    """Show the form of a decision or act on it; a crossing save is shown beside the words."""
    actor = actors.required()
    plan = queries.for_clinician(actor, line.plan_id)
    if plan is None or not plan.can(Step.DECIDE):
        return to_review(line.plan_id)
    crossed = None
    if form.validate_on_submit():
        try:
            act(actor)
        except Refusal as refusal:
            form.refuse(refusal)
            crossed = _crossed(actor, line, form)
        else:
            return to_review(line.plan_id, line.id)
    return render_template(
        template, plan=plan, line=crossed or line, form=form, crossed=crossed, evidence=evidence
    )


def _crossed(actor: Actor, line: LineView, form: VersionedForm) -> LineView | None:
    """The line as somebody else saved it meanwhile; having seen it, one may save again."""
    fresh = queries.line_for_clinician(actor, line.id)
    if fresh is None or form.seen == fresh.version:
        return None
    form.version.data = str(fresh.version)
    return fresh
