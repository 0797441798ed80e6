"""Registering patients and putting people on their care teams."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.care.models import CareTeamMember, Patient
from app.care.rules import Sex
from app.kernel import audit, clock, db

REGISTERED = audit.tag("care.patient_registered", "patient")
JOINED = audit.tag("care.team_joined", "person")


def register(person_id: UUID, *, birth_date: date, sex: Sex) -> UUID:
    """Make a person a patient; answers the patient's id."""
    with db.writing() as session:
        row = Patient(
            person_id=person_id, born=birth_date.isoformat(), sex=sex, created_at=clock.now()
        )
        session.add(row)
        session.flush()
        audit.record(REGISTERED, entity_id=row.id, patient_id=row.id)
        return row.id


def join_team(patient_id: UUID, person_id: UUID) -> None:
    """Put a member of staff on a patient's care team."""
    with db.writing() as session:
        session.add(CareTeamMember(patient_id=patient_id, person_id=person_id, since=clock.now()))
        audit.record(JOINED, entity_id=person_id, patient_id=patient_id)
