"""Half-filled forms, kept sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("sealed_fields", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_form"),
        sa.UniqueConstraint("person_id", "path", name="uq_kept_form_person_id_path"),
    )
    op.create_index("ix_kept_form_person_id", "kept_form", ["person_id"])
    op.create_index("ix_kept_form_created_at", "kept_form", ["created_at"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("kept_form")
