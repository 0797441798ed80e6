"""Invitations to use the portal, each with a link that only its mail holds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.care.rules.invitations import InvitationState
from app.kernel.crypto import Sealed
from app.kernel.db import Row, code_of


class Invitation(Row):
    """One person invited by another. Of the link only a keyed fingerprint is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    # Empty where the address belongs to somebody who has an account already: their letter says
    # so, and whoever invites them is not told.
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"), index=True)
    # Set where the invited is to act for that patient; they are asked for digits then.
    proxy_id: Mapped[UUID | None] = mapped_column(ForeignKey("proxy.id"), unique=True)
    digits_hash: Mapped[str | None] = mapped_column(String(64))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_email: Mapped[bytes] = mapped_column(LargeBinary)
    # The ids of those who look after the patient once they come.
    team: Mapped[list[str]] = mapped_column(JSON)
    # Counts the links that were made; a letter that waits for an older one is not written.
    serial: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[InvitationState] = mapped_column(
        code_of(InvitationState), default=InvitationState.SENT
    )
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    name = Sealed("sealed_name")
    email = Sealed("sealed_email")
