"""The kernel's own tables: audit events, outbox, jobs, limits and used form keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Row, code_of


def _where(name: str, column: str, condition: str, *, unique: bool = False) -> Index:
    """An index of some rows alone, on both engines."""
    some = text(condition)
    return Index(name, column, unique=unique, sqlite_where=some, postgresql_where=some)


class AuditEvent(Row):
    """One fact about who did what; ids only, never clinical text. Never changed.

    `mac` is keyed and binds all of it; NULL in events from before there were MACs. `number` is
    its place in the record, given by the sealer.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        _where("ix_audit_event_unsealed", "at", "number IS NULL"),
        _where("uq_audit_event_number", "number", "number IS NOT NULL", unique=True),
    )
    at: Mapped[datetime] = mapped_column(index=True)
    tag: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str] = mapped_column(String(32))
    session_id: Mapped[UUID | None]
    patient_id: Mapped[UUID | None] = mapped_column(index=True)
    entity: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str] = mapped_column(String(32))
    mac: Mapped[bytes | None] = mapped_column(LargeBinary)
    number: Mapped[int | None] = mapped_column(BigInteger)


class AuditSeal(Base):
    """A batch of events under the root of one Merkle tree, chained to the batch before."""

    __tablename__ = "audit_seal"
    __table_args__ = (CheckConstraint("first <= last", name="order"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    before: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Base):
    """A signed statement of how far the record had come; its copy is outside the database."""

    __tablename__ = "audit_checkpoint"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_seal: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class WorkState(StrEnum):
    """Where a queued row stands."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class Leased(Row):
    """A queued row: whoever holds its lease works on it; an expired lease frees it."""

    __abstract__ = True
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[WorkState] = mapped_column(code_of(WorkState), default=WorkState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Outbox(Leased):
    """Something to send once its change has committed: a live hint, later mail."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_run_at", "state", "run_at"),)


class Job(Leased):
    """Work to do later; `unique_key` keeps one waiting row for one purpose."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"),)
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)


class LimitCount(Base):
    """How often something happened in one window of time."""

    __tablename__ = "limit_count"
    __table_args__ = (CheckConstraint("count > 0", name="positive"),)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


class FormKey(Row):
    """A form that was already acted upon: the same key again gets the first answer."""

    __tablename__ = "form_key"
    __table_args__ = (UniqueConstraint("owner", "key"),)
    owner: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    location: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(index=True)
