"""Records that were opened from outside the care team."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.crypto import Sealed
from app.kernel.db import Row


class BreakGlass(Row):
    """A clinician outside the care team opened a record, for a reason (FHIR purpose BTG).

    It opens what a clinician of the team may read, until `ends_at`. It stays as a task of the
    privacy officer until they have looked into it.
    """

    __tablename__ = "break_glass"
    __table_args__ = (
        CheckConstraint("ends_at >= opened_at", name="span"),
        CheckConstraint("(reviewed_at IS NULL) = (reviewed_by IS NULL)", name="reviewed"),
        CheckConstraint("(reviewed_at IS NULL) = (sealed_finding IS NULL)", name="finding"),
        Index("ix_break_glass_person_id_ends_at", "person_id", "ends_at"),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sealed_reason: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # When the patient said that they have read of it.
    read_at: Mapped[datetime | None]
    sealed_finding: Mapped[bytes | None] = mapped_column(LargeBinary)
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason = Sealed("sealed_reason", of="patient_id")
    finding = Sealed("sealed_finding", of="patient_id")
