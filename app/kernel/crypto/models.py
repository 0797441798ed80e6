"""The table of data keys, and the door through which signed rows are sealed anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Row

CURRENT = text("retired_at IS NULL")


class WrappedKey(Row):
    """A data key, wrapped. Its owner is a patient, a patient's person, or the clinic itself."""

    __tablename__ = "data_key"
    __table_args__ = (
        CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
        # Two first values written at once must meet in one key.
        Index(
            "uq_data_key_current",
            "owner",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
        Index("ix_data_key_owner", "owner"),
    )
    owner: Mapped[UUID]
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    # A later key seals; this one still opens what it sealed.
    retired_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]


# Whose keys those of the record of access count as: nobody's, and so no erasing reaches them.
RECORD = UUID(int=2)


class RecordKey(Row):
    """What one settings' key gave the record of access, wrapped: it outlives that key.

    `name` is that key's; the database refuses to delete a row.
    """

    __tablename__ = "record_key"
    name: Mapped[str] = mapped_column(String(8), unique=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]

    @property
    def owner(self) -> UUID:
        """What its wrapping is bound to, beside its row."""
        return RECORD


class SealingAnew(Row):
    """There only inside a transaction that seals rows anew: the triggers of signed rows look.

    Whoever cannot write it together with the change cannot change what is signed.
    """

    __tablename__ = "sealing_anew"
