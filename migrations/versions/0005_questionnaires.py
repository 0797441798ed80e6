"""Questionnaires' answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATUSES = sa.Enum(
    "in-progress",
    "completed",
    "amended",
    name="responsestatus",
    native_enum=False,
    create_constraint=True,
    length=32,
)
IN_PROGRESS = sa.text("status = 'in-progress'")
TABLE = "questionnaire_response"


def upgrade() -> None:
    """Build it."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire", sa.String(200), nullable=False),
        sa.Column("status", STATUSES, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("coded", sa.JSON(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary()),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authored_at", sa.DateTime(timezone=True)),
        # The naming convention makes this ck_questionnaire_response_authored.
        sa.CheckConstraint("(status = 'in-progress') = (authored_at IS NULL)", name="authored"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=f"fk_{TABLE}_patient_id_patient"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
    )
    op.create_index(
        f"uq_{TABLE}_draft",
        TABLE,
        ["patient_id"],
        unique=True,
        sqlite_where=IN_PROGRESS,
        postgresql_where=IN_PROGRESS,
    )
    op.create_index(f"ix_{TABLE}_patient_id_authored_at", TABLE, ["patient_id", "authored_at"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table(TABLE)
