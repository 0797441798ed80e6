"""Home readings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATUSES = sa.Enum(
    "final",
    "entered-in-error",
    name="observationstatus",
    native_enum=False,
    create_constraint=True,
    length=32,
)
FINAL = sa.text("status = 'final'")
UNATTENDED = sa.text("alert IS NOT NULL AND attended_at IS NULL")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "observation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(32), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("status", STATUSES, nullable=False),
        sa.Column("context", sa.String(16)),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("canonical_unit", sa.String(16), nullable=False),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("canonical", sa.String(64), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary()),
        sa.Column("retracted_at", MOMENT),
        sa.Column("alert", sa.String(32)),
        sa.Column("attended_at", MOMENT),
        sa.Column("attended_by", sa.Uuid()),
        # The naming convention makes these ck_observation_retracted and ck_observation_attended.
        sa.CheckConstraint(
            "(status = 'entered-in-error') = (retracted_at IS NOT NULL)", name="retracted"
        ),
        sa.CheckConstraint("attended_at IS NULL OR alert IS NOT NULL", name="attended"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_observation_patient_id_patient"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name="fk_observation_entered_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["attended_by"], ["person.id"], name="fk_observation_attended_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_observation"),
    )
    op.create_index(
        "ix_observation_patient_id_measure_taken_at",
        "observation",
        ["patient_id", "measure", "taken_at"],
    )
    op.create_index(
        "uq_observation_reading",
        "observation",
        ["patient_id", "measure", "taken_at", "canonical"],
        unique=True,
        sqlite_where=FINAL,
        postgresql_where=FINAL,
    )
    op.create_index(
        "ix_observation_unattended",
        "observation",
        ["patient_id"],
        sqlite_where=UNATTENDED,
        postgresql_where=UNATTENDED,
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("observation")
