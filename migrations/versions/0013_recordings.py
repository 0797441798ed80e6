"""Recordings of visits, and what each person said to them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = ("asked", "agreed", "running", "refused", "dropped", "kept", "deleted")
ENDINGS = (
    "refused",
    "stopped",
    "withdrawn",
    "joined",
    "left",
    "finished",
    "failed",
    "unanswered",
)
CHECKS = {
    "ended": "(state IN ('asked', 'agreed', 'running')) = (ended_at IS NULL)",
    "reason": "(ended_at IS NULL) = (ending IS NULL)",
    "deleted": "(state = 'deleted') = (deleted_at IS NOT NULL)",
    "deleted_for": "(deleted_at IS NULL) = (deleted_for IS NULL)",
    "readable": "state NOT IN ('running', 'kept') OR sealed_key IS NOT NULL",
    "unreadable": "state <> 'deleted' OR sealed_key IS NULL",
    "seconds": "seconds >= 0",
}


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _link(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "recording",
        *_columns(),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_recording_{name}"))
            for name, text in CHECKS.items()
        ),
        _link("recording", "consult_id", "consult"),
        _link("recording", "patient_id", "patient"),
        _link("recording", "call_id", "call"),
        _link("recording", "asked_by", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
    )
    op.create_index("ix_recording_consult_id", "recording", ["consult_id"])
    op.create_index("ix_recording_patient_id", "recording", ["patient_id"])
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_recording_open",
        "recording",
        ["consult_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    _consent()


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consult_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("state", _codes("recordingstate", *STATES), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        _moment("asked_at"),
        _moment("agreed_at", nullable=True),
        _moment("began_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.Column("ending", _codes("ending", *ENDINGS)),
        sa.Column("seconds", sa.Integer()),
        sa.Column("node", sa.String(255)),
        sa.Column("file", sa.String(80)),
        sa.Column("sealed_key", sa.LargeBinary()),
        _moment("deleted_at", nullable=True),
        sa.Column("deleted_for", _codes("deleter", "patient", "time")),
    ]


def _consent() -> None:
    op.create_table(
        "recording_consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answer", _codes("answer", "agreed", "refused", "withdrawn"), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("connection", sa.String(36)),
        sa.CheckConstraint("place BETWEEN 0 AND 3", name=op.f("ck_recording_consent_place")),
        _link("recording_consent", "recording_id", "recording"),
        _link("recording_consent", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_recording_consent"),
        sa.UniqueConstraint(
            "recording_id",
            "person_id",
            "answer",
            name="uq_recording_consent_recording_id_person_id_answer",
        ),
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("recording_consent")
    op.drop_table("recording")
