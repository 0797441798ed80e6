"""What patients agreed to, refused and took back (FHIR Consent), as it was said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.care.rules.consents import Decision, Purpose, Way
from app.kernel.db import Row, code_of


class Consent(Row):
    """One answer about one purpose; the newest one holds. Triggers refuse every change.

    `number` counts a patient's answers about a purpose from 1, so that of two given at once one
    is refused. `version` is the edition of the text (FHIR Consent.policy); `by_id` who answered
    (Consent.performer).
    """

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint("patient_id", "purpose", "number"),
        CheckConstraint("number > 0 AND version > 0", name="counted"),
        CheckConstraint("NOT (by_proxy AND purpose IN ('proxy', 'research'))", name="own"),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    purpose: Mapped[Purpose] = mapped_column(code_of(Purpose))
    number: Mapped[int]
    decision: Mapped[Decision] = mapped_column(code_of(Decision))
    version: Mapped[int]
    way: Mapped[Way] = mapped_column(code_of(Way))
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    by_proxy: Mapped[bool]
