"""Patients and their care teams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEXES = sa.Enum(
    "female", "male", "unknown", name="sex", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "patient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", SEXES, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_patient_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_patient"),
        sa.UniqueConstraint("person_id", name="uq_patient_person_id"),
    )
    op.create_table(
        "care_team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_care_team_member_patient_id_patient"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_care_team_member_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_care_team_member"),
        sa.UniqueConstraint(
            "patient_id", "person_id", name="uq_care_team_member_patient_id_person_id"
        ),
    )
    op.create_index("ix_care_team_member_patient_id", "care_team_member", ["patient_id"])
    op.create_index("ix_care_team_member_person_id", "care_team_member", ["person_id"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("care_team_member")
    op.drop_table("patient")
