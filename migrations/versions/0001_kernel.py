"""Audit events, outbox, jobs, limits and used form keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "waiting",
    "done",
    "dead",
    name="workstate",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def _queue(name: str, *extra: sa.Column[object] | sa.UniqueConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *extra,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_state_run_at", name, ["state", "run_at"])


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor_role", sa.String(32), nullable=False),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("patient_id", sa.Uuid()),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.Uuid()),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_patient_id", "audit_event", ["patient_id"])
    _queue("outbox")
    _queue(
        "job",
        sa.Column("unique_key", sa.String(120)),
        sa.UniqueConstraint("unique_key", name="uq_job_unique_key"),
    )
    op.create_table(
        "limit_count",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_limit_count_positive")),
        sa.PrimaryKeyConstraint("key", "window_start", name="pk_limit_count"),
    )
    op.create_index("ix_limit_count_expires_at", "limit_count", ["expires_at"])
    op.create_table(
        "form_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("location", sa.String(500)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_form_key"),
        sa.UniqueConstraint("owner", "key", name="uq_form_key_owner_key"),
    )
    op.create_index("ix_form_key_created_at", "form_key", ["created_at"])


def downgrade() -> None:
    """Take it down again."""
    for name in ("form_key", "limit_count", "job", "outbox", "audit_event"):
        op.drop_table(name)
