"""Patients and their care teams (FHIR Patient and CareTeam)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.care.rules import Sex
from app.kernel.crypto import Sealed
from app.kernel.db import Row, code_of

# What is read for somebody who was erased: no living person's.
NO_BIRTH_DATE = "1850-01-01"


class Patient(Row):
    """The health side of a person: what medicine must know to fit them."""

    __tablename__ = "patient"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    sealed_birth_date: Mapped[bytes] = mapped_column(LargeBinary)
    sex: Mapped[Sex] = mapped_column(code_of(Sex))
    created_at: Mapped[datetime]
    born = Sealed("sealed_birth_date", of="patient_id", erased=NO_BIRTH_DATE)

    @property
    def patient_id(self) -> UUID:
        """Whose data key seals this row: their own."""
        return self.id

    @property
    def birth_date(self) -> date:
        """The day on which they were born."""
        return date.fromisoformat(self.born)


class CareTeamMember(Row):
    """A member of staff who looks after a patient; the reason that they may see the record."""

    __tablename__ = "care_team_member"
    __table_args__ = (
        UniqueConstraint("patient_id", "person_id"),
        CheckConstraint("(granted_at IS NULL) = (granted_by IS NULL)", name="granted"),
        CheckConstraint("(genes_granted_at IS NULL) = (genes_granted_by IS NULL)", name="genes"),
        CheckConstraint("genes_granted_at IS NULL OR granted_at IS NOT NULL", name="genes_more"),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]
    # When a clinician of the team opened the clinical record to them, and who; a coordinator's.
    granted_at: Mapped[datetime | None]
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    # The same for genetic data, which asks for a decision of its own beside that one.
    genes_granted_at: Mapped[datetime | None]
    genes_granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
