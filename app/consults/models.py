"""Visits as they happen, the attempts to connect, who has the room open, and guests."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.consults.rules import CallState, Place, VisitState, Way
from app.consults.rules.guests import GuestState
from app.consults.rules.recording import Answer, Deleter, Ending, RecordingState
from app.kernel.crypto import Sealed
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


class Recording(Row):
    """A recording of a visit, from the question on; the file itself lies with the media node."""

    __tablename__ = "recording"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('asked', 'agreed', 'running')) = (ended_at IS NULL)", name="ended"
        ),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="reason"),
        CheckConstraint("(state = 'deleted') = (deleted_at IS NOT NULL)", name="deleted"),
        CheckConstraint("(deleted_at IS NULL) = (deleted_for IS NULL)", name="deleted_for"),
        # What is recorded can be read; what was deleted cannot be read any more.
        CheckConstraint(
            "state NOT IN ('running', 'kept') OR sealed_key IS NOT NULL", name="readable"
        ),
        CheckConstraint("state <> 'deleted' OR sealed_key IS NULL", name="unreadable"),
        CheckConstraint("seconds >= 0", name="seconds"),
        Index(
            "uq_recording_open",
            "consult_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )
    consult_id: Mapped[UUID] = mapped_column(ForeignKey("consult.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    state: Mapped[RecordingState] = mapped_column(code_of(RecordingState))
    wording: Mapped[int]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(code_of(Ending))
    # How long the file is; unknown until the node has closed it.
    seconds: Mapped[int | None]
    node: Mapped[str | None] = mapped_column(String(255))
    file: Mapped[str | None] = mapped_column(String(80))
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    deleted_at: Mapped[datetime | None]
    deleted_for: Mapped[Deleter | None] = mapped_column(code_of(Deleter))
    key_in_hex = Sealed("sealed_key", of="patient_id")


class RecordingConsent(Row):
    """What one person said to a recording, when, and to which wording (FHIR Consent)."""

    __tablename__ = "recording_consent"
    __table_args__ = (
        UniqueConstraint("recording_id", "person_id", "answer"),
        CheckConstraint("place BETWEEN 0 AND 3", name="place"),
    )
    recording_id: Mapped[UUID] = mapped_column(ForeignKey("recording.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[Answer] = mapped_column(code_of(Answer))
    wording: Mapped[int]
    at: Mapped[datetime]
    # Where the media node has this person, and which connection of theirs sends through it.
    place: Mapped[int]
    connection: Mapped[str | None] = mapped_column(String(36))


class ConsultGuest(Row):
    """Somebody invited to one visit by a link; of the link only its hash is kept."""

    __tablename__ = "consult_guest"
    __table_args__ = (
        CheckConstraint("seat IN (2, 3)", name="seat"),
        CheckConstraint(
            "(state IN ('asked', 'approved', 'opened')) = (ended_at IS NULL)", name="ended"
        ),
        CheckConstraint("(opened_at IS NULL) = (person_id IS NULL)", name="opened"),
        CheckConstraint("state <> 'opened' OR person_id IS NOT NULL", name="person"),
        # Two guests at most, however many are invited at once.
        Index(
            "uq_consult_guest_seat",
            "appointment_id",
            "seat",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    seat: Mapped[int]
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[GuestState] = mapped_column(code_of(GuestState))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # When it is looked whether the room has closed; the room itself decides.
    expires_at: Mapped[datetime] = mapped_column(index=True)
    name = Sealed("sealed_name", of="patient_id")
