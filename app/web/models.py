"""Half-filled forms that a person could not send; kept sealed until they come back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.crypto import Sealed
from app.kernel.db import Row


class KeptForm(Row):
    """What one person had typed on one page when their sign-in or its form had run out."""

    __tablename__ = "kept_form"
    __table_args__ = (UniqueConstraint("person_id", "path"),)
    person_id: Mapped[UUID] = mapped_column(index=True)
    path: Mapped[str] = mapped_column(String(300))
    sealed_fields: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)
    fields_json = Sealed("sealed_fields", erased="[]")
