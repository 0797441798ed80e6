"""Messages between a patient and their care team (FHIR Communication)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.crypto import Sealed
from app.kernel.db import Row


class Conversation(Row):
    """A patient's one conversation with their team; whoever numbers a message holds this row."""

    __tablename__ = "conversation"
    __table_args__ = (CheckConstraint("last_number > 0", name="last_number"),)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), unique=True)
    last_number: Mapped[int]


class Message(Row):
    """What one person wrote. Its number is the cursor: each patient's run 1, 2, 3 unbroken."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("patient_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    number: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sealed_body: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime]
    body = Sealed("sealed_body", of="patient_id")


class ReadMark(Row):
    """How far a person has read a patient's conversation."""

    __tablename__ = "read_mark"
    __table_args__ = (
        UniqueConstraint("person_id", "patient_id"),
        CheckConstraint("number > 0", name="number"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    number: Mapped[int]
    read_at: Mapped[datetime]
