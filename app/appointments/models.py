"""Visits that are planned (FHIR Appointment). The call itself is another room's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.appointments.rules import AppointmentState
from app.kernel.db import Row, code_of

BOOKED = text("state = 'booked'")


class Appointment(Row):
    """A patient and a clinician, at a time."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 240", name="minutes"),
        Index("ix_appointment_patient_id_starts_at", "patient_id", "starts_at"),
        Index("ix_appointment_clinician_id_starts_at", "clinician_id", "starts_at"),
        # Overlaps are the rule's to find; the same start twice is refused by the table as well.
        Index(
            "uq_appointment_booked_start",
            "clinician_id",
            "starts_at",
            unique=True,
            sqlite_where=BOOKED,
            postgresql_where=BOOKED,
        ),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    clinician_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    state: Mapped[AppointmentState] = mapped_column(
        code_of(AppointmentState), default=AppointmentState.BOOKED
    )
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    __mapper_args__ = {"version_id_col": version}
