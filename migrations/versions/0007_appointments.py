"""Appointments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = sa.Enum(
    "booked",
    "fulfilled",
    "cancelled",
    "noshow",
    name="appointmentstate",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("clinician_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 240", name="minutes"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_appointment_patient_id_patient"
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["person.id"], name="fk_appointment_clinician_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
    )
    for person in ("patient_id", "clinician_id"):
        op.create_index(f"ix_appointment_{person}_starts_at", "appointment", [person, "starts_at"])
    booked = sa.text("state = 'booked'")
    op.create_index(
        "uq_appointment_booked_start",
        "appointment",
        ["clinician_id", "starts_at"],
        unique=True,
        sqlite_where=booked,
        postgresql_where=booked,
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("appointment")
