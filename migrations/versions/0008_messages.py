"""Messages, their numbering, and how far each person has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number > 0", name="last_number"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_conversation_patient_id_patient"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("patient_id", name="uq_conversation_patient_id"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name="number"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_message_patient_id_patient"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_message_author_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("patient_id", "number", name="uq_message_patient_id_number"),
    )
    op.create_table(
        "read_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name="number"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_read_mark_person_id_person"),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_read_mark_patient_id_patient"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_read_mark"),
        sa.UniqueConstraint("person_id", "patient_id", name="uq_read_mark_person_id_patient_id"),
    )
    op.create_index("ix_read_mark_patient_id", "read_mark", ["patient_id"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("read_mark")
    op.drop_table("message")
    op.drop_table("conversation")
