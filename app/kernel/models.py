"""The kernel's own tables: audit events, outbox, jobs, limits and used form keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Row, code_of


class AuditEvent(Row):
    """One fact about who did what; ids only, never clinical text. Never changed."""

    __tablename__ = "audit_event"
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
