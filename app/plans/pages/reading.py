"""A patient's plan, for those of the staff who read it and do not decide about it."""

from __future__ import annotations

from flask import render_template

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel.access import signed_in
from app.kernel.actor import Role
from app.plans import queries, room
from app.plans.pages import evidence


@room.page(
    "/patients/<uuid:patient>/plan",
    access=signed_in(Role.CLINICIAN, Role.COORDINATOR, patient=care.reader),
)
def of_patient(patient: PatientView) -> str:
    """The plan in force as the patient reads it, and the lines of the draft that waits."""
    return render_template(
        "plans/of_patient.html",
        patient=patient,
        active=queries.active(patient.id),
        draft=queries.open_of(patient.id),
        evidence=evidence,
    )
