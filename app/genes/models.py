"""Genetic reports (FHIR DiagnosticReport with its Observations)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.genes.rules import ReportStatus, Source
from app.kernel.crypto import Sealed
from app.kernel.db import Row, code_of


class GeneticReport(Row):
    """What one laboratory found in the genes of one patient, as it was reported."""

    __tablename__ = "genetic_report"
    __table_args__ = (
        CheckConstraint(
            "(status = 'entered-in-error') = (retracted_at IS NOT NULL)", name="retracted"
        ),
        CheckConstraint("(retracted_at IS NULL) = (retracted_by IS NULL)", name="retracted_by"),
        CheckConstraint("(retracted_at IS NULL) = (sealed_reason IS NULL)", name="reason"),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    status: Mapped[ReportStatus] = mapped_column(code_of(ReportStatus))
    source: Mapped[Source] = mapped_column(code_of(Source))
    reported_on: Mapped[date]
    sealed_laboratory: Mapped[bytes] = mapped_column(LargeBinary)
    # One for each gene: see `rules.written`.
    sealed_results: Mapped[bytes] = mapped_column(LargeBinary)
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    retracted_at: Mapped[datetime | None]
    retracted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    laboratory = Sealed("sealed_laboratory", of="patient_id")
    results = Sealed("sealed_results", of="patient_id", erased="[]")
    reason = Sealed("sealed_reason", of="patient_id")
