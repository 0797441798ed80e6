"""Who may act for a patient (FHIR RelatedPerson with a Consent's provision)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.care.rules.proxies import Ending
from app.kernel.db import Row, code_of

OPEN = text("ended_at IS NULL")


class Proxy(Row):
    """A carer of a patient: what they may do, and until when. Of one pair one is open at most."""

    __tablename__ = "proxy"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        Index(
            "uq_proxy_open",
            "patient_id",
            "person_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    powers: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # When the carer came, and so could act for the first time.
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(code_of(Ending))
