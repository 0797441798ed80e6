"""Browsers that have signed a person in before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build it."""
    known = sa.Column("known", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("sign_in", known)
    op.create_table(
        "known_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_known_device_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_known_device"),
        sa.UniqueConstraint("person_id", "token_hash", name="uq_known_device_person_id_token_hash"),
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("known_device")
    op.drop_column("sign_in", "known")
