"""When each session proved a factor, forms that wait for one, and phones that take over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENTS = (("sign_in", "factor_at"), ("sign_in", "recovered_at"), ("authenticator", "next_at"))


def upgrade() -> None:
    """Build it."""
    for table, name in MOMENTS:
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("authenticator", sa.Column("sealed_next", sa.LargeBinary()))
    op.create_table(
        "held_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("sealed_fields", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in.id"], name="fk_held_form_session_id_sign_in"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_held_form"),
        sa.UniqueConstraint("session_id", name="uq_held_form_session_id"),
    )
    op.create_index("ix_held_form_created_at", "held_form", ["created_at"])


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("held_form")
    op.drop_column("authenticator", "sealed_next")
    for table, name in reversed(MOMENTS):
        op.drop_column(table, name)
