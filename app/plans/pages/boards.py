"""What plans put on first pages and on the chart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for
from flask_babel import ngettext

from app.care import queries as care
from app.care.queries import PatientView, consents
from app.care.rules.consents import Purpose
from app.kernel import clock
from app.kernel.actor import Actor, Power, Role
from app.plans import queries
from app.plans.queries import PlanView
from app.web.boards import CHART, TODAY, Card, Step
from app.web.i18n import gettext as _

# For how long a new plan is the thing to read today.
NEW_FOR = timedelta(days=7)
READY, REVIEWING = 4, 30


@TODAY.offers(Role.PATIENT, carers=Power.RESULTS)
def own_plan(actor: Actor) -> Iterator[Step]:
    """A plan that is new, and that the care team is at work on one."""
    patient = care.own(actor)
    if patient is None:
        return
    plan = queries.active(patient.id)
    if plan and plan.approved_at and clock.now() - plan.approved_at <= NEW_FOR:
        yield Step(
            _("Your plan is ready"),
            _("Approved by %(name)s.", name=plan.approved_by),
            url_for("plans.own"),
            _("Read your plan"),
            turn=True,
            at=plan.approved_at,
            order=READY,
        )
    if queries.is_being_reviewed(patient.id):
        text = _("You will see the plan here once a clinician has checked and approved it.")
        yield Step(_("Your care team is reviewing your plan"), text, order=REVIEWING)


@TODAY.offers(Role.CLINICIAN)
def plans_to_review(actor: Actor) -> Iterator[Step]:
    """Drafts that wait, oldest first."""
    for plan in queries.open_plans(actor):
        yield Step(
            _("Review the plan of %(name)s", name=plan.patient.name),
            _left(plan),
            url_for("plans.review", plan=plan.id),
            _("Review"),
            turn=True,
            at=plan.drafted_at,
            order=READY,
        )


def _left(plan: PlanView) -> str:
    """What a clinician still has to do with a draft."""
    if not plan.lines and plan.by_hand:
        return _("A plan written by hand, without a line yet.")
    if not plan.lines:
        return _(
            "The guideline rules suggest nothing any more. Please look whether the plan in force"
            " still holds."
        )
    if not plan.undecided:
        return _("Every line is decided. Your signature is missing.")
    return str(ngettext("%(num)s line to decide", "%(num)s lines to decide", plan.undecided))


@CHART.offers(Role.CLINICIAN, Role.COORDINATOR)
def on_chart(actor: Actor, patient: PatientView) -> Iterator[Card]:
    """The plan the patient lives by, and the draft that waits, for whoever reads the record."""
    if not patient.clinical:
        return
    shown: dict[str, object] = {
        "decides": patient.writable and actor.role is Role.CLINICIAN,
        "patient": patient,
        "active": queries.active(patient.id),
        "open": queries.open_of(patient.id),
        "drafts": consents.gives(patient.id, Purpose.DRAFTING),
    }
    yield Card("plans/_chart.html", shown, order=20)
