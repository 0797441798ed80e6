"""Home readings (FHIR Observation)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.crypto import Sealed
from app.kernel.db import Row, code_of
from app.results.rules import ObservationStatus

FINAL = text("status = 'final'")
UNATTENDED = text("alert IS NOT NULL AND attended_at IS NULL")


class Observation(Row):
    """One reading: as it was entered, and the same in the canonical unit."""

    __tablename__ = "observation"
    __table_args__ = (
        CheckConstraint(
            "(status = 'entered-in-error') = (retracted_at IS NOT NULL)", name="retracted"
        ),
        CheckConstraint("attended_at IS NULL OR alert IS NOT NULL", name="attended"),
        Index("ix_observation_patient_id_measure_taken_at", "patient_id", "measure", "taken_at"),
        # The same reading of the same minute counts once, however often it is sent.
        Index(
            "uq_observation_reading",
            "patient_id",
            "measure",
            "taken_at",
            "canonical",
            unique=True,
            sqlite_where=FINAL,
            postgresql_where=FINAL,
        ),
        Index(
            "ix_observation_unattended",
            "patient_id",
            sqlite_where=UNATTENDED,
            postgresql_where=UNATTENDED,
        ),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    measure: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(16))
    status: Mapped[ObservationStatus] = mapped_column(code_of(ObservationStatus))
    context: Mapped[str | None] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(16))
    canonical_unit: Mapped[str] = mapped_column(String(16))
    # One for each number: {"key", "code", "entered", "value", "canonical"}, decimals as text.
    components: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    canonical: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary)
    retracted_at: Mapped[datetime | None]
    # The level that asked to act at once, and who of the care team saw to it.
    alert: Mapped[str | None] = mapped_column(String(32))
    attended_at: Mapped[datetime | None]
    attended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    note = Sealed("sealed_note", of="patient_id")
