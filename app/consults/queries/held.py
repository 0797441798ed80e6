"""Visits that took place or began, for the record that a patient takes with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.appointments import queries as appointments
from app.appointments.queries import AppointmentView
from app.consults.models import Consult
from app.consults.rules import VisitState
from app.kernel import db


@dataclass(frozen=True, slots=True)
class HeldVisit:
    """A visit from when the clinician came into it."""

    id: UUID
    appointment: AppointmentView
    state: VisitState
    started_at: datetime
    finished_at: datetime | None


def held(patient_id: UUID) -> Iterator[HeldVisit]:
    """A patient's visits that began, the latest first; doors are the caller's."""
    planned = {one.id: one for one in appointments.of_patient(patient_id)}
    asked = select(Consult).where(Consult.patient_id == patient_id, Consult.started_at.is_not(None))
    for row in db.session().scalars(asked.order_by(Consult.started_at.desc())):
        if row.started_at is not None:
            visit = planned[row.appointment_id]
            yield HeldVisit(row.id, visit, row.state, row.started_at, row.finished_at)
