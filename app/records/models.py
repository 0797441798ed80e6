"""Questions about who saw a record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.crypto import Sealed
from app.kernel.db import Row


class LookQuestion(Row):
    """A patient asks about one look at their record; open until the privacy officer answers."""

    __tablename__ = "look_question"
    __table_args__ = (
        UniqueConstraint("patient_id", "look_id"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered"),
        CheckConstraint("(answered_at IS NULL) = (sealed_answer IS NULL)", name="answer"),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    look_id: Mapped[UUID]
    sealed_words: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    words = Sealed("sealed_words", of="patient_id")
    answer = Sealed("sealed_answer", of="patient_id")
