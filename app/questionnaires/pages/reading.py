"""Answers that were sent, for the patient and for whoever reads their clinical record."""

from __future__ import annotations

from flask import render_template

from app.care import queries as care
from app.care.queries import PatientView
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import HOLDERS, Power, Role
from app.questionnaires import queries, room
from app.questionnaires.queries import Answered


@room.page(
    "/answers/<uuid:answered>",
    access=signed_in(*queries.READERS, carers=Power.RESULTS, answered=queries.answered),
)
def answers(answered: Answered) -> str:
    """One response that was sent, as it was sent."""
    mine = actors.required().role in HOLDERS
    patient = None if mine else care.by_ids({answered.patient_id})[answered.patient_id]
    return render_template("questionnaires/answers.html", answered=answered, patient=patient)


@room.page(
    "/patients/<uuid:patient>/answers",
    access=signed_in(Role.CLINICIAN, Role.COORDINATOR, patient=care.reader),
)
def of_patient(patient: PatientView) -> str:
    """What a patient answered last, and what they answered before."""
    sent = queries.sent(patient.id)
    return render_template("questionnaires/of_patient.html", patient=patient, sent=sent)
