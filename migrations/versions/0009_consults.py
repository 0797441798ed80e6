"""Consults, calls and presence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "consult",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state", _codes("visitstate", "planned", "in-progress", "finished"), nullable=False
        ),
        _moment("created_at"),
        _moment("started_at", nullable=True),
        _moment("finished_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'planned') = (started_at IS NULL)", name=op.f("ck_consult_started")
        ),
        sa.CheckConstraint(
            "(state = 'finished') = (finished_at IS NOT NULL)", name=op.f("ck_consult_finished")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name="fk_consult_appointment_id_appointment"
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_consult_patient_id_patient"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consult"),
        sa.UniqueConstraint("appointment_id", name="uq_consult_appointment_id"),
    )
    op.create_index("ix_consult_patient_id", "consult", ["patient_id"])
    _call()
    _presence()


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consult_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            _codes("callstate", "none", "connecting", "connected", "ended"),
            nullable=False,
        ),
        _moment("began_at"),
        _moment("connected_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.Column("setup_milliseconds", sa.Integer()),
        sa.Column("reconnects", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_call_ended")
        ),
        sa.CheckConstraint("reconnects >= 0", name=op.f("ck_call_reconnects")),
        sa.ForeignKeyConstraint(["consult_id"], ["consult.id"], name="fk_call_consult_id_consult"),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
    )
    op.create_index("ix_call_consult_id", "call", ["consult_id"])
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_call_live",
        "call",
        ["consult_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _presence() -> None:
    op.create_table(
        "presence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consult_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("place", _codes("place", "away", "waiting", "call", "lost"), nullable=False),
        sa.Column("sid", sa.String(64), nullable=False),
        sa.Column("connection", sa.String(36), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("picture", sa.Boolean(), nullable=False),
        _moment("since"),
        _moment("beat_at"),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consult.id"], name="fk_presence_consult_id_consult"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_presence_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_presence"),
        sa.UniqueConstraint("consult_id", "person_id", name="uq_presence_consult_id_person_id"),
    )
    op.create_index("ix_presence_sid", "presence", ["sid"])
    op.create_index("ix_presence_beat_at", "presence", ["beat_at"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("presence")
    op.drop_table("call")
    op.drop_table("consult")
