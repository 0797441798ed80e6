"""Answers to questionnaires (FHIR QuestionnaireResponse)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.crypto import Sealed
from app.kernel.db import Row, code_of
from app.questionnaires.rules import ResponseStatus

IN_PROGRESS = text("status = 'in-progress'")


class Response(Row):
    """One going-through of a questionnaire: a draft, or what was sent and never changes."""

    __tablename__ = "questionnaire_response"
    __table_args__ = (
        CheckConstraint("(status = 'in-progress') = (authored_at IS NULL)", name="authored"),
        # One draft a patient: two windows must meet in the same one.
        Index(
            "uq_questionnaire_response_draft",
            "patient_id",
            unique=True,
            sqlite_where=IN_PROGRESS,
            postgresql_where=IN_PROGRESS,
        ),
        Index("ix_questionnaire_response_patient_id_authored_at", "patient_id", "authored_at"),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    questionnaire: Mapped[str] = mapped_column(String(200))
    status: Mapped[ResponseStatus] = mapped_column(code_of(ResponseStatus))
    version: Mapped[int] = mapped_column()
    # Answers that were chosen or counted, and those in the person's own words.
    sealed_coded: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)
    # {"moving": {"saves": 2, "done": true}}: how far each part has come.
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)
    zone: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    authored_at: Mapped[datetime | None]
    # Who sent it: the patient, or somebody in their place (FHIR source).
    authored_by: Mapped[UUID | None]
    coded_json = Sealed("sealed_coded", of="patient_id", erased="{}")
    words_json = Sealed("sealed_words", of="patient_id", erased="{}")
    __mapper_args__ = {"version_id_col": version}
