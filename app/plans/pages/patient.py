"""A patient reads their plan, and the plans before it."""

from __future__ import annotations

from flask import render_template
from flask_babel import lazy_gettext as _l

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Power, Role
from app.plans import queries, room
from app.plans.pages import evidence
from app.plans.queries import PlanView
from app.web.navigation import entry

entry(
    Role.PATIENT,
    label=_l("Plan"),
    endpoint="plans.own",
    icon="plan",
    order=30,
    carers=Power.RESULTS,
)


@room.page("/plan", access=signed_in(Role.PATIENT, carers=Power.RESULTS))
def own() -> str:
    """The plan that the patient lives by."""
    patient = _patient()
    plan = queries.active(patient.id)
    if plan is None:
        waits = queries.is_being_reviewed(patient.id)
        return render_template("plans/none.html", waits=waits, patient_id=patient.id)
    return _read(plan, patient)


@room.page(
    "/plan/<uuid:plan>",
    access=signed_in(Role.PATIENT, carers=Power.RESULTS, plan=queries.published),
)
def version(plan: PlanView) -> str:
    """One version of the plan, the present one or one before it."""
    return _read(plan, _patient())


def _read(plan: PlanView, patient: PatientView) -> str:
    every = queries.versions(patient.id)
    before = next((one for one in every if (one.number or 0) < (plan.number or 0)), None)
    return render_template(
        "plans/read.html",
        plan=plan,
        before=before,
        changes=plan.since(before) if before else None,
        versions=every,
        evidence=evidence,
    )


def _patient() -> PatientView:
    patient = care.own(actors.required())
    if patient is None:
        raise LookupError("a patient's account without a patient")
    return patient
