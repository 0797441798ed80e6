"""Patients and their care teams (FHIR Patient and CareTeam)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.care.rules import Sex
from app.kernel.db import Row, code_of


class Patient(Row):
    """The health side of a person: what medicine must know to fit them."""

    __tablename__ = "patient"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    birth_date: Mapped[date]
    sex: Mapped[Sex] = mapped_column(code_of(Sex))
    created_at: Mapped[datetime]


class CareTeamMember(Row):
    """A member of staff who looks after a patient; the reason that they may see the record."""

    __tablename__ = "care_team_member"
    __table_args__ = (UniqueConstraint("patient_id", "person_id"),)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]
