"""Visits as they happen, the attempts to connect, and who has the room open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.consults.rules import CallState, Place, VisitState, Way
from app.kernel.db import Row, code_of

LIVE = text("ended_at IS NULL")


class Consult(Row):
    """A visit as it happens (FHIR Encounter): one for each appointment that someone opened."""

    __tablename__ = "consult"
    __table_args__ = (
        CheckConstraint("(state = 'planned') = (started_at IS NULL)", name="started"),
        CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished"),
    )
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    state: Mapped[VisitState] = mapped_column(code_of(VisitState), default=VisitState.PLANNED)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Call(Row):
    """One attempt to see and hear each other: how it went, never what was said."""

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("reconnects >= 0", name="reconnects"),
        CheckConstraint("lost_permille BETWEEN 0 AND 1000", name="lost"),
        CheckConstraint("concealed_permille BETWEEN 0 AND 1000", name="concealed"),
        # A visit has at most one call at a time, however many pages begin one at once.
        Index(
            "uq_call_live",
            "consult_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )
    consult_id: Mapped[UUID] = mapped_column(ForeignKey("consult.id"), index=True)
    state: Mapped[CallState] = mapped_column(code_of(CallState))
    began_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    setup_milliseconds: Mapped[int | None]
    reconnects: Mapped[int] = mapped_column(default=0)
    # How the media travelled; in thousandths, the worse of the two sides: how many packets were
    # lost, and how much of the sound had to be made up.
    way: Mapped[Way | None] = mapped_column(code_of(Way))
    lost_permille: Mapped[int | None]
    concealed_permille: Mapped[int | None]
    # The media node that has this call's room, once one of its people asked for it.
    node: Mapped[str | None] = mapped_column(String(255))


class Presence(Row):
    """One person's open page: its socket, its connection, and when it last spoke."""

    __tablename__ = "presence"
    __table_args__ = (UniqueConstraint("consult_id", "person_id"),)
    consult_id: Mapped[UUID] = mapped_column(ForeignKey("consult.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    place: Mapped[Place] = mapped_column(code_of(Place))
    sid: Mapped[str] = mapped_column(String(64), index=True)
    connection: Mapped[str] = mapped_column(String(36))
    connected: Mapped[bool] = mapped_column(default=False)
    # Whether the other will hear and see something: words for "has muted", "camera is off".
    sound: Mapped[bool] = mapped_column(default=False)
    picture: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime]
    beat_at: Mapped[datetime] = mapped_column(index=True)
